import { beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/base/clock.ts';
import type { RelationId } from '../../src/base/relation.ts';
import type { NativeOffer } from '../../src/connectors/native-offer.ts';
import type { CycleInput } from '../../src/decide/cycle-input.ts';
import { wantFacts } from '../../src/decide/want-facts.ts';
import type { Mart, MartDefinition } from '../../src/marts/mart.ts';
import type { NativeShape } from '../../src/marts/native-shape.ts';
import { type CycleDecision, decideCycle } from '../../src/plan/decide-cycle.ts';
import { aMart, aSourceState, aVersion } from '../builders/a-mart.ts';
import { type Asked, aCycleInput, RETAIL_DDL, withFacts } from '../builders/a-world.ts';

const NOW = Date.parse('2026-03-20T02:00:00Z');
const MART = 'shop.gold.order_lines_by_order_date_and_category' as RelationId;
const MATERIALIZED = { kind: 'materialized view', refresh: 'whole', needsKey: true } as const;
const DYNAMIC = {
  kind: 'dynamic table',
  refresh: 'incremental',
  leastLagMs: 60_000,
  compute: 'GOLDSMITH_WH',
} as const;

const PIPELINED = {
  kind: 'materialized view',
  refresh: 'incremental',
  billedApart: 'serverless pipelines',
  sumsNeedValues: true,
} as const;

const asked: Asked = {
  sql: `select p.category, sum(l.amount) as revenue
    from silver.order_lines l join silver.products p on p.product_id = l.product_id
    where l.order_date >= date '2026-01-01' group by p.category`,
  client: 'notebook',
  readers: ['ana', 'bob'],
  runsPerDay: 10,
  days: 14,
  cpuMs: 40,
};

const LIVE = {
  kind: 'materialized view',
  refresh: 'incremental',
  bareAggregates: true,
  live: true,
} as const;

let definition: MartDefinition;
/** Its view is there, and readers name it. */
let named: CycleInput;
/** Its view is there, and readers ask `route`. */
let routed: CycleInput;

beforeAll(async () => {
  const input = await aCycleInput({ statements: [asked], now: NOW });
  const first = decideCycle(withFacts(input, wantFacts(input)));
  const create = first.plan.steps.find(({ action }) => action.kind === 'create-mart')?.action;
  if (create?.kind !== 'create-mart') {
    throw new Error('the shape of this story no longer pays');
  }
  definition = create.definition;
  const ddl = `${RETAIL_DDL}; create view ${MART} as ${definition.sql};`;
  const published = async (statements: readonly Asked[]) => {
    const later = await aCycleInput({ statements, now: NOW, ddl });
    const marts = [aMart(definition, { stage: 'logical' })];
    return withFacts(later, wantFacts({ ...later, marts }));
  };
  const sql = `select category, count(*) as days from gold.order_lines_by_order_date_and_category group by category`;
  named = await published([{ ...asked, sql }]);
  routed = await published([asked]);
});

function cycle(
  mart: Mart,
  {
    shape = MATERIALIZED,
    other,
    asks = named,
    isAllowed = true,
    rows = 1000,
  }: {
    readonly shape?: NativeOffer;
    /** Offered beside it. */
    readonly other?: NativeOffer;
    readonly asks?: CycleInput;
    readonly isAllowed?: boolean;
    readonly rows?: number;
  } = {},
): CycleDecision {
  const sourceStates = definition.sources.map((source) => aSourceState(source, { rows }));
  const policy = { ...asks.policy, nativeShapes: isAllowed };
  const capabilities = {
    ...asks.capabilities,
    nativeShapes: other === undefined ? [shape] : [shape, other],
  };
  return decideCycle({ ...asks, marts: [mart], sourceStates, policy, capabilities });
}

function keptAs(native: NativeShape, sinceWhole = 0): Mart {
  const current = aVersion(definition, { native: { ...native, refreshes: 3, sinceWhole } });
  return aMart(definition, { current });
}

function stepsOf({ plan }: CycleDecision) {
  return plan.steps.map(({ action }) => action).filter(({ mart }) => mart === MART);
}

function refreshOf(decision: CycleDecision): string {
  return decision.verdicts.find(({ relation }) => relation === MART)?.numbers.refresh ?? '';
}

const asView: NativeShape = { kind: 'materialized view', key: ['order_date', 'category'] };

describe('a mart the warehouse may keep itself', () => {
  it('gets that shape with its next version, keyed by what it is grouped by', () => {
    const decision = cycle(aMart(definition), { rows: 1010 });

    expect(stepsOf(decision)).toMatchObject([
      { kind: 'build-version', version: 2, native: asView },
      { kind: 'repoint-view', to: { version: 2 } },
    ]);
    expect(refreshOf(decision)).toContain('; kept by the warehouse as a materialized view');
  });

  it('stays a table where the operator did not ask for more, or route answers its statements', () => {
    for (const [options, because] of [
      [{ isAllowed: false }, /^(?!.*(kept as a table|kept by the warehouse))/],
      [{ asks: routed }, /kept as a table, because `route` answers some of its statements/],
    ] as const) {
      const decision = cycle(aMart(definition), { ...options, rows: 1010 });
      const [first] = stepsOf(decision);

      expect(first).toMatchObject({ kind: 'build-version', version: 2 });
      expect(first).not.toHaveProperty('native');
      expect(refreshOf(decision)).toMatch(because);
    }
  });

  it('is refreshed in its place when a source changed, all of it compared where all is computed', () => {
    expect(stepsOf(cycle(keptAs(asView), { rows: 1010 }))).toMatchObject([
      { kind: 'refresh-version', version: 1, proveWhole: true },
      { kind: 'repoint-view', to: { version: 1, freshUntil: NOW + 1.5 * DAY_MS } },
    ]);
  });

  it('is renewed, not refreshed, while its sources stand', () => {
    expect(stepsOf(cycle(keptAs(asView)))).toMatchObject([
      { kind: 'repoint-view', to: { version: 1 } },
    ]);
  });

  it('is built anew in the shape of today where it was kept in another', () => {
    const other = { ...asView, key: ['order_date'] };

    expect(stepsOf(cycle(keptAs(other), { rows: 1010 }))[0]).toMatchObject({
      kind: 'build-version',
      version: 2,
      native: asView,
    });
  });

  it('is built anew once its sources were followed, for a refresh would compute what it was before', () => {
    const { current, ...mart } = keptAs(asView);
    const former = current?.native && { ...current, native: { ...current.native, isFormer: true } };
    const decision = cycle({ ...mart, current: former } as Mart);

    expect(stepsOf(decision)[0]).toMatchObject({
      kind: 'build-version',
      version: 2,
      native: asView,
    });
    expect(decision.verdicts.find(({ relation }) => relation === MART)?.because).toBe(
      'its sources were followed, and the warehouse keeps the materialized view by the definition of before',
    );
  });

  it('becomes a table with its next version once the warehouse would not keep it, though no source changed', () => {
    const because = 'the warehouse no longer refreshes gold_data.m__v1 by itself: it is suspended';
    const mart = { ...keptAs(asView), notNative: { since: NOW - DAY_MS, because } };
    const decision = cycle(mart);
    const [first] = stepsOf(decision);

    expect(first).toMatchObject({ kind: 'build-version', version: 2 });
    expect(first).not.toHaveProperty('native');
    expect(decision.verdicts.find(({ relation }) => relation === MART)?.because).toBe(because);
    expect(refreshOf(decision)).toContain(
      `kept as a table, because ${because} (on 2026-03-19; it is asked again after 30d)`,
    );
    const later = { ...mart, notNative: { since: NOW - 31 * DAY_MS, because } };
    expect(
      stepsOf(cycle({ ...later, current: aVersion(definition) }, { rows: 1010 })),
    ).toMatchObject([{ kind: 'build-version', native: asView }, {}]);
  });

  it('computes changes alone where the warehouse does, says who pays and how old it gets, and compares all of it now and then', () => {
    const shape: NativeShape = {
      kind: 'dynamic table',
      lagMs: 1.5 * DAY_MS,
      compute: 'GOLDSMITH_WH',
    };
    const decision = cycle(keptAs(shape), { shape: DYNAMIC, rows: 1010 });

    expect(stepsOf(decision)[0]).toMatchObject({ kind: 'refresh-version', proveWhole: false });
    expect(refreshOf(decision)).toContain(
      'kept by the warehouse as a dynamic table, refreshed on GOLDSMITH_WH, which pays for it, and never let get older than 1.5d',
    );
    const pipelined = cycle(keptAs({ kind: 'materialized view' }), {
      shape: PIPELINED,
      rows: 1010,
    });
    expect(refreshOf(pipelined)).toContain(
      'kept by the warehouse as a materialized view, refreshed on serverless pipelines, which are billed apart',
    );
    const due = named.policy.wholeProofEvery - 1;
    expect(stepsOf(cycle(keptAs(shape, due), { shape: DYNAMIC, rows: 1010 }))[0]).toMatchObject({
      kind: 'refresh-version',
      proveWhole: true,
    });
  });

  it('answers statements on its tables by the warehouse itself where that rewrites them: whoever asks has a road', () => {
    const alone = { ...routed, usage: { ...routed.usage, routeClients: [] }, tellsRewriting: true };
    const roadsOf = (options: Parameters<typeof cycle>[1]) =>
      cycle(aMart(definition), { asks: alone, shape: LIVE, rows: 1010, ...options }).verdicts.find(
        ({ relation }) => relation === MART,
      )?.numbers;

    expect(roadsOf({})).toMatchObject({ roads: ['rewritten'], unreachableRuns: 0 });
    expect(roadsOf({ shape: DYNAMIC })).toMatchObject({ roads: [] });
    expect(roadsOf({ isAllowed: false })).toMatchObject({ roads: [] });
    // What the history does not tell would never be credited.
    const untold = { asks: { ...alone, tellsRewriting: false } };
    expect(roadsOf(untold)).toMatchObject({ roads: [] });
    expect(cycle(aMart(definition), { shape: LIVE, ...untold }).unreachable).toMatchObject([
      {
        whatWouldOpenARoad: expect.stringMatching(
          /by itself \(`decide.nativeShapes` and `history.readsKept`\)$/,
        ),
      },
    ]);
    const [first] = stepsOf(cycle(aMart(definition), { asks: alone, shape: LIVE, rows: 1010 }));
    expect(first).toMatchObject({ kind: 'build-version', native: { kind: 'materialized view' } });
  });

  describe('where the warehouse has two shapes', () => {
    const KEEPS_ITSELF = {
      kind: 'materialized view',
      refresh: 'incremental',
      live: true,
      readsAsOwner: true,
      rewritesUntold: true,
      keepsItself: true,
      billedApart: 'serverless credits',
    } as const;
    const both = { shape: KEEPS_ITSELF, other: DYNAMIC, rows: 1010 } as const;
    const asDynamic: NativeShape = {
      kind: 'dynamic table',
      lagMs: 1.5 * DAY_MS,
      compute: 'GOLDSMITH_WH',
    };

    it('is kept in the fresher where they cost the same, and in the one that can wait where its bound leaves time', () => {
      const decision = cycle(aMart(definition), both);
      expect(stepsOf(decision)[0]).toMatchObject({ native: { kind: 'materialized view' } });
      expect(refreshOf(decision)).toMatch(
        /^in place as a materialized view when sources change: (.*); instead of in place as a dynamic table when sources change: \1, or /,
      );

      const often = { ...named, cyclePeriodMs: HOUR_MS };
      const other = cycle(aMart(definition), { ...both, asks: often });
      expect(stepsOf(other)).toEqual([]);
      expect(refreshOf(other)).toMatch(
        /^in place as a dynamic table every 1.4d when sources change: .*, or in place as a materialized view/,
      );
    });

    it('is kept in the one that its bound or the warehouse leaves, and says why not in the other', () => {
      const fresh = { ...DYNAMIC, leastLagMs: 2 * DAY_MS };
      const decision = cycle(aMart(definition), { ...both, other: fresh });
      const [first] = stepsOf(decision);
      expect(first).toMatchObject({ kind: 'build-version', native: { kind: 'materialized view' } });
      expect(refreshOf(decision)).toContain(
        '; kept by the warehouse as a materialized view, refreshed on serverless credits, which are billed apart, and always current; not as a dynamic table, because its answers may be 1.5d old, and a dynamic table promises no less than 2d',
      );

      const refused = (kind?: NativeShape['kind']) => ({
        ...aMart(definition),
        notNative: {
          since: NOW - DAY_MS,
          because: 'no change tracking',
          ...(kind === undefined ? {} : { kind }),
        },
      });
      expect(stepsOf(cycle(refused('materialized view'), both))[0]).toMatchObject({
        native: asDynamic,
      });
      expect(stepsOf(cycle(refused(), both))[0]).not.toHaveProperty('native');
      expect(refreshOf(cycle(refused(), both))).toContain(
        'kept as a table, because no change tracking (on 2026-03-19; it is asked again after 30d)',
      );
    });

    it('stays as it stands, whatever was refused of the other, and is looked at when a source changed', () => {
      const standing = keptAs({ kind: 'materialized view' });
      const because = 'no change tracking';
      const notNative = { since: NOW - DAY_MS, because, kind: 'dynamic table' } as const;
      for (const mart of [standing, { ...standing, notNative }]) {
        expect(stepsOf(cycle(mart, both))[0]).toMatchObject({
          kind: 'refresh-version',
          version: 1,
        });
      }
      expect(stepsOf(cycle({ ...standing, notNative }, { ...both, rows: 1000 }))).toMatchObject([
        { kind: 'repoint-view', to: { version: 1 } },
      ]);
    });

    it('gives whoever asks for its table no road, for nothing tells that it answered', () => {
      const alone = {
        ...routed,
        usage: { ...routed.usage, routeClients: [] },
        tellsRewriting: true,
      };
      const decision = cycle(aMart(definition), { ...both, other: KEEPS_ITSELF, asks: alone });
      expect(decision.verdicts.find(({ relation }) => relation === MART)?.numbers).toMatchObject({
        roads: [],
      });
      expect(JSON.stringify(decision.unreachable)).not.toContain('by itself');
    });
  });
});
