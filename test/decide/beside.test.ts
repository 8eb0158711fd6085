import { describe, expect, it } from 'vitest';
import { DAY_MS, dayOf } from '../../src/base/clock.ts';
import type { RelationId } from '../../src/base/relation.ts';
import { noMoney, usd } from '../../src/base/usd.ts';
import { candidateKey } from '../../src/candidates/author-mart.ts';
import type { Accumulator, CycleInput } from '../../src/decide/cycle-input.ts';
import { decide } from '../../src/decide/decide.ts';
import { weighInput } from '../../src/decide/weigh-input.ts';
import type { Mart, MartDefinition } from '../../src/marts/mart.ts';
import type { WorkDone } from '../../src/marts/receipt.ts';
import { decideCycle } from '../../src/plan/decide-cycle.ts';
import { explainVerdicts } from '../../src/plan/explain.ts';
import { dialectOf } from '../../src/sql/dialects.ts';
import { fingerprint } from '../../src/sql/fingerprint.ts';
import { aMart, aSourceState, aVersion } from '../builders/a-mart.ts';
import { type Asked, aCycleInput, RETAIL_DDL } from '../builders/a-world.ts';

const NOW = Date.parse('2026-03-20T02:00:00Z');
const BUILT = NOW - 10 * DAY_MS;

const BY_DAY =
  'select order_date, status, sum(amount) as revenue, count(*) as lines from shop.silver.order_lines group by order_date, status';
const WIDER =
  'select order_date, status, product_id, sum(amount) as revenue, count(*) as lines from shop.silver.order_lines group by order_date, status, product_id';
const ONE_DAY =
  'select order_date, sum(amount) as revenue, count(*) as lines from shop.silver.order_lines group by order_date';
const ONE_STATUS =
  'select status, sum(amount) as revenue, count(*) as lines from shop.silver.order_lines group by status';
const REVENUE_BY_DAY =
  'select order_date, sum(amount) as revenue from silver.order_lines group by order_date';
const REVENUE_BY_STATUS =
  'select status, sum(amount) as revenue from silver.order_lines group by status';
const REVENUE_BY_PRODUCT =
  'select product_id, sum(amount) as revenue from silver.order_lines group by product_id';

const DDL = `${RETAIL_DDL}
create view shop.gold.by_day as ${BY_DAY};
create view shop.gold.wider as ${WIDER};
create view shop.gold.one_day as ${ONE_DAY};
create view shop.gold.one_status as ${ONE_STATUS};`;

function aDefinition(name: string, sql: string): MartDefinition {
  const columns = [
    { name: 'order_date', type: 'date' },
    { name: 'status', type: 'varchar' },
    { name: 'product_id', type: 'bigint' },
    { name: 'revenue', type: 'decimal(38,2)' },
    { name: 'lines', type: 'bigint' },
  ];
  return {
    relation: `shop.gold.${name}` as RelationId,
    origin: 'candidate',
    sql,
    columns: columns.filter((column) => sql.includes(column.name)),
    sources: ['shop.silver.order_lines' as RelationId],
    obligations: [],
    maxStalenessMs: 1.5 * DAY_MS,
  };
}

const byDay = aDefinition('by_day', BY_DAY);
const wider = aDefinition('wider', WIDER);
const oneDay = aDefinition('one_day', ONE_DAY);
const oneStatus = aDefinition('one_status', ONE_STATUS);

function standing(definition: MartDefinition, rows: number, changes: Partial<Mart> = {}): Mart {
  const current = aVersion(definition, { builtAt: BUILT, verifiedFreshAt: NOW - 60_000, rows });
  return aMart(definition, { createdAt: BUILT, current, ...changes });
}

function asked(sql: string, changes: Partial<Asked> = {}): Asked {
  const common = { client: 'notebook', readers: ['ana', 'bob'], runsPerDay: 20, days: 14 };
  return { sql, ...common, cpuMs: 400, ...changes };
}

/** Refreshed every day at this price. */
function work(definition: MartDefinition, cpuMs: number): readonly WorkDone[] {
  const { relation } = definition;
  const build = { at: BUILT, relation, kind: 'build', cpuMs, cost: noMoney } as const;
  const refreshes = Array.from({ length: 9 }, (_, day) => ({
    ...build,
    at: BUILT + (day + 1) * DAY_MS,
    kind: 'refresh' as const,
  }));
  return [build, ...refreshes];
}

function remembered(definition: MartDefinition, lost: number): Accumulator {
  return {
    key: candidateKey(definition.sql),
    relation: definition.relation,
    missed: noMoney,
    lost: usd(lost),
    throughDay: dayOf(NOW - DAY_MS),
    stage: 'physical',
    stageSince: BUILT,
    baselines: [],
  };
}

interface WorldParts {
  readonly statements: readonly Asked[];
  readonly marts?: readonly Mart[];
  /** Thread time of each of its refreshes. */
  readonly upkeepMs?: number;
  /** Dollars lost so far. */
  readonly lost?: number;
  readonly changes?: Partial<CycleInput>;
}

function aWorld({ statements, marts, upkeepMs = 3000, lost = 0, changes = {} }: WorldParts) {
  return aCycleInput(
    { statements, now: NOW, ddl: DDL },
    {
      marts: marts ?? [standing(byDay, 720), standing(wider, 90_000)],
      sourceStates: [aSourceState('shop.silver.order_lines')],
      workDone: [...work(byDay, upkeepMs), ...work(wider, upkeepMs)],
      accumulators: [remembered(byDay, lost), remembered(wider, 0)],
      ...changes,
    },
  );
}

function mergeOf(input: CycleInput, relation: RelationId) {
  const { weighed } = weighInput(input).weighing;
  return weighed.find(({ appraisal }) => appraisal.mart?.definition.relation === relation);
}

const BOTH = [asked(REVENUE_BY_DAY), asked(REVENUE_BY_PRODUCT)];

describe('a mart beside another that answers the same', () => {
  it('is credited with what its readers would miss, and the other with its readers', async () => {
    const input = await aWorld({ statements: BOTH });

    const small = mergeOf(input, byDay.relation);
    const large = mergeOf(input, wider.relation);

    expect(small?.merge).toMatchObject({ into: [wider.relation], templates: 1, of: 1 });
    expect(large?.merge).toBeUndefined();
    expect(small?.asked.saving.meanPerDay).toBeLessThan(small?.merge?.upkeepPerDay ?? 0n);
    expect(large?.demand.byTemplate.every(({ savedCpuMs }) => savedCpuMs > 100)).toBe(true);
  });

  it('says what it would take, as long as it has not lost enough', async () => {
    const { verdicts } = decide(await aWorld({ statements: BOTH }));

    const verdict = verdicts.find(({ relation }) => relation === byDay.relation);
    expect(verdict?.outcome).toBe('keep');
    expect(verdict?.numbers.beside).toMatch(
      /^shop\.gold\.wider answers 1 of its 1 kind of statement; without it reading costs \$[\d.]+ a day more, keeping it costs \$[\d.]+$/,
    );
    expect(verdict?.flip?.what).toBe('net loss beside shop.gold.wider');
    expect(explainVerdicts({ verdicts, unreachable: [] })).toContain('beside   shop.gold.wider');
  });

  it('is let go once the loss passes the price of building it again, without counting as a failure', async () => {
    const decision = decideCycle(await aWorld({ statements: BOTH, lost: 1 }));

    const step = decision.plan.steps.find(({ action }) => action.mart === byDay.relation);
    expect(step?.action).toMatchObject({ kind: 'repoint-view', to: { kind: 'logical' } });
    expect(step?.evidence).toMatchObject({ mergedInto: wider.relation, templatesShared: 1 });
    expect(step?.predicted?.netPerDay).toBeGreaterThan(0n);
    const verdict = decision.verdicts.find(({ relation }) => relation === byDay.relation);
    expect(verdict).toMatchObject({ outcome: 'withdraw', rule: 'pays-beside-others' });
    expect(verdict?.because).toMatch(
      /^shop\.gold\.wider answers .*; it lost \$1\.00 net, more than/,
    );
    expect(verdict?.flip?.what).toBe('dollars a day that reading costs more without it');
  });

  it('stays where reading from the other costs more than keeping it', async () => {
    const busy = asked(REVENUE_BY_DAY, { runsPerDay: 4000 });
    const input = await aWorld({ statements: [busy, asked(REVENUE_BY_PRODUCT)] });

    expect(mergeOf(input, byDay.relation)?.merge).toBeUndefined();
  });

  it('stays for readers no road leads to the other, and they are told', async () => {
    const byName = asked('select order_date, revenue from gold.by_day', {
      client: 'metabase',
      runsPerDay: 40,
    });
    const input = await aWorld({ statements: [byName, asked(REVENUE_BY_PRODUCT)] });

    expect(mergeOf(input, byDay.relation)?.merge).toBeUndefined();
    const verdict = decide(input).verdicts.find(({ relation }) => relation === byDay.relation);
    expect(verdict?.outcome).toBe('keep');
  });

  it('counts readers by its name at the price of base, where some others are routed', async () => {
    const sql = 'select order_date, revenue from gold.by_day';
    const byName = asked(sql, {
      client: 'metabase',
      runsPerDay: 2,
      readers: ['cy'],
      days: 9,
      cpuMs: 2,
    });
    const baselines = [
      { fingerprint: fingerprint(sql, dialectOf('duckdb')).fingerprint, cpuMs: 402, runs: 50 },
    ];
    const accumulators = [{ ...remembered(byDay, 0), baselines }, remembered(wider, 0)];
    const input = await aWorld({
      statements: [byName, ...BOTH],
      upkeepMs: 9000,
      changes: { accumulators },
    });
    const without = await aWorld({ statements: BOTH, upkeepMs: 9000 });

    const merge = mergeOf(input, byDay.relation)?.merge;
    const extra = mergeOf(without, byDay.relation)?.merge?.extraPerDay ?? 0n;
    const dearer = Number((merge?.extraPerDay ?? 0n) - extra) / 1e9;
    // On nine of fourteen days two runs, each 400 ms dearer on base, at $0.05 a core-hour.
    expect(dearer).toBeCloseTo(((9 / 14) * 2 * 400 * 0.05) / 3_600_000, 7);
    expect(merge).toMatchObject({ templates: 1, of: 2 });
  });

  it('is not let go in favour of one that is older than its own readers were promised', async () => {
    const lax = { ...wider, maxStalenessMs: 1.5 * DAY_MS };
    const strict = { ...byDay, maxStalenessMs: 1.1 * DAY_MS };
    const input = await aWorld({
      statements: BOTH,
      marts: [standing(strict, 720), standing(lax, 90_000)],
    });

    expect(mergeOf(input, byDay.relation)?.merge).toBeUndefined();
  });

  it('is not let go in the cycle in which the other is', async () => {
    const input = await aWorld({
      statements: BOTH,
      lost: 1,
      changes: { accumulators: [remembered(byDay, 1), remembered(wider, 1000)] },
    });

    const gone = decide(input).intents.filter(({ kind }) => kind === 'withdraw');
    expect(gone.map(({ relation }) => relation)).not.toEqual([byDay.relation, wider.relation]);
    expect(gone.length).toBeLessThan(2);
  });

  it('never goes for its money where its readers had a table before', async () => {
    const table = standing(byDay, 720, { was: 'table' });
    const input = await aWorld({ statements: BOTH, marts: [table, standing(wider, 90_000)] });

    expect(mergeOf(input, byDay.relation)?.merge).toBeUndefined();
  });
});

describe('a candidate wider than marts that stand', () => {
  const marts = [standing(oneDay, 180), standing(oneStatus, 4)];
  const changes = {
    workDone: [...work(oneDay, 3000), ...work(oneStatus, 3000)],
    accumulators: [remembered(oneDay, 0), remembered(oneStatus, 0)],
  };
  const statements = [asked(REVENUE_BY_DAY), asked(REVENUE_BY_STATUS)];

  async function widest(parts: Partial<WorldParts> = {}) {
    const input = await aWorld({ statements, marts, changes, ...parts });
    const { weighed } = weighInput(input).weighing;
    return weighed.find(
      ({ appraisal: { mart, candidate } }) => mart === undefined && candidate.grain?.length === 2,
    );
  }

  it('is credited with one upkeep of the two it takes the place of', async () => {
    const found = await widest();

    const names = found?.supersedes.map(({ relation }) => relation);
    expect(names).toEqual([oneDay.relation, oneStatus.relation]);
    const own = found?.appraisal.estimate.upkeepPerDay ?? 0n;
    const freed = found?.asked.saving.meanPerDay ?? 0n;
    const upkeeps = found?.supersedes.map(({ upkeepPerDay }) => upkeepPerDay) ?? [];
    expect(freed - own).toBeGreaterThan(0n);
    expect(freed - own).toBeLessThanOrEqual(upkeeps[0] ?? 0n);
    expect(found?.accumulator.missed).toBeGreaterThan(0n);
  });

  it('is built for that where it pays its build, and says so', async () => {
    const policy = { ...(await aWorld({ statements })).policy, buildMargin: 0.1, paybackDays: 365 };
    const input = await aWorld({ statements, marts, changes: { ...changes, policy } });

    const verdict = decide(input).verdicts.find(({ numbers }) => numbers.beside?.includes('takes'));

    expect(verdict?.numbers.beside).toMatch(
      /^it takes the place of shop\.gold\.one_day, which frees \$[\d.]+ a day; it takes the place of shop\.gold\.one_status/,
    );
    expect(verdict?.outcome).toBe('build');
    expect(verdict?.because).toContain('it takes the place of shop.gold.one_day');
  });

  it('is credited with nothing where one mart alone would go for it', async () => {
    const found = await widest({
      marts: [standing(oneDay, 180)],
      changes: { workDone: work(oneDay, 3000), accumulators: [remembered(oneDay, 0)] },
    });

    expect(found?.supersedes).toEqual([]);
  });
});
