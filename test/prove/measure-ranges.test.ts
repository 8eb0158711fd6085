import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RelationId } from '../../src/base/relation.ts';
import type { Connector, Session } from '../../src/connectors/connector.ts';
import { openDuckdb } from '../../src/connectors/duckdb/duckdb-connector.ts';
import { type RangedBy, rangesMoved, shareOf, sumOfRanges } from '../../src/marts/ranges.ts';
import { findBounds, measureRanges } from '../../src/prove/measure-ranges.ts';
import { inRanges } from '../../src/prove/range-sql.ts';
import { measureSourceState } from '../../src/prove/source-state.ts';

const SALES = 'main.sales' as RelationId;
const options = { purpose: 'verify' } as const;
const KINDS: readonly RangedBy[] = [
  { column: 'day', type: 'DATE', source: SALES, onSource: '"day"' },
  { column: 'month', type: 'DATE', source: SALES, onSource: `date_trunc('month', "day")` },
  { column: 'at', type: 'TIMESTAMP', source: SALES, onSource: '"at"' },
  { column: 'id', type: 'BIGINT', source: SALES, onSource: '"id"' },
];

describe('the ranges of a source', () => {
  let connector: Connector;
  const run = (sql: string) => connector.execute(sql, { purpose: 'build' });
  const statesOf = (by: RangedBy, bounds: readonly string[], session: Session = connector) =>
    measureRanges(session, {
      relation: SALES,
      expression: by.onSource,
      type: by.type,
      bounds,
      ...options,
    });

  beforeAll(async () => {
    connector = await openDuckdb({
      name: 'ranges',
      path: ':memory:',
      memoryLimit: '256MB',
      threads: 2,
    });
    await run(`create table main.sales as
select range - 5000 as id, date '2024-01-01' + (range // 25)::int as day,
  timestamp '2024-01-01' + interval (range * 7) minute as at, range % 7 as amount
from range(10000)`);
    await run('insert into main.sales values (null, null, null, 1)');
  });
  afterAll(() => connector.close());

  it.for(KINDS)('of $column hold about equally many rows and add up to the whole', async (by) => {
    const bounds = await findBounds(connector, {
      by,
      rowsPerRange: 1000,
      mostRanges: 64,
      ...options,
    });
    const states = await statesOf(by, bounds);

    expect(bounds.length).toBeGreaterThanOrEqual(8);
    expect(Math.max(...states.map(({ rows }) => rows))).toBeLessThanOrEqual(2000);
    expect(states.at(-1)?.rows).toBe(1);
    const { rows, checksum } = await measureSourceState(connector, { relation: SALES, ...options });
    expect(sumOfRanges(states)).toEqual({ rows, checksum });
  });

  it.for(KINDS)('of $column are told apart by the same conditions, each row in one', async (by) => {
    const bounds = await findBounds(connector, {
      by,
      rowsPerRange: 3000,
      mostRanges: 8,
      ...options,
    });
    const states = await statesOf(by, bounds);
    const counted = async (ranges: readonly number[]) => {
      const { rows } = await connector.query(
        `select count(*) from (select *, ${by.onSource} as value from main.sales) where ${inRanges(ranges, { by: { ...by, column: 'value' }, bounds, names: connector.wording.names })}`,
        options,
      );
      return Number(rows[0]?.[0]);
    };

    for (const [range, { rows }] of states.entries()) {
      expect(await counted([range])).toBe(rows);
    }
    expect(await counted([...states.keys()])).toBe(10_001);
    expect(await counted([0, 1, states.length - 1])).toBe(
      (states[0]?.rows ?? 0) + (states[1]?.rows ?? 0) + (states.at(-1)?.rows ?? 0),
    );
    expect(await counted([])).toBe(0);
  });

  it('are never more than allowed, and one where the source is small', async () => {
    const [by] = KINDS;
    if (by === undefined) {
      throw new Error('there is a first kind');
    }
    const few = await findBounds(connector, { by, rowsPerRange: 1, mostRanges: 5, ...options });
    const none = await findBounds(connector, { by, rowsPerRange: 1e6, mostRanges: 5, ...options });

    expect(few.length).toBeLessThanOrEqual(5);
    expect(none).toEqual([]);
    expect((await statesOf(by, none)).map(({ rows }) => rows)).toEqual([10_000, 1]);
  });

  it('show late rows, changed rows and removed rows where they lie', async () => {
    const by = KINDS[0];
    if (by === undefined) {
      throw new Error('there is a first kind');
    }
    const bounds = await findBounds(connector, {
      by,
      rowsPerRange: 2500,
      mostRanges: 8,
      ...options,
    });
    const before = await statesOf(by, bounds);
    const moved: Record<string, readonly number[]> = {};
    for (const [what, sql] of [
      ['late', `insert into main.sales values (1, date '2024-01-02', null, 3)`],
      ['changed', `update main.sales set amount = amount + 1 where id = 0`],
      ['removed', 'delete from main.sales where id = 4999'],
      ['nothing', 'update main.sales set amount = amount'],
    ] as const) {
      const undone = connector.transaction(
        async (session) => {
          await session.execute(sql, { purpose: 'build' });
          moved[what] = rangesMoved(before, await statesOf(by, bounds, session));
          throw new Error('rolled back');
        },
        { readOnly: false, purpose: 'build' },
      );
      await expect(undone).rejects.toThrow('rolled back');
    }

    expect(moved).toEqual({ late: [0], changed: [2], removed: [3], nothing: [] });
    expect(shareOf([0], { before, after: before })).toBeCloseTo(0.25, 2);
  });
});
