import { beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/base/clock.ts';
import type { RelationId } from '../../src/base/relation.ts';
import {
  type RefreshWork,
  rangedRefreshMs,
  wholeRefreshMs,
  worthwhileShare,
} from '../../src/cost/refresh-cost.ts';
import type { CycleInput } from '../../src/decide/cycle-input.ts';
import { isProvedWhole } from '../../src/decide/grown-refresh.ts';
import { scheduleOf } from '../../src/decide/refresh-policy.ts';
import { wantFacts } from '../../src/decide/want-facts.ts';
import type { Mart, MartDefinition } from '../../src/marts/mart.ts';
import type { Unfinished, VersionRanges } from '../../src/marts/ranges.ts';
import { type CycleDecision, decideCycle } from '../../src/plan/decide-cycle.ts';
import { explainVerdicts } from '../../src/plan/explain.ts';
import { aMart, aSourceState, aVersion } from '../builders/a-mart.ts';
import { type Asked, aCycleInput, RETAIL_DDL, withFacts } from '../builders/a-world.ts';

const NOW = Date.parse('2026-03-20T02:00:00Z');
const MART = 'shop.gold.order_lines_by_order_date_and_category' as RelationId;
const LINES = 'shop.silver.order_lines' as RelationId;

const asked: Asked = {
  sql: `select p.category, sum(l.amount) as revenue
    from silver.order_lines l join silver.products p on p.product_id = l.product_id
    where l.order_date >= date '2026-01-01' group by p.category`,
  client: 'notebook',
  readers: ['ana', 'bob'],
  runsPerDay: 1500,
  days: 14,
  cpuMs: 40,
};

function writes(sql: string, runsPerDay: number): Asked {
  return { sql, client: 'dbt', readers: ['dbt'], runsPerDay, days: 14, cpuMs: 5 };
}

const APPEND = writes(
  'insert into silver.order_lines select * from silver.order_lines limit 1',
  96,
);
const UPDATE = writes('update silver.order_lines set amount = amount + 1', 1);

/** Quarter-hourly cycles, answers up to four hours old. */
const BUSY = { cyclePeriodMs: HOUR_MS / 4, maxStalenessMs: 4 * HOUR_MS };

interface World {
  readonly input: CycleInput;
  readonly definition: MartDefinition;
}

/** The mart is published, its facts are known. */
async function published(statements: readonly Asked[]): Promise<World> {
  const input = await aCycleInput({ statements, now: NOW }, BUSY);
  const first = decideCycle(withFacts(input, wantFacts(input)));
  const create = first.plan.steps.find(({ action }) => action.kind === 'create-mart')?.action;
  if (create?.kind !== 'create-mart') {
    throw new Error(explainVerdicts(first));
  }
  const { definition } = create;
  const ddl = `${RETAIL_DDL}; create view ${MART} as ${definition.sql};`;
  const later = await aCycleInput({ statements, now: NOW, ddl }, BUSY);
  const wanted = wantFacts({ ...later, marts: [aMart(definition, { stage: 'logical' })] });
  return { definition, input: withFacts(later, wanted) };
}

let appended: World;
let updated: World;
beforeAll(async () => {
  appended = await published([asked, APPEND]);
  updated = await published([asked, APPEND, UPDATE]);
});

function cycle(
  { input, definition }: World,
  changes: Partial<CycleInput> = {},
  mart?: Partial<Mart>,
) {
  const sourceStates = definition.sources.map((source) => aSourceState(source));
  return decideCycle({ ...input, marts: [aMart(definition, mart)], sourceStates, ...changes });
}

function verdict(decision: CycleDecision) {
  return decision.verdicts.find(({ relation }) => relation === MART);
}

function actionsOf({ plan }: CycleDecision) {
  return plan.steps.map(({ action }) => action).filter(({ mart }) => mart === MART);
}

const ranges: VersionRanges = {
  by: { column: 'order_date', type: 'date', source: LINES, onSource: 'order_date' },
  bounds: ['2026-01-01'],
  source: [],
  table: [],
  sinceWhole: 3,
  changedShare: 0.04,
};

describe('how a mart is kept fresh', () => {
  it('is priced before it is built: by range where everything that writes its source appends', () => {
    const { refresh } = verdict(cycle(appended))?.numbers ?? {};

    expect(refresh).toMatch(
      /^by range every 3\.5h when sources change: 6\.86 a day, \$0\.\d+; instead of whole every 3\.5h when .*, or by range when sources change: 96 a day, \$0\.\d+, or whole when/,
    );
    expect(refresh).toMatch(
      /ranges of order_date pay up to \d+ % of shop\.silver\.order_lines changed at a time, and 25 % are expected, since its one kind of write appends$/,
    );
  });

  it('is whole where old rows are updated, until refreshes have shown how much changes', () => {
    const before = verdict(cycle(updated))?.numbers.refresh;
    const current = aVersion(updated.definition, { ranges });
    const after = verdict(cycle(updated, {}, { current }))?.numbers.refresh;

    expect(before).toMatch(
      /^whole every 3\.5h .* and how much changes at a time is not known yet$/,
    );
    expect(after).toMatch(/^by range every 3\.5h .* and 4 % did in the last refreshes$/);
  });

  it('is whole where refreshes have shown that nearly everything changes', () => {
    const current = aVersion(appended.definition, { ranges: { ...ranges, changedShare: 0.95 } });

    expect(verdict(cycle(appended, {}, { current }))?.numbers.refresh).toMatch(
      /^whole every 3\.5h .* and 95 % did in the last refreshes$/,
    );
  });

  it('is by addition where the warehouse tells added rows from others and writers only append', () => {
    const capabilities = { ...appended.input.capabilities, placeColumn: 'rowid' };
    const growth = { source: LINES, end: '1000', sinceWhole: 3 };
    const current = (changes: Partial<typeof growth & { fellBack: number }> = {}) => ({
      current: aVersion(appended.definition, {
        growth: { ...growth, ...changes },
        verifiedFreshAt: NOW - 3.5 * HOUR_MS,
      }),
    });
    const sourceStates = appended.definition.sources.map((id) => aSourceState(id, { rows: 1010 }));
    const planned = (mart: Partial<Mart>) =>
      actionsOf(cycle(appended, { capabilities, sourceStates }, mart))[0];

    expect(verdict(cycle(appended, { capabilities }))?.numbers.refresh).toMatch(
      /^by addition every 3\.5h .* 100 % are expected to find rows added to shop\.silver\.order_lines and nothing else$/,
    );
    expect(verdict(cycle(updated, { capabilities }))?.numbers.refresh).toMatch(/^whole every/);
    expect(planned(current())).toMatchObject({
      replay: [],
      grown: {
        by: { source: LINES },
        added: { end: '1000', sql: expect.stringContaining('rowid >= 1000') },
        proveWhole: false,
      },
    });
    expect(planned(current({ source: 'shop.silver.products' as RelationId }))).toMatchObject({
      grown: { by: { source: LINES } },
    });
    expect(planned(current({ source: 'shop.silver.products' as RelationId }))).not.toHaveProperty(
      'grown.added',
    );
    const catalog = appended.input.catalog.map((table) =>
      table.id === LINES
        ? { ...table, columns: [...table.columns, { name: 'RowId', type: 'text', notNull: false }] }
        : table,
    );
    expect(verdict(cycle(appended, { capabilities, catalog }))?.numbers.refresh).toMatch(
      /^by range .* because a column of shop\.silver\.order_lines is named rowid, as places are$/,
    );
    expect(planned(current({ sinceWhole: 19 }))).toMatchObject({
      replay: [{ fingerprint: expect.any(String) }],
      grown: { proveWhole: true },
    });
    expect(
      verdict(cycle(appended, { capabilities }, current({ fellBack: 1 })))?.numbers.refresh,
    ).toMatch(/^by range every/);
  });

  it.for([
    ['candidate', 0, undefined, false],
    ['candidate', 19, 0, true],
    ['adopted', 0, undefined, true],
    ['adopted', 0, 1, true],
    ['adopted', 0, 0.7, false],
  ] as const)(
    'by addition, a definition of origin %s is compared as a whole at its first only where it is not in our words: %s, %s',
    ([origin, sinceWhole, fellBack, isWhole]) => {
      const growth = {
        source: LINES,
        end: '1',
        sinceWhole,
        ...(fellBack === undefined ? {} : { fellBack }),
      };

      expect(isProvedWhole(growth, { origin, every: 20 })).toBe(isWhole);
    },
  );

  it('costs less to keep, so that less demand pays for it', () => {
    const byRange = verdict(cycle(appended))?.numbers.runsPerDayToPay;
    const whole = verdict(cycle(updated))?.numbers.runsPerDayToPay;

    expect(Number(byRange)).toBeLessThan(0.7 * Number(whole));
  });

  it('waits for its last chance but one where that saves refreshes, and says what it saves', () => {
    const sourceStates = appended.definition.sources.map((id) => aSourceState(id, { rows: 1010 }));
    const at = (hoursOld: number) => {
      const verifiedFreshAt = NOW - hoursOld * HOUR_MS;
      const current = aVersion(appended.definition, { ranges, verifiedFreshAt });
      return cycle(appended, { sourceStates }, { current });
    };

    expect(verdict(at(1))).toMatchObject({
      outcome: 'wait',
      because: expect.stringMatching(
        /has 1010; it may still answer for 3h, and is refreshed by range every 3\.5h when sources change: 6\.86 a day, \$0\.\d+$/,
      ),
    });
    expect(actionsOf(at(3.5)).map(({ kind }) => kind)).toEqual(['build-version', 'repoint-view']);
  });

  it('asks the refresh for ranges, for no replay, and for the whole proof every so often', () => {
    const sourceStates = appended.definition.sources.map((id) => aSourceState(id, { rows: 1010 }));
    const refresh = (sinceWhole: number) => {
      const verifiedFreshAt = NOW - 3.5 * HOUR_MS;
      const current = aVersion(appended.definition, {
        ranges: { ...ranges, sinceWhole },
        verifiedFreshAt,
      });
      return actionsOf(cycle(appended, { sourceStates }, { current }))[0];
    };

    expect(refresh(3)).toMatchObject({
      reason: 'refresh',
      replay: [],
      ranged: { by: { column: 'order_date', source: LINES }, proveWhole: false },
    });
    expect(refresh(19)).toMatchObject({
      replay: [{ fingerprint: expect.any(String) }],
      ranged: { proveWhole: true },
    });
  });
});

describe('the strictest reader', () => {
  const strict = (reader: string, maxStalenessMs: number) => ({
    readerStaleness: [
      { reader, maxStalenessMs },
      { reader: 'bob', maxStalenessMs: 3 * HOUR_MS },
      { reader: 'nobody', maxStalenessMs: 1 },
    ],
  });

  it('decides how often a mart is refreshed, and until when its view answers', () => {
    const decision = cycle(appended, strict('ana', HOUR_MS));

    expect(verdict(decision)?.numbers.refresh).toMatch(
      /^by range every 30m when sources change: 48 a day/,
    );
    expect(verdict(decision)?.numbers.refresh).toMatch(
      /; ana is its strictest reader: at most 1h old$/,
    );
    expect(actionsOf(decision)[0]).toMatchObject({ to: { freshUntil: NOW + HOUR_MS } });
  });

  it('takes a mart back where cycles are too far apart for it, and names the setting', () => {
    const decision = cycle(appended, strict('ana', HOUR_MS / 6));

    expect(verdict(decision)).toMatchObject({
      outcome: 'withdraw',
      because: expect.stringContaining('for ana, its strictest reader, its answers may be 10m old'),
    });
  });

  it('forbids a build, with the number that would allow it', () => {
    const decision = cycle(appended, strict('ana', 0), { stage: 'logical' });

    expect(verdict(decision)).toMatchObject({
      rule: 'keeps-its-staleness-bound',
      flip: { what: 'marts.readerStaleness ana maxStaleness', needed: '15m' },
    });
  });

  it('changes nothing for marts it does not read', () => {
    const decision = cycle(appended, { readerStaleness: [{ reader: 'eve', maxStalenessMs: 1 }] });

    expect(verdict(decision)?.numbers.refresh).toBe(verdict(cycle(appended))?.numbers.refresh);
  });
});

describe('the price of a refresh', () => {
  const work: RefreshWork = {
    definitionCpuMs: 10_000,
    replayedCpuMs: [200],
    readCpuMs: 50,
    wholeEvery: 20,
  };

  it('grows with what changed, up to the share at which a whole one costs as much', () => {
    const share = worthwhileShare({ ...work, readCpuMs: 1500 });
    const near = { ...work, readCpuMs: 1500 };

    expect(rangedRefreshMs(work, 0.02)).toBeLessThan(0.25 * wholeRefreshMs(work));
    expect(share).toBeGreaterThan(0.5);
    expect(rangedRefreshMs(near, share)).toBeCloseTo(wholeRefreshMs(near), 3);
  });

  it('is never worth ranges where the definition takes a few milliseconds', () => {
    expect(worthwhileShare({ ...work, definitionCpuMs: 2, replayedCpuMs: [1] })).toBe(0);
  });

  it('leaves no room to wait where the bound is a few cycles', () => {
    expect(scheduleOf(HOUR_MS, HOUR_MS / 4)).toBe(HOUR_MS / 2);
    expect(scheduleOf(HOUR_MS, HOUR_MS / 3)).toBeUndefined();
    expect(scheduleOf(1.5 * DAY_MS, DAY_MS)).toBeUndefined();
  });
});

describe('a first build over a long history', () => {
  /** 500,000 order lines. */
  const steps = (sourceRows: number): Partial<CycleInput> => ({
    caps: { ...appended.input.caps, steps: { sourceRows } },
  });
  const unfinished: Unfinished = {
    version: 1,
    table: 'shop.gold_data.x__v1' as RelationId,
    by: ranges.by,
    bounds: ['2026-01-01', '2026-02-01'],
    filled: [],
    others: [aSourceState('shop.silver.products' as RelationId)],
    begunAt: NOW - DAY_MS,
    touchedAt: NOW - HOUR_MS,
    restarts: 0,
    cpuMs: 10,
  };
  const state = { rows: 1, checksum: '1' };
  const logical = (changes: Partial<Unfinished> = {}): Partial<Mart> => ({
    stage: 'logical',
    unfinished: { ...unfinished, ...changes },
  });

  it('is planned in steps, and says why', () => {
    const decision = cycle(appended, steps(50_000), { stage: 'logical' });

    expect(actionsOf(decision)).toMatchObject([
      {
        kind: 'fill-version',
        version: 2,
        table: 'shop.gold_data.order_lines_by_order_date_and_category__v2',
        by: { column: 'order_date', source: LINES },
        rowsPerStep: 50_000,
      },
    ]);
    expect(verdict(decision)).toMatchObject({
      outcome: 'build',
      because: expect.stringContaining(
        'in steps by order_date: shop.silver.order_lines has 500000 rows, and a step reads about 50000',
      ),
    });
  });

  it('is made at once where two steps would do', () => {
    const decision = cycle(appended, steps(250_000), { stage: 'logical' });

    expect(actionsOf(decision).map(({ kind }) => kind)).toEqual(['build-version', 'repoint-view']);
  });

  it('is filled in steps too where a step and its record do not commit together', () => {
    const { capabilities } = appended.input;
    const changes = {
      ...steps(50_000),
      capabilities: { ...capabilities, transactionalDdl: false },
    };

    const decision = cycle(appended, changes, { stage: 'logical' });

    expect(actionsOf(decision).map(({ kind }) => kind)).toEqual(['fill-version']);
  });

  it('goes on where it stopped, and is proved and published when it is full', () => {
    const goesOn = cycle(appended, steps(50_000), logical({ filled: [state] }));
    const full = cycle(appended, steps(50_000), logical({ filled: [state, state, state, state] }));

    expect(actionsOf(goesOn).map(({ kind }) => kind)).toEqual(['fill-version']);
    expect(verdict(goesOn)?.because).toContain('1 of 4 ranges by order_date are filled');
    expect(actionsOf(full)).toMatchObject([
      { kind: 'build-version', version: 1, reason: 'promote', ranged: {} },
      { kind: 'repoint-view' },
    ]);
  });

  it('begins again when another source changed, and is made at once when that happens too often', () => {
    const filled = [state, state, state, state];
    const moved = {
      sourceStates: [aSourceState('shop.silver.products' as RelationId, { rows: 3 })],
    };
    const again = cycle(appended, { ...steps(50_000), ...moved }, logical({ filled }));
    const often = cycle(appended, { ...steps(50_000), ...moved }, logical({ filled, restarts: 3 }));

    expect(actionsOf(again).map(({ kind }) => kind)).toEqual(['fill-version']);
    expect(verdict(again)?.because).toContain('shop.silver.products changed since they began');
    expect(actionsOf(often)).toMatchObject([{ kind: 'build-version', version: 2 }, {}]);
  });

  it('is dropped when nothing has gone on with it for the whole grace period', () => {
    const old = { touchedAt: NOW - 8 * DAY_MS };
    const decision = decideCycle({
      ...appended.input,
      usage: { ...appended.input.usage, facts: [] },
      marts: [aMart(appended.definition, logical(old))],
    });

    expect(actionsOf(decision)).toMatchObject([{ kind: 'drop-version', version: 1 }]);
  });
});
