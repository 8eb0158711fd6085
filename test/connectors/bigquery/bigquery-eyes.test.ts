import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import { openBigquery } from '../../../src/connectors/bigquery/bigquery-connector.ts';
import type { Connector, Session } from '../../../src/connectors/connector.ts';
import type { MartDefinition } from '../../../src/marts/mart.ts';
import { letOwnerRead, requireNoWiderEyes } from '../../../src/materializer/access.ts';
import { requireNothingLent, requireNoWiderPlace } from '../../../src/materializer/eyes.ts';
import { followReaders } from '../../../src/materializer/version-readers.ts';
import { type BigqueryServer, startBigquery } from '../../servers/bigquery-server.ts';
import { targetOf } from '../../servers/bigquery-target.ts';

const EVERYBODY = 'group:everybody@shop.example';
const FINANCE = 'group:finance@shop.example';

const pay = relationId({ schema: 'shop', name: 'pay' });
const report = relationId({ schema: 'gold', name: 'report' });
const table = relationId({ schema: 'gold_data', name: 'report__v1' });
const direct = 'select p.name, p.pay from shop.pay as p';
const through = 'select p.name, p.pay from hr.by_name as p';

/** As it is once it is taken over: views between it and its table are looked through. */
const taken: MartDefinition = {
  relation: report,
  origin: 'adopted',
  sql: direct,
  columns: [
    { name: 'name', type: 'STRING' },
    { name: 'pay', type: 'INT64' },
  ],
  sources: [pay],
  obligations: [],
  maxStalenessMs: 0,
};

let server: BigqueryServer;
let connector: Connector;

beforeAll(async () => {
  server = await startBigquery();
  for (const sql of [
    "create table shop.pay as select 'ann' as name, 7 as pay",
    ...['hr', 'gold', 'gold_data'].map((name) => `create schema ${name}`),
    'create view hr.by_name as select * from shop.pay',
    "insert into bq_info.recorded_views values ('hr', 'by_name', 'select p.name, p.pay from shop.pay as p')",
    'create view gold.report as select * from shop.pay',
    `insert into bq_info.recorded_views values ('gold', 'report', '${direct}')`,
    'create table gold_data.report__v1 as select * from shop.pay',
  ]) {
    await server.people(sql);
  }
  connector = await openBigquery(targetOf(server));
});
beforeEach(async () => {
  await server.people('delete from bq_info.object_privileges');
  server.allow();
  for (const name of ['shop', 'gold', 'hr']) {
    server.authorizeNobody(name);
  }
});
afterAll(async () => {
  await connector.close();
  await server.stop();
});

const row = (on: string, who: string, role = 'roles/bigquery.dataViewer') => {
  const [schema, name] = on.includes('.')
    ? on.split('.').map((each) => `'${each}'`)
    : ['null', `'${on}'`];
  return `${schema}, ${name}, '${role}', '${who}'`;
};
const lets = (on: string, who: string, role?: string) =>
  server.people(`insert into bq_info.object_privileges values (${row(on, who, role)})`);
const takes = (on: string, who: string) =>
  server.people(
    `delete from bq_info.object_privileges where object_name = '${on}' and object_schema is null and grantee = '${who}'`,
  );

function publishing<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
  return connector.transaction(work, { readOnly: false, commits: 'each', purpose: 'publish' });
}

const looks = (text = direct, change: Partial<MartDefinition> = {}) =>
  publishing((session) => requireNoWiderEyes(session, { ...taken, ...change }, { text }));

async function readers(): Promise<readonly unknown[]> {
  const sql = connector.wording.access?.grants(table) ?? '';
  return (await connector.query(sql, { purpose: 'verify' })).rows.map(([grantee]) => grantee);
}

const wider = (what: string) =>
  `${EVERYBODY} may name gold.report but not read ${what}, so it answers them nothing today and would answer them once it is stored; `;

describe('a view that was taken over and reads with its readers’ rights', () => {
  it('is not stored for who may name it and not read what it is made of, with what to do', async () => {
    await lets('gold', FINANCE);
    await lets('shop', FINANCE);
    await expect(looks()).resolves.toBeUndefined();

    await lets('gold', EVERYBODY);
    await lets('shop', EVERYBODY, 'roles/bigquery.metadataViewer');
    await expect(looks()).rejects.toMatchObject({
      code: 'WIDER_EYES',
      message: `${wider('shop.pay')}grant them shop.pay, take gold.report from them, or authorize all of gold on shop (gold.report alone would not do: that ends when the view is replaced)`,
    });

    await lets('shop.pay', EVERYBODY);
    await expect(looks()).resolves.toBeUndefined();
  });

  it('is stored where its dataset may read theirs whoever asks, and not where it alone may', async () => {
    await lets('gold', EVERYBODY);
    server.authorize('shop', { view: 'gold.report' });
    server.authorize('shop', { dataset: 'other' });
    await expect(looks()).rejects.toMatchObject({ code: 'WIDER_EYES' });

    server.authorize('shop', { dataset: 'gold' });
    await expect(looks()).resolves.toBeUndefined();
    // Of ours nobody has decided that.
    await expect(looks(direct, { origin: 'candidate' })).rejects.toMatchObject({
      code: 'WIDER_EYES',
      message: `${EVERYBODY} may read gold.report but not shop.pay, which it is made of; revoke the one or grant the other`,
    });
  });

  it('asks for each step on the way through other people’s views', async () => {
    await lets('gold', EVERYBODY);
    server.authorize('shop', { dataset: 'gold' });
    await expect(looks(through)).rejects.toMatchObject({
      message: expect.stringContaining(wider('hr.by_name')),
    });

    await lets('hr', EVERYBODY);
    await expect(looks(through)).rejects.toMatchObject({
      message: expect.stringContaining(wider('shop.pay')),
    });

    // That one is never replaced, so its name will do.
    server.authorize('shop', { view: 'hr.by_name' });
    await expect(looks(through)).resolves.toBeUndefined();
    // No way is found from this text to the table.
    await expect(looks('select 1 as n')).rejects.toMatchObject({ code: 'WIDER_EYES' });
  });
});

describe('whoever a dataset is opened to', () => {
  it('sees no view of ours in a dataset that is authorized to read what it is made of', async () => {
    const ours = { ...taken, origin: 'candidate' } as const;
    const creates = () => publishing((session) => requireNothingLent(session, ours));
    await lets('gold', EVERYBODY);
    await expect(creates()).resolves.toBeUndefined();

    server.authorize('shop', { dataset: 'gold' });
    await expect(creates()).rejects.toMatchObject({ code: 'WIDER_EYES' });

    await lets('shop', EVERYBODY);
    await expect(creates()).resolves.toBeUndefined();
  });

  it('reads no version in a dataset that he may read as a whole, and not what it is made of', async () => {
    const builds = () => publishing((session) => requireNoWiderPlace(session, { ...taken, table }));
    await lets('gold_data', FINANCE);
    await lets('shop', FINANCE);
    await expect(builds()).resolves.toBeUndefined();

    await lets('gold_data', EVERYBODY);
    await expect(builds()).rejects.toMatchObject({
      code: 'WIDER_EYES',
      message: `${EVERYBODY} may read all of gold_data, where versions of gold.report lie, but not shop.pay, which it is made of; revoke the one or grant the other`,
    });
  });

  it('who reads a mart through a view that is authorized to, is not left without', async () => {
    const read = () => looks(direct, { relation: relationId({ schema: 'hr', name: 'by_name' }) });
    await lets('gold', EVERYBODY);
    server.authorize('hr', { dataset: 'gold' });
    await server.people(
      "update bq_info.recorded_views set view_definition = 'select * from hr.by_name' where table_name = 'report'",
    );

    await expect(read()).rejects.toMatchObject({
      code: 'LENT_DEPENDENTS',
      message: `${EVERYBODY} reads hr.by_name through gold.report, which is authorized to read it for them, and could not read a stored version; let ${EVERYBODY} read hr.by_name, or take the authorization off`,
    });

    for (const on of ['hr', 'shop']) {
      await lets(on, EVERYBODY);
    }
    await expect(read()).resolves.toBeUndefined();
    await server.people(
      `update bq_info.recorded_views set view_definition = '${direct}' where table_name = 'report'`,
    );
  });
});

describe('who was granted a version', () => {
  const follows = () =>
    publishing((session) =>
      followReaders(session, { definition: taken, text: direct, current: { table }, hidden: [] }),
    );

  it('follows who may read the view, and asks one statement where nothing changed', async () => {
    for (const [on, who] of [
      ['gold', FINANCE],
      ['shop', FINANCE],
      ['shop', EVERYBODY],
    ] as const) {
      await lets(on, who);
    }
    await publishing((session) => letOwnerRead(session, { view: report, version: { table } }));
    expect(await readers()).toEqual([FINANCE]);

    const before = server.jobs().length;
    await follows();
    expect(server.jobs().length - before).toBe(1);

    await lets('gold', EVERYBODY);
    await takes('gold', FINANCE);
    expect(await follows()).toBeUndefined();
    expect(await readers()).toEqual([EVERYBODY]);
  });

  it('loses it with the right to the sources, and the version must not answer then', async () => {
    await lets('gold', FINANCE);
    await lets('gold', EVERYBODY);
    await lets('shop', FINANCE);
    await lets('shop', EVERYBODY);
    await publishing((session) => letOwnerRead(session, { view: report, version: { table } }));

    await takes('shop', EVERYBODY);

    expect(await follows()).toContain(wider('shop.pay'));
    expect(await readers()).toEqual([FINANCE]);
  });

  it.each(['INFORMATION_SCHEMA.VIEWS', 'datasets.get'])(
    'loses it, too, where we may not ask whether a view is let read for him: %s',
    async (denied) => {
      await lets('gold', FINANCE);
      await lets('gold', EVERYBODY);
      await lets('shop', FINANCE);
      for (const who of [FINANCE, EVERYBODY, 'user:left@shop.example']) {
        await lets('gold_data.report__v1', who);
      }
      server.deny('writer', denied);

      const because = `${EVERYBODY} may name gold.report but not read shop.pay, and it is not told whether a view is authorized to read it for them`;
      expect(await follows()).toContain(because);
      expect(await readers()).toEqual([FINANCE]);
      await expect(looks()).rejects.toMatchObject({
        code: 'WIDER_EYES',
        message: expect.stringContaining(because),
      });
    },
  );
});
