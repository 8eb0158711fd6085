import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/base/clock.ts';
import type { RelationId } from '../../src/base/relation.ts';
import type { CycleInput } from '../../src/decide/cycle-input.ts';
import { recordCycle, reviveCycle } from '../../src/decide/recording.ts';
import { wantFacts } from '../../src/decide/want-facts.ts';
import { type CycleDecision, decideCycle } from '../../src/plan/decide-cycle.ts';
import { explainPlan, explainVerdicts } from '../../src/plan/explain.ts';
import { type Asked, aCycleInput, withFacts } from '../builders/a-world.ts';

const NOW = Date.parse('2026-03-20T02:00:00Z');
const DAILY_SALES = 'shop.gold.daily_sales' as RelationId;

const byCategory: Asked = {
  sql: `select p.category, sum(l.amount) as revenue
    from silver.order_lines l join silver.products p on p.product_id = l.product_id
    where l.order_date >= date '2026-01-01' group by p.category`,
  client: 'notebook',
  readers: ['ana', 'bob'],
  runsPerDay: 10,
  days: 14,
  cpuMs: 40,
};

/** A pipeline that wrote the lines once in the window. */
const rareLoad: Asked = {
  sql: 'insert into silver.order_lines select * from silver.order_lines',
  client: 'dbt',
  readers: ['dbt'],
  runsPerDay: 1,
  days: 1,
  cpuMs: 500,
};

const dashboard: Asked = {
  sql: "select order_date, revenue from gold.daily_sales where order_date >= date '2026-02-01'",
  client: 'metabase',
  readers: ['sales board', 'ops board'],
  runsPerDay: 40,
  days: 14,
  cpuMs: 30,
};

async function decided(
  statements: readonly Asked[],
  changes: Partial<CycleInput> = {},
): Promise<{ readonly input: CycleInput; readonly decision: CycleDecision }> {
  const input = await aCycleInput({ statements, now: NOW }, changes);
  const measured = withFacts(input, wantFacts(input));
  return { input: measured, decision: decideCycle(measured) };
}

function verbs({ plan }: CycleDecision): readonly string[] {
  return plan.steps.map(({ action }) => `${action.kind} ${action.mart}`);
}

describe('a cycle', () => {
  it('publishes, builds and points readers at the aggregate that pays', async () => {
    const { decision } = await decided([byCategory]);

    const mart = 'shop.gold.order_lines_by_order_date_and_category';
    expect(verbs(decision)).toEqual([
      `create-mart ${mart}`,
      `build-version ${mart}`,
      `repoint-view ${mart}`,
    ]);
    const [create, build, repoint] = decision.plan.steps.map(({ action }) => action);
    expect(create).toMatchObject({
      definition: {
        obligations: [{ kind: 'unique-key' }, { kind: 'inclusion' }, { kind: 'not-null' }],
      },
    });
    expect(build).toMatchObject({
      version: 1,
      table: 'shop.gold_data.order_lines_by_order_date_and_category__v1',
      reason: 'promote',
      minimumGain: 0.5,
    });
    expect(repoint).toMatchObject({
      to: { kind: 'version', version: 1, freshUntil: NOW + 1.5 * DAY_MS },
    });
  });

  it('lets no build take more storage than is left, so that a small cap stops none that fits', async () => {
    const { input } = await decided([byCategory]);
    const caps = { ...input.caps, maxStorageBytes: 20_000_000 };
    const { plan } = decideCycle({ ...input, caps });

    const builds = plan.steps.flatMap(({ action }) =>
      action.kind === 'build-version' ? [action.budget.bytes] : [],
    );
    expect(builds).toEqual([10_000_000]);
  });

  it('never writes a parameter into a definition', async () => {
    const { decision } = await decided([byCategory]);

    expect(decision.verdicts.map(({ sql }) => sql).join('\n')).not.toMatch(/\?|\$\d|2026/);
  });

  it('builds nothing before the joins are verified, and says which', async () => {
    const input = await aCycleInput({ statements: [byCategory], now: NOW });
    const decision = decideCycle(input);

    expect(decision.plan.steps).toEqual([]);
    expect(decision.verdicts[0]).toMatchObject({
      rule: 'joins-lose-nothing',
      because: 'not verified yet: unique shop.silver.products(product_id)',
      flip: { what: 'obligations not verified yet', now: 3, needed: 0 },
    });
  });

  it('keeps lines without a product by an outer join where some have none', async () => {
    const input = await aCycleInput({ statements: [byCategory], now: NOW });
    const { obligations } = wantFacts(input);
    const held = withFacts(input, {
      obligations: obligations.filter(({ kind }) => kind !== 'inclusion'),
    });
    const decision = decideCycle({ ...held, factsChecked: obligations });

    const sql = decision.verdicts.map((each) => each.sql).join('\n');
    expect(sql).toContain('left join shop.silver.products');
    expect(sql).not.toMatch(/^join/m);
  });

  it('refuses 40 runs in two weeks where sources change daily, and tells the runs a day that would pay', async () => {
    const { decision } = await decided([{ ...byCategory, runsPerDay: 3 }]);

    const [verdict] = decision.verdicts.filter(({ enumerator }) => enumerator === 'aggregated');
    expect(verdict).toMatchObject({ outcome: 'refuse', rule: 'saves-more-than-upkeep' });
    expect(verdict?.numbers.runs).toBe(42);
    expect(Number(verdict?.numbers.runsPerDayToPay)).toBeCloseTo(6.6, 0);
  });

  it('builds for 42 runs in two weeks where sources change once in that time', async () => {
    const { decision } = await decided([{ ...byCategory, runsPerDay: 3 }, rareLoad]);

    expect(verbs(decision)).toContain(
      'build-version shop.gold.order_lines_by_order_date_and_category',
    );
  });

  it('lists demand without a road, publishes a view people can adopt, and builds nothing', async () => {
    const { decision } = await decided([{ ...byCategory, client: 'excel' }]);

    expect(verbs(decision)).toEqual([
      'create-mart shop.gold.order_lines_by_order_date_and_category',
    ]);
    expect(decision.unreachable).toMatchObject([
      {
        runs: 140,
        clients: ['excel'],
        whatWouldOpenARoad: expect.stringContaining('let excel ask `route`'),
      },
    ]);
    expect(decision.verdicts.find(({ outcome }) => outcome === 'publish')).toMatchObject({
      rule: 'has-a-road',
    });
  });

  it('takes an adoptable view over, word for word, when its readers pay for it', async () => {
    const { input, decision } = await decided([dashboard], {
      adoptable: [{ view: DAILY_SALES, maxStalenessMs: 1.5 * DAY_MS }],
    });

    expect(verbs(decision).slice(0, 3)).toEqual([
      `adopt-view ${DAILY_SALES}`,
      `build-version ${DAILY_SALES}`,
      `repoint-view ${DAILY_SALES}`,
    ]);
    const original = input.catalog.find(({ id }) => id === DAILY_SALES)?.definitionSql;
    expect(decision.plan.steps[0]?.action).toMatchObject({
      originalSql: original,
      definition: { sql: original },
    });
  });

  it('leaves an adoptable view alone whose bound is zero, and says what to configure', async () => {
    const { decision } = await decided([dashboard], {
      adoptable: [{ view: DAILY_SALES, maxStalenessMs: 0 }],
    });

    expect(verbs(decision).filter((verb) => verb.includes(DAILY_SALES))).toEqual([]);
    expect(decision.verdicts.find(({ relation }) => relation === DAILY_SALES)).toMatchObject({
      rule: 'keeps-its-staleness-bound',
      flip: { what: `marts.adoptable ${DAILY_SALES} maxStaleness`, needed: '1d' },
    });
  });

  it('waits in quiet hours with what pays', async () => {
    const { decision } = await decided([byCategory], {
      caps: {
        buildsPerDay: 10,
        maxBuildUsdPerDay: 10,
        refreshesPerDay: 10,
        maxMarts: 100,
        maxStorageBytes: 1e12,
        quietHours: { from: '22:00', until: '04:00' },
        grace: 7 * DAY_MS,
        supersededGrace: DAY_MS,
      },
    });

    expect(decision.plan.steps).toEqual([]);
    expect(decision.verdicts.map(({ outcome }) => outcome)).toContain('wait');
  });

  it('does not try again what a person declined', async () => {
    const { decision: first } = await decided([byCategory]);
    const key = first.verdicts.find(({ outcome }) => outcome === 'build')?.key ?? '';
    const { decision } = await decided([byCategory], {
      declined: [{ digest: key, at: NOW - DAY_MS }],
    });

    expect(decision.verdicts.find((verdict) => verdict.key === key)).toMatchObject({
      rule: 'was-not-declined',
      flip: { what: 'the day', needed: '2026-06-17' },
    });
  });
});

describe('determinism', () => {
  const statements = [byCategory, dashboard, rareLoad];
  const adoptable = [{ view: DAILY_SALES, maxStalenessMs: 1.5 * DAY_MS }];

  it('gives a recorded cycle the same plan and verdicts again', async () => {
    const { input, decision } = await decided(statements, { adoptable });
    const again = decideCycle(reviveCycle(recordCycle(input)));

    expect(decision.plan.steps.length).toBeGreaterThan(3);
    expect(again.plan.digest).toBe(decision.plan.digest);
    expect(again.verdicts).toEqual(decision.verdicts);
    expect(again.accumulators).toEqual(decision.accumulators);
  });

  it('does not depend on the order things are listed in', async () => {
    const { input, decision } = await decided(statements, { adoptable });
    const turned: CycleInput = {
      ...input,
      usage: {
        ...input.usage,
        templates: input.usage.templates.toReversed(),
        facts: input.usage.facts.toReversed(),
      },
      schema: { relations: input.schema.relations.toReversed() },
      catalog: input.catalog.toReversed(),
      columnNdvs: input.columnNdvs.toReversed(),
      factsChecked: input.factsChecked.toReversed(),
    };
    const again = decideCycle(turned);

    expect(again.plan.digest).toBe(decision.plan.digest);
    expect(again.accumulators).toEqual(decision.accumulators);
  });

  it('counts no day twice when a cycle is repeated', async () => {
    const { input, decision } = await decided(statements, { adoptable });
    const again = decideCycle({ ...input, accumulators: decision.accumulators });

    expect(again.accumulators).toEqual(decision.accumulators);
  });
});

describe('telling people', () => {
  it('explains each step with why, money, risk and undo', async () => {
    const { decision } = await decided([byCategory]);
    const text = explainPlan(decision.plan);

    expect(text).toContain('1. publish shop.gold.order_lines_by_order_date_and_category as a view');
    expect(text).toMatch(/money {4}nets \$0\.\d+ a day, costs \$0\.\d+ to build/);
    expect(text).toMatch(/risk {5}low: readers are answered from a table that was proved equal/);
    expect(text).toMatch(/undo {5}goldsmith rollback/);
  });

  it('tells how near the choice among builds that pay is to the best', async () => {
    const { decision } = await decided([byCategory]);

    expect(explainVerdicts(decision)).toMatch(
      /Choice: 1 of 1 builds that pay, netting \$0\.0\d+ a day with .*; no other choice nets more\./,
    );
  });

  it('explains every verdict with the number that would flip it', async () => {
    const { decision } = await decided([{ ...byCategory, runsPerDay: 3 }]);
    const text = explainVerdicts(decision);

    expect(text).toMatch(/flips at runs per day: \d+(\.\d+)?, now 3/);
    expect(text).toMatch(/pays at {2}\d+(\.\d+)? runs a day, now 3/);
    expect(text).toMatch(/expects {2}demand by schedule, every day, seen on 14 days: saves/);
  });
});
