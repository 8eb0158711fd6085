import { afterEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/base/digest.ts';
import { systemClock } from '../../src/daemon/system-clock.ts';
import { guardMarts } from '../../src/materializer/quarantine.ts';
import type { Work } from '../../src/materializer/work.ts';
import type { Action } from '../../src/plan/action.ts';
import { followSales } from './scenarios.ts';
import {
  aBuild,
  aDefinition,
  create,
  DAY,
  openWorkshop,
  SALES,
  START,
  TABLE,
  toVersion,
  type Workshop,
} from './workshop.ts';

const ANSWER = 'select * from gold.sales_by_region order by all';
const RENAMED = 'alter table main.customers rename column region to sales_region';
const hold: Action = {
  kind: 'hold-version',
  mart: SALES,
  version: 1,
  table: TABLE,
  because: 'region is now called sales_region',
};

describe('a mart whose source column was renamed', () => {
  let shop: Workshop;
  afterEach(() => shop.close());

  async function standing(): Promise<readonly (readonly unknown[])[]> {
    shop = await openWorkshop();
    await shop.apply([create, aBuild(), toVersion()]);
    return shop.rows(ANSWER);
  }

  async function commentOf(view: string): Promise<unknown> {
    const [row] = await shop.rows(`select comment from duckdb_views() where view_name = '${view}'`);
    return row?.[0];
  }

  it('goes on answering from its version until its bound, though its definition no longer binds', async () => {
    shop = await openWorkshop();
    const clock = { ...systemClock };
    const freshUntil = clock.now() + DAY;
    const outcome = await shop.apply([create, aBuild(), toVersion({ freshUntil })], { clock });
    expect(outcome.because).toBe('all 3 steps are done');
    const before = await shop.rows(ANSWER);

    await shop.run(RENAMED);

    expect(await shop.rows(ANSWER)).toEqual(before);
    await expect(shop.rows(aDefinition().sql)).rejects.toThrow(/did not accept/);
  });

  it('is held at its version, with its age in the comment, and is nobody else’s change', async () => {
    const before = await standing();
    await shop.run(RENAMED);

    const outcome = await shop.apply([hold]);

    expect(outcome.because).toBe('its one step is done');
    expect(await shop.rows(ANSWER)).toEqual(before);
    expect(await commentOf('sales_by_region')).toMatch(
      /^goldsmith: mart with definition .* \[goldsmith: answers as of 2026-06-01T00:00Z, .*\]$/,
    );
    const [mart] = await shop.ledger.readMarts();
    expect(mart).toMatchObject({
      stage: 'physical',
      held: { since: START, because: 'region is now called sales_region' },
    });
    expect(await guardMarts(shop.work)).toEqual({
      quarantined: [],
      withdrawn: [],
      unsettled: new Map(),
    });
  });

  it('follows when the rewritten definition gives the rows readers have, and says so no longer', async () => {
    const before = await standing();
    await shop.run(RENAMED);
    await shop.apply([hold]);

    const outcome = await shop.apply([followSales]);

    expect(outcome.because).toBe('its one step is done');
    expect(await shop.rows(ANSWER)).toEqual(before);
    const [mart] = await shop.ledger.readMarts();
    const { definition } = followSales as Extract<Action, { kind: 'follow-source' }>;
    expect(mart).toMatchObject({
      stage: 'physical',
      definition,
      definitionDigest: digestOf(definition),
      former: [{ digest: digestOf(aDefinition()), sql: aDefinition().sql, until: START }],
    });
    expect(mart?.held).toBeUndefined();
    expect(await commentOf('sales_by_region')).toBe(
      `goldsmith: mart with definition ${digestOf(definition)}`,
    );
    expect(await guardMarts(shop.work)).toEqual({
      quarantined: [],
      withdrawn: [],
      unsettled: new Map(),
    });
    const again = await shop.apply([
      aBuild({
        version: 2,
        table: `${TABLE.slice(0, -1)}2` as typeof TABLE,
        reason: 'refresh',
        replay: [],
      }),
    ]);
    expect(again.because).toBe('its one step is done');
  });

  it('does not follow a rename whose rows differ while its sources stood still, whoever approved it', async () => {
    const before = await standing();
    await shop.run(RENAMED);
    const { definition } = followSales as Extract<Action, { kind: 'follow-source' }>;
    const wrong = {
      ...definition,
      sql: aDefinition()
        .sql.replaceAll('c.region', "c.sales_region || '!'")
        .replace("'!',", "'!' as region,"),
    };

    for (const proof of ['same-answers', 'approved'] as const) {
      const outcome = await shop.apply([{ ...followSales, definition: wrong, proof } as Action]);
      expect(outcome.steps[0]).toMatchObject({ outcome: 'failed', code: 'ANSWERS_DIFFER' });
    }
    expect(await shop.rows(ANSWER)).toEqual(before);
    expect((await shop.ledger.readMarts())[0]?.definition).toEqual(aDefinition());
  });

  describe('and whose sources are told by the columns it reads', () => {
    const freshness: Work['freshness'] = {
      usedColumns: async ({ sql }, source) =>
        source === 'w.main.customers'
          ? [
              { name: 'id', place: 0 },
              { name: sql.includes('sales_region') ? 'sales_region' : 'region', place: 1 },
            ]
          : [
              { name: 'customer_id', place: 1 },
              { name: 'amount', place: 2 },
            ],
    };

    it('follows: a column is known by its place', async () => {
      shop = await openWorkshop();
      await shop.apply([create, aBuild(), toVersion()], { freshness });
      await shop.run(RENAMED);
      await shop.run('update main.orders set id = id + 1000');

      const outcome = await shop.apply([followSales], { freshness });

      expect(outcome.because).toBe('its one step is done');
      const [mart] = await shop.ledger.readMarts();
      expect(mart?.current?.sourceStates[0]).toMatchObject({
        relation: 'w.main.customers',
        columns: [
          { name: 'id', place: 0 },
          { name: 'sales_region', place: 1 },
        ],
      });
    });

    it('is refuted by other rows, whoever approved it', async () => {
      shop = await openWorkshop();
      await shop.apply([create, aBuild(), toVersion()], { freshness });
      await shop.run(RENAMED);
      const { definition } = followSales as Extract<Action, { kind: 'follow-source' }>;
      const sql = aDefinition()
        .sql.replaceAll('c.region', "c.sales_region || '!'")
        .replace("'!',", "'!' as region,");

      for (const proof of ['same-answers', 'approved'] as const) {
        const wrong = { ...followSales, definition: { ...definition, sql }, proof } as Action;
        const outcome = await shop.apply([wrong], { freshness });
        expect(outcome.steps[0]).toMatchObject({ outcome: 'failed', code: 'ANSWERS_DIFFER' });
      }
    });

    it('cannot be told where other columns stand in their places', async () => {
      shop = await openWorkshop();
      await shop.apply([create, aBuild(), toVersion()], { freshness });
      await shop.run(
        'create or replace table main.customers as select region as sales_region from main.customers',
      );
      await shop.run('alter table main.customers add column id bigint');
      const outcome = await shop.apply([followSales], { freshness });

      expect(outcome.steps[0]).toMatchObject({ outcome: 'failed', code: 'NOT_COMPARABLE' });
    });
  });

  it('says that nobody can tell where the sources moved meanwhile, and follows a person’s word, still held', async () => {
    const before = await standing();
    await shop.run(RENAMED);
    await shop.apply([hold]);
    await shop.run('delete from main.orders where id < 10');

    const alone = await shop.apply([followSales]);
    const approved = await shop.apply([{ ...followSales, proof: 'approved' } as Action]);

    expect(alone.steps[0]).toMatchObject({ outcome: 'failed', code: 'NOT_COMPARABLE' });
    expect(approved.because).toBe('its one step is done');
    expect(await shop.rows(ANSWER)).toEqual(before);
    const [mart] = await shop.ledger.readMarts();
    expect(mart?.held).toBeDefined();
    expect(await commentOf('sales_by_region')).toContain('answers as of');
  });

  it('follows the very statement that renamed its source over sources that moved, its version within its bound', async () => {
    const before = await standing();
    await shop.run(RENAMED);
    await shop.run('delete from main.orders where id < 10');

    const outcome = await shop.apply([{ ...followSales, proof: 'statement-seen' } as Action]);

    expect(outcome.because).toBe('its one step is done');
    expect(await shop.rows(ANSWER)).toEqual(before);
    const [record] = await shop.ledger.readRecords();
    expect(record).toMatchObject({ freshUntil: START + DAY, mart: { stage: 'physical' } });
    expect(record?.mart.held).toBeUndefined();
  });

  it('loses columns by a person’s word only, and keeps the rows of the others', async () => {
    await standing();
    const rest = await shop.rows('select region, orders from gold.sales_by_region order by all');
    const { definition, ...action } = followSales as Extract<Action, { kind: 'follow-source' }>;
    const left = {
      ...definition,
      sql: `select region, orders from (${aDefinition().sql})`,
      columns: definition.columns.filter(({ name }) => name !== 'amount'),
    };
    const without = { ...action, definition: left, without: ['amount'] };

    const alone = await shop.apply([{ ...without, proof: 'statement-seen' }]);
    const other = await shop.apply([{ ...without, proof: 'approved', without: ['orders'] }]);
    const agreed = await shop.apply([{ ...without, proof: 'approved' }]);

    expect(alone.steps[0]).toMatchObject({ code: 'COLUMNS_CHANGE' });
    expect(other.steps[0]).toMatchObject({ code: 'COLUMNS_CHANGE' });
    expect(agreed.because).toBe('its one step is done');
    expect(await shop.rows(ANSWER)).toEqual(rest);
  });

  it('refuses another promise, and a definition that was written from a former one', async () => {
    await standing();
    await shop.run(RENAMED);
    const { definition, ...rest } = followSales as Extract<Action, { kind: 'follow-source' }>;
    const columns = definition.columns.map((column) =>
      column.name === 'orders' ? { ...column, type: 'INTEGER' } : column,
    );

    const other = await shop.apply([{ ...rest, definition: { ...definition, columns } }]);
    const old = await shop.apply([{ ...rest, definition, from: 'x' }]);

    expect(other.steps[0]).toMatchObject({ code: 'COLUMNS_CHANGE' });
    expect(old.steps[0]).toMatchObject({ code: 'DEFINITION_MOVED' });
  });
});
