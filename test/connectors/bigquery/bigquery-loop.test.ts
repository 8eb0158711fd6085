import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/base/digest.ts';
import type { RelationId } from '../../../src/base/relation.ts';
import { guardMarts } from '../../../src/materializer/quarantine.ts';
import { findObject } from '../../../src/materializer/warehouse-objects.ts';
import type { Action } from '../../../src/plan/action.ts';
import { loopConformance } from '../../conformance/loop-conformance.ts';
import {
  build,
  DAY,
  idOf,
  openLoopWorld,
  START,
  salesDefinition,
  salesOf,
  toVersion,
  versionTable,
} from '../../conformance/loop-world.ts';
import { nativeConformance } from '../../conformance/native-conformance.ts';
import { rangesConformance } from '../../conformance/ranges-conformance.ts';
import { stagedConformance } from '../../conformance/staged-conformance.ts';
import { type BigqueryServer, startBigquery } from '../../servers/bigquery-server.ts';
import { BIGQUERY, besideService, GRANTED } from './loop-subject.ts';

loopConformance(GRANTED);
nativeConformance({
  ...BIGQUERY,
  native: { kind: 'materialized view' },
  live: true,
  refused: {
    native: { kind: 'materialized view' },
    first: "update bq_info.edition set name = 'STANDARD'",
    because: /Materialized views are not supported by the STANDARD edition/,
  },
  alter: () =>
    "update bq_info.recorded_options set option_value = 'true' where option_name = 'enable_refresh'",
  // The service would have to be wrong.
  spoil: () =>
    `update bq_info.recorded_materialized set query = 'select * from (' || query || ') as wrong limit 3'`,
});
stagedConformance(BIGQUERY);
rangesConformance({
  ...BIGQUERY,
  kinds: [
    { column: 'day', type: 'DATE' },
    { column: 'moment', type: 'DATETIME' },
    { column: 'shop_id', type: 'INT64' },
  ],
});

describe('a mart that BigQuery keeps', () => {
  it('gives its readers the definition back once a table it is made of was made anew, and is dropped later', async () => {
    const world = await openLoopWorld(BIGQUERY);
    const mart = salesOf(BIGQUERY);
    const table = versionTable(1, BIGQUERY);
    const definition = salesDefinition(BIGQUERY);
    const native = { kind: 'materialized view' } as const;
    const readers = () => world.rows(`select region, orders from ${mart} order by region`);
    await world.apply([
      { kind: 'create-mart', mart, definition },
      { ...build(1, 'promote', BIGQUERY), native } as Action,
      toVersion(1, START + DAY, BIGQUERY),
    ]);
    const before = await readers();
    await world.people(
      "create or replace table shop.customers as select id, 'r' || (id % 2) as region from range(20) as t(id)",
    );
    await expect(readers()).rejects.toMatchObject({ code: 'CONNECTOR_BAD_SQL' });

    const { withdrawn } = await guardMarts(world.work);

    expect(withdrawn.map(({ because }) => because)).toEqual([
      `the materialized view ${table} carries our marker, but answers nobody: it was emptied, or a table it is made of was made anew; it is built anew`,
    ]);
    expect(await readers()).toHaveLength(before.length / 2);
    world.clock.turnTo(START + 30 * DAY);
    const { steps } = await world.apply([{ kind: 'drop-version', mart, version: 1, table }]);
    expect(steps[0]?.outcome).toBe('done');
    expect(await findObject(world.connector, table)).toBeUndefined();
    await world.close();
  });

  it('answers nobody once a table it is made of is renamed, which ends no look at the others, and follows at a word', async () => {
    const world = await openLoopWorld(BIGQUERY);
    const mart = salesOf(BIGQUERY);
    const definition = salesDefinition(BIGQUERY);
    const readers = () => world.rows(`select region, orders from ${mart} order by region`);
    const made = build(1, 'promote', BIGQUERY);
    const { steps } = await world.apply([
      { kind: 'create-mart', mart, definition },
      made.kind === 'build-version' ? { ...made, native: { kind: 'materialized view' } } : made,
      toVersion(1, START + DAY, BIGQUERY),
    ]);
    expect(steps.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done']);
    const before = await readers();
    await world.people('alter table shop.customers rename to clients');

    const because = expect.stringMatching(/answers nobody.* cannot be given its definition now/);
    expect(await guardMarts(world.work)).toEqual({
      quarantined: [],
      withdrawn: [{ relation: mart, because, restored: false }],
      unsettled: new Map(),
    });

    const [, orders] = definition.sources;
    const follow: Action = {
      kind: 'follow-source',
      mart,
      from: digestOf(definition),
      definition: {
        ...definition,
        sql: definition.sql.replaceAll('shop.customers', 'shop.clients'),
        sources: [idOf(BIGQUERY, 'shop.clients'), ...(orders === undefined ? [] : [orders])],
        obligations: definition.obligations.map((each) => ({
          ...each,
          relation: idOf(BIGQUERY, 'shop.clients'),
        })),
      },
      change: 'shop.customers is shop.clients',
      proof: 'same-answers',
    };
    const codes = async (action: Action) =>
      (await world.apply([action])).steps.map(({ code }) => code);
    expect(await codes(follow)).toEqual(['NOT_COMPARABLE']);
    expect(await codes({ ...follow, proof: 'approved' })).toEqual(['DONE']);
    expect(await readers()).toEqual(before);
    expect((await world.ledger.readMarts())[0]).toMatchObject({ stage: 'logical' });
    await world.close();
  });
});

describe('who reads a mart on BigQuery', () => {
  const EVERYBODY = 'group:everybody@shop.example';
  const FINANCE = 'group:finance@shop.example';
  const VIEWER = 'roles/bigquery.dataViewer';

  async function open() {
    const server: BigqueryServer = await startBigquery();
    const world = await openLoopWorld({ ...BIGQUERY, open: () => besideService(server) });
    const lets = (dataset: string, who: string) =>
      world.people(
        `insert into bq_info.object_privileges values (null, '${dataset}', '${VIEWER}', '${who}')`,
      );
    const takes = (dataset: string, who: string) =>
      world.people(
        `delete from bq_info.object_privileges where object_schema is null and object_name = '${dataset}' and grantee = '${who}'`,
      );
    const granted = async (table: RelationId) =>
      (await world.rows(world.connector.wording.access?.grants(table) ?? '')).map(([who]) => who);
    const codes = async (actions: readonly Action[]) =>
      (await world.apply(actions)).steps.map(({ code }) => code);
    return { server, world, lets, takes, granted, codes };
  }

  it('follows its view’s readers between flips', async () => {
    const { world, lets, takes, granted, codes } = await open();
    const mart = salesOf(BIGQUERY);
    const table = versionTable(1, BIGQUERY);
    await lets('shop', EVERYBODY);
    await lets('shop', FINANCE);
    const definition = salesDefinition(BIGQUERY);
    await codes([{ kind: 'create-mart', mart, definition }, build(1, 'promote', BIGQUERY)]);
    await lets('gold', EVERYBODY);
    expect(await codes([toVersion(1, START + DAY, BIGQUERY)])).toEqual(['DONE']);
    expect(await granted(table)).toEqual([EVERYBODY]);

    await lets('gold', FINANCE);
    await takes('gold', EVERYBODY);
    const found = await guardMarts(world.work);

    expect(found).toEqual({ quarantined: [], withdrawn: [], unsettled: new Map() });
    expect(await granted(table)).toEqual([FINANCE]);
    await world.close();
  });

  it('is shown what it was taken over from, and no more, and answers as before once that changes', async () => {
    const { server, world, lets, takes, granted, codes } = await open();
    const mart = idOf(BIGQUERY, 'gold.report');
    const table = idOf(BIGQUERY, 'gold_data.report__v1');
    const sql = 'select region, count(*) as customers from shop.customers group by region';
    await world.people('create schema if not exists gold');
    await world.people(`create view ${mart} as ${sql}`);
    await lets('gold', EVERYBODY);
    await lets('shop', FINANCE);
    const catalog = await world.connector.readCatalog({ purpose: 'catalog' });
    const definition = {
      ...salesDefinition(BIGQUERY),
      relation: mart,
      origin: 'adopted',
      sql,
      columns: [
        { name: 'region', type: 'STRING' },
        { name: 'customers', type: 'INT64' },
      ],
      sources: [idOf(BIGQUERY, 'shop.customers')],
      obligations: [],
    } as const;
    const originalSql = catalog.find(({ id }) => id === mart)?.definitionSql ?? '';
    const budget = { cpuMs: 60_000, bytes: 1_000_000 };
    const to = { kind: 'version', version: 1, table, freshUntil: START + DAY } as const;
    const steps: readonly Action[] = [
      { kind: 'adopt-view', mart, originalSql, definition },
      { ...build(1, 'refresh', BIGQUERY), mart, table, replay: [], budget } as Action,
      { kind: 'repoint-view', mart, to },
    ];
    const answers = () => world.rows(`select region, customers from ${mart} order by region`);
    const before = await answers();

    expect(await codes(steps)).toEqual(['WIDER_EYES', 'NOT_BEGUN', 'NOT_BEGUN']);
    expect(await granted(table)).toEqual([]);

    server.authorize('shop', { dataset: 'gold' });
    await lets('gold_data', EVERYBODY);
    expect(await codes(steps)).toEqual(['DONE', 'WIDER_EYES', 'NOT_BEGUN']);
    await takes('gold_data', EVERYBODY);
    expect(await codes(steps.slice(1))).toEqual(['DONE', 'DONE']);
    expect(await granted(table)).toEqual([EVERYBODY]);
    expect(await answers()).toEqual(before);

    server.authorizeNobody('shop');
    const { withdrawn } = await guardMarts(world.work);
    expect(withdrawn).toEqual([
      {
        relation: mart,
        because: expect.stringMatching(
          /^group:everybody@shop.example may name gold.report but not/,
        ),
        restored: true,
      },
    ]);
    expect(await granted(table)).toEqual([]);
    expect((await world.ledger.readMarts())[0]).toMatchObject({ stage: 'logical' });
    expect(await answers()).toEqual(before);
    await takes('gold', EVERYBODY);
    await lets('gold', FINANCE);
    expect(await codes(steps.slice(2))).toEqual(['DONE']);
    expect(await granted(table)).toEqual([FINANCE]);
    await world.close();
  });
});
