import { describe, expect, it } from 'vitest';
import { type RelationId, relationId } from '../../src/base/relation.ts';
import { estimateSizes, isOwnKey, noSizes } from '../../src/replay/estimate-sizes.ts';
import type { ColumnUse, JoinUse } from '../../src/sql/query-shape.ts';
import type { Template, UsageFact, UsageSnapshot } from '../../src/usage/template.ts';

const sales = relationId({ schema: 's', name: 'sales' });
const stores = relationId({ schema: 's', name: 'stores' });
const days = relationId({ schema: 's', name: 'calendar' });

interface Told {
  readonly relations: readonly RelationId[];
  readonly joins?: readonly JoinUse[];
  readonly group?: readonly ColumnUse[];
  readonly rows?: number;
  readonly bytes?: number;
  readonly cpuMs?: number;
  readonly runs?: number;
}

function usageOf(told: readonly Told[]): UsageSnapshot {
  const templates = told.map(
    ({ relations, joins = [], group = [] }, at): Template => ({
      fingerprint: `t${at}`,
      normalForm: '',
      shape: {
        level: 'full',
        reader: 'sqlparser-rs',
        statement: 'query',
        relations: relations.map((relation) => ({ relation, via: 'named', known: true })),
        columns: group,
        joins,
        lineage: [],
        notUnderstood: [],
      },
    }),
  );
  const facts = told.map(
    ({ rows = 0, bytes = 0, cpuMs = 1, runs = 1 }, at): UsageFact => ({
      fingerprint: `t${at}`,
      day: '2026-01-01',
      reader: { kind: 'person', name: 'a', tool: '' },
      client: '',
      role: '',
      servedBy: { kind: 'base' },
      runs,
      costedRuns: runs,
      cpuMs,
      cpuMsSquared: 0,
      durationMs: 0,
      rowsScanned: rows,
      bytesScanned: bytes,
      failedRuns: 0,
      cachedRuns: 0,
      lastEndedAt: 0,
      sampleIds: [],
    }),
  );
  return { from: 0, until: 1, templates, facts, coverage: undefined as never, routeClients: [] };
}

const parts = { before: noSizes, returnedBy: () => undefined, isTable: () => true };

const joined: JoinUse = {
  left: { relation: sales, column: 'store_id' },
  right: { relation: stores, column: 'store_id' },
  kind: 'inner',
};

describe('sizes from a history', () => {
  it('are the rows a run scans, the most of any statement over one relation', () => {
    const usage = usageOf([
      { relations: [sales], rows: 3000, runs: 3 },
      { relations: [sales], rows: 400 },
    ]);

    expect(estimateSizes(usage, parts).rows).toEqual(new Map([[sales, 1000]]));
  });

  it('are the bytes where no rows are told, and else the time', () => {
    const byBytes = estimateSizes(usageOf([{ relations: [sales], bytes: 8000 }]), parts);
    const byTime = estimateSizes(usageOf([{ relations: [sales], cpuMs: 10 }]), parts);

    expect(byBytes.rows.get(sales)).toBe(1000);
    expect(byTime.rows.get(sales)).toBe(1_000_000);
  });

  it('are not the time of a statement where another one tells rows', () => {
    const usage = usageOf([
      { relations: [sales, stores], joins: [joined], rows: 10_000 },
      { relations: [sales], cpuMs: 5000 },
    ]);

    expect(estimateSizes(usage, parts).rows.get(sales)).toBe(9000);
  });

  it('leave a join’s hub what the others do not take', () => {
    const usage = usageOf([
      { relations: [stores], rows: 100 },
      { relations: [sales, stores], joins: [joined], rows: 10_100 },
    ]);

    expect(estimateSizes(usage, parts).rows.get(sales)).toBe(10_000);
  });

  it('take the relation that is not joined by its own key for the hub where none is known', () => {
    const usage = usageOf([{ relations: [stores, sales], joins: [joined], rows: 1000 }]);
    const { rows } = estimateSizes(usage, parts);

    expect(rows.get(sales)).toBe(900);
    expect(rows.get(stores)).toBe(100);
  });

  it('never shrink', () => {
    const before = estimateSizes(usageOf([{ relations: [sales], rows: 1000 }]), parts);
    const after = estimateSizes(usageOf([{ relations: [sales], rows: 10 }]), { ...parts, before });

    expect(after.rows.get(sales)).toBe(1000);
  });

  it('take distinct values from the rows a grouping by few columns returned', () => {
    const group = (relation: RelationId, column: string): ColumnUse => ({
      relation,
      column,
      roles: ['group'],
      by: 'name',
    });
    const usage = usageOf([
      { relations: [stores], rows: 500, group: [group(stores, 'region')] },
      {
        relations: [days, stores],
        rows: 500,
        group: [group(stores, 'region'), group(days, 'month')],
      },
    ]);
    const returnedBy = (fingerprint: string) => (fingerprint === 't0' ? 7 : 70);

    expect(estimateSizes(usage, { ...parts, returnedBy }).ndvs).toEqual([
      { relation: stores, column: 'region', distinct: 7 },
      { relation: days, column: 'month', distinct: 50 },
    ]);
  });
});

describe('a relation’s own key, by its name', () => {
  it.for([
    ['stores', 'store_id', true],
    ['dim_customer', 'customer_sk', true],
    ['users', 'id', true],
    ['sales', 'store_id', false],
    ['orders', 'amount', false],
  ] as const)('%s.%s: %s', ([name, column, expected]) => {
    expect(isOwnKey(relationId({ schema: 's', name }), column)).toBe(expected);
  });
});
