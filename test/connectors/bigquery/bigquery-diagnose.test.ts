import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBigquery } from '../../../src/connectors/bigquery/bigquery-connector.ts';
import type { Needs } from '../../../src/connectors/connector.ts';
import { seedJobs } from '../../servers/bigquery-jobs-seed.ts';
import { type BigqueryServer, startBigquery } from '../../servers/bigquery-server.ts';
import { targetOf } from '../../servers/bigquery-target.ts';

let server: BigqueryServer;

beforeEach(async () => {
  server = await startBigquery();
});
afterEach(() => server.stop());

const needs: Needs = {
  schemas: ['gold'],
  adoptable: [],
  writes: true,
  history: '`region-eu`.INFORMATION_SCHEMA.JOBS',
};

async function findings(change: Partial<Needs> = {}) {
  const connector = await openBigquery(targetOf(server));
  return (await connector.diagnose?.({ ...needs, ...change }, { purpose: 'catalog' })) ?? [];
}

describe('the look at what both identities may do', () => {
  it('finds nothing missing where all is granted', async () => {
    const found = await findings();

    expect(found.filter(({ ok }) => !ok)).toEqual([]);
    expect(found.filter(({ isWarning }) => isWarning)).toEqual([]);
    expect(found.map(({ detail }) => detail)).toContain(
      'reader@goldsmith-test.iam.gserviceaccount.com may read everybody’s jobs',
    );
  });

  it.each([
    ['reader', 'INFORMATION_SCHEMA.JOBS', 'roles/bigquery.resourceViewer'],
    ['reader', 'INFORMATION_SCHEMA.TABLES', 'roles/bigquery.metadataViewer'],
    ['writer', 'create schema', 'roles/bigquery.dataEditor'],
    ['writer', 'OBJECT_PRIVILEGES', 'roles/bigquery.dataOwner'],
  ] as const)('names the role the %s lacks for %s', async (identity, denied, role) => {
    server.deny(identity, denied);

    const missing = (await findings()).filter(({ ok }) => !ok);

    expect(missing.flatMap(({ remedy }) => remedy)).toEqual([
      `gcloud projects add-iam-policy-binding goldsmith-test --member=serviceAccount:${identity}@goldsmith-test.iam.gserviceaccount.com --role=${role}`,
    ]);
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
      '2 of 3 jobs of the last day are not billed by bytes, so they count as free: set warehouse.bigquery.billing and its price',
    ]);
  });
});
