import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import { openBigquery } from '../../../src/connectors/bigquery/bigquery-connector.ts';
import type { Connector, Needs } from '../../../src/connectors/connector.ts';
import { AT, DATASETS, DATASETS_MADE, GRANTS, ROLES } from '../../servers/bigquery-grants-file.ts';
import { seedJobs } from '../../servers/bigquery-jobs-seed.ts';
import { type BigqueryServer, startBigquery } from '../../servers/bigquery-server.ts';
import { targetOf } from '../../servers/bigquery-target.ts';

let server: BigqueryServer;
let connector: Connector;

beforeEach(async () => {
  server = await startBigquery();
  await server.people('create table shop.orders (id bigint)');
  connector = await openBigquery(targetOf(server));
});
afterEach(() => server.stop());

const needs: Needs = {
  schemas: ['gold', 'gold_data', 'goldsmith'],
  adoptable: [],
  writes: true,
  history: '`region-eu`.INFORMATION_SCHEMA.JOBS',
};

async function findings(change: Partial<Needs> = {}) {
  return (await connector.diagnose?.({ ...needs, ...change }, { purpose: 'catalog' })) ?? [];
}

async function troubles(change: Partial<Needs> = {}) {
  return (await findings(change)).filter(({ ok, isWarning }) => !ok || isWarning);
}

const LOOKS = ROLES.filter((line) => line.includes('goldsmithLooks'));

function plain(line: string): string {
  return line.replace(/;$/, '');
}

async function makeDatasets() {
  for (const sql of DATASETS_MADE) {
    await server.people(sql);
  }
}

describe('the look at what both identities may do', () => {
  it('finds nothing missing after the grants file, and each line of it by name when it is gone', async () => {
    await makeDatasets();
    server.carryGrants(GRANTS);
    expect(await troubles()).toEqual([]);
    expect(GRANTS.length).toBe(14);

    for (const gone of GRANTS.filter((line) => !line.includes('bigquery.jobUser'))) {
      server.carryGrants(GRANTS.filter((line) => line !== gone));

      const told = (await troubles()).flatMap(({ remedy }) => remedy);

      expect(told.map(plain), gone).toEqual(gone.includes('goldsmithLooks') ? LOOKS : [gone]);
    }
  });

  it('misses what no predefined role gives, one permission by one', async () => {
    await makeDatasets();
    for (const permission of 'jobs.list datasets.getIamPolicy tables.getIamPolicy rowAccessPolicies.list'.split(
      ' ',
    )) {
      const without = new RegExp(`,?bigquery\\.${permission}\\b`);
      server.carryGrants(GRANTS.map((line) => line.replace(without, '')));

      const told = (await troubles()).flatMap(({ remedy }) => remedy);

      expect(told, permission).toEqual(LOOKS);
    }
  });

  it('misses the right to see which views a dataset is authorized for', async () => {
    await makeDatasets();
    const told = async () =>
      (await findings()).find(({ detail }) => detail.includes('datasets are authorized'))?.detail;
    server.carryGrants(GRANTS);
    const granted = await told();
    server.carryGrants(GRANTS.filter((line) => !line.includes('goldsmithLooks')));

    expect(granted).toMatch(
      /^writer\S+ may see who may read what, .*, see which views datasets are/,
    );
    expect(await told()).toMatch(/^writer\S+ may not see who may read what, .*, see which views/);
  });

  it('asks for a dataset that is missing and may not be made, and for none that is there', async () => {
    server.carryGrants(GRANTS);

    const told = (await troubles()).map(({ detail, remedy }) => [detail, ...remedy]);

    expect(told.map(([detail]) => detail)).toEqual(
      ['gold', 'gold_data', 'goldsmith'].map(
        (name) => `there is no dataset ${name} in EU, and writer@${AT} may not make it`,
      ),
    );
    expect(told.map(([, create]) => create)).toEqual(DATASETS.map((sql) => `${sql};`));
    await makeDatasets();
    expect(await troubles()).toEqual([]);
  });

  it('tells which adoptable views may not be taken over, are none or are not there', async () => {
    await makeDatasets();
    await server.people('create schema reports; create table reports.made (n bigint)');
    await connector.execute('create view reports.daily as select 1 as n', { purpose: 'build' });
    const seen = GRANTS.filter((line) => line.includes('.shop`')).map((line) =>
      line.replace('.shop`', '.reports`'),
    );
    const adoptable = ['daily', 'made', 'gone'].map((name) =>
      relationId({ schema: 'reports', name }),
    );
    server.carryGrants([...GRANTS, ...seen]);

    const told = await troubles({ adoptable });
    server.carryGrants([...GRANTS, ...seen, ...told.flatMap(({ remedy }) => remedy)]);
    const then = await troubles({ adoptable });

    expect(told.map(({ detail, remedy }) => [detail, ...remedy])).toEqual([
      [
        `writer@${AT} may not take over reports.daily`,
        `grant \`roles/bigquery.dataOwner\` on schema \`goldsmith-test.reports\` to 'serviceAccount:writer@${AT}';`,
      ],
      ['reports.made is listed as adoptable and is no view: on BigQuery only views are taken over'],
      ['reports.gone is listed as adoptable and does not exist'],
    ]);
    expect(then.map(({ detail }) => detail)).toEqual(told.slice(1).map(({ detail }) => detail));
    expect((await findings({ adoptable })).map(({ detail }) => detail)).toContain(
      `writer@${AT} may take over reports.daily; it is stored while whoever may read it may read all it reads, too, by grants to the same names, or reports as a whole is authorized there`,
    );
  });

  it('says in a line each what is not known where the service takes no dry run of a kind, and goes on', async () => {
    await makeDatasets();
    server.carryGrants(GRANTS);
    const unlike = { on: 'insert', kind: 'unlike', times: 99 } as const;
    server.faults.add({ ...unlike, when: /grant `.*"dryRun":true/ });
    server.faults.add({ ...unlike, when: /INFORMATION_SCHEMA`?\.`?PARTITIONS/ });

    const warned = await troubles();

    const because =
      ', because the service did not say: test: the warehouse did not accept the statement; the cause holds its own words';
    expect(warned.map(({ detail }) => detail)).toEqual([
      `it is not known whether reader@${AT} may read other people’s datasets${because}`,
      `it is not known whether writer@${AT} may read other people’s datasets${because}`,
      `writer@${AT} may make views in gold; it is not known whether it may grant them${because}`,
      `it is not known whether reader@${AT} may read gold${because}`,
      `writer@${AT} may make tables in gold_data; it is not known whether it may grant them${because}`,
      `it is not known whether reader@${AT} may read gold_data${because}`,
    ]);
    expect(warned.every(({ ok, isWarning }) => ok && isWarning)).toBe(true);
    expect((await findings()).map(({ detail }) => detail)).toContain(
      `writer@${AT} may make tables in goldsmith`,
    );
  });

  it('still finds what is missing beside what is not known', async () => {
    await makeDatasets();
    server.carryGrants(
      GRANTS.filter((line) => !/dataOwner.*gold_data|gold_data.*dataOwner/.test(line)),
    );
    server.faults.add({ on: 'insert', kind: 'unlike', times: 99, when: /grant `.*"dryRun":true/ });

    const failed = (await findings()).filter(({ ok }) => !ok);

    expect(failed.map(({ detail }) => detail)).toEqual([
      `writer@${AT} may not make and grant tables in gold_data`,
    ]);
  });

  it('ends where the service cannot be reached at all', async () => {
    server.faults.add({ on: 'insert', kind: 'unavailable', times: 999 });

    await expect(findings()).rejects.toMatchObject({ code: 'CONNECTOR_UNREACHABLE' });
  });

  it('tells how far the jobs’ history is behind, and warns where that is three times what is expected', async () => {
    const said = async () => (await findings({ writes: false })).at(-1);
    await seedJobs(server, [{ id: 'a', endedAt: Date.now() - 29 * 60_000 }]);
    const before = await said();
    await server.people("update bq_info.jobs set end_time = end_time - interval '3 minutes'");

    expect(before).toMatchObject({
      isWarning: false,
      detail: expect.stringMatching(/of the last day .*, the latest ended 29 minutes ago$/),
    });
    expect(await said()).toMatchObject({
      ok: true,
      isWarning: true,
      detail: expect.stringMatching(
        /^the youngest job that .*JOBS tells ended 32 minutes ago, and/,
      ),
    });
  });

  it('warns where most jobs are billed by the other contract: they would count as free', async () => {
    const endedAt = Date.now() - 60_000;
    await seedJobs(server, [
      { id: 'a', endedAt, reservation: 'r1' },
      { id: 'b', endedAt, reservation: 'r1' },
      { id: 'c', endedAt },
    ]);

    const warned = (await findings({ writes: false })).filter(({ isWarning }) => isWarning);

    expect(warned.map(({ detail }) => detail)).toEqual([
      '2 of 3 jobs of the last day are not billed by bytes, the latest ended 1 minutes ago, so they count as free: set warehouse.bigquery.billing and its price, or warehouse.bigquery.slotPrices',
    ]);
  });
});
