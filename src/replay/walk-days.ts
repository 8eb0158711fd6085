import { DAY_MS, dayOf, type EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { Accumulator, CycleInput } from '../decide/cycle-input.ts';
import { weighInput } from '../decide/weigh-input.ts';
import type { Mart } from '../marts/mart.ts';
import type { Receipt } from '../marts/receipt.ts';
import { type CycleDecision, decideCycle } from '../plan/decide-cycle.ts';
import { isRefuted } from '../plan/is-refuted.ts';
import type { Plan } from '../plan/plan.ts';
import type { SchemaRelation, SchemaSnapshot } from '../sql/schema.ts';
import type { Store } from '../store/open-store.ts';
import { takeUsageSnapshot } from '../usage/snapshot.ts';
import type { UsageSnapshot } from '../usage/template.ts';
import { type Assumptions, assumeFacts } from './assume-facts.ts';
import { estimateSizes, noSizes } from './estimate-sizes.ts';
import { type Known, knownInput } from './known-input.ts';
import { usageBeside } from './served-usage.ts';
import { martsAfter } from './simulated-marts.ts';
import { noWork, workAfter } from './simulated-work.ts';
import { sourceChanges } from './source-changes.ts';

export interface WalkParts
  extends Pick<Known, 'settings' | 'schema' | 'viewSql' | 'adoptable' | 'firstDay' | 'reads'> {
  readonly store: Pick<Store, 'usage' | 'routeAsks'>;
  readonly lastDay: number;
  /** Most rows a template returned on or before a day. */
  readonly returnedBy: (fingerprint: string, day: string) => number | undefined;
  /** The stable view of a mart that would be published, as the resolver wants it. */
  readonly viewOf: (mart: Mart) => Promise<SchemaRelation>;
}

/** One morning of the replay: the day before is booked, then the cycle decides. */
export interface Morning {
  readonly now: EpochMs;
  readonly yesterday: string;
  readonly usage: UsageSnapshot;
  readonly input: CycleInput;
  readonly decision: CycleDecision;
  /** As they stood yesterday, before today's plan. */
  readonly stood: readonly Mart[];
  readonly marts: readonly Mart[];
  readonly assumptions: Assumptions;
}

/**
 * Walks the history day by day through the daemon's own decision. Each morning knows the days before it and nothing
 * later; what its plan would build counts as built from that day on.
 */
export async function* walkDays(parts: WalkParts): AsyncGenerator<Morning> {
  const { settings, store, firstDay, lastDay } = parts;
  const tables = new Set(
    parts.schema.relations.filter(({ kind }) => kind === 'table').map(({ id }) => id),
  );
  let schema = parts.schema;
  let marts: readonly Mart[] = [];
  let accumulators: readonly Accumulator[] = [];
  let receipts: readonly Receipt[] = [];
  let since: ReadonlyMap<RelationId, string> = new Map();
  let work = noWork;
  let sizes = noSizes;
  let assumptions: Assumptions = new Map();
  const changes = sourceChanges();

  for (let day = firstDay + 1; day <= lastDay + 1; day += 1) {
    const now = day * DAY_MS;
    const yesterday = dayOf(now - DAY_MS);
    const from = Math.max(firstDay * DAY_MS, now - settings.policy.evidenceDays * DAY_MS);
    const asItRan = takeUsageSnapshot(
      { from, until: now },
      { log: store.usage, routeAsks: store.routeAsks },
    );
    const usage = usageBeside(asItRan, since);
    sizes = estimateSizes(asItRan, {
      before: sizes,
      returnedBy: (fingerprint) => parts.returnedBy(fingerprint, yesterday),
      isTable: (relation) => tables.has(relation),
    });
    changes.note(asItRan, yesterday);
    const stood = keptFresh(marts, { now, cyclePeriodMs: settings.cyclePeriodMs });
    const assumed = assumeFacts(
      knownInput({
        ...parts,
        schema,
        now,
        usage,
        sizes,
        marts: stood,
        accumulators,
        work,
        stateOf: changes.stateOf,
      }),
      { before: assumptions, schema: parts.schema, assumeKeys: settings.assumeKeys },
    );
    assumptions = assumed.assumptions;
    const input = { ...assumed.input, receipts };
    const decision = decideCycle(input);
    const estimates = new Map(
      weighInput(input).weighing.weighed.map(({ appraisal: { candidate, estimate } }) => [
        candidate.definition.relation,
        estimate,
      ]),
    );
    marts = martsAfter(stood, decision.plan, {
      now,
      stateOf: changes.stateOf,
      sizeOf: (mart) => {
        const { rows = 0, bytes = 0 } = estimates.get(mart) ?? {};
        return { rows: Math.round(rows), bytes };
      },
    });
    since = standingSince(since, { marts, today: dayOf(now) });
    work = workAfter(work, {
      now,
      plan: decision.plan,
      stood,
      marts,
      estimates,
      price: settings.price,
    });
    accumulators = decision.accumulators;
    receipts = [...receipts, ...rolledBack(decision.plan, now)];
    schema = await withViews(parts, { before: schema, marts });
    yield { now, yesterday, usage: asItRan, input, decision, stood, marts, assumptions };
  }
}

/** What did not pay is not tried again for long: the daemon's receipts tell it so. A replay measures nothing else of them. */
function rolledBack({ steps }: Plan, now: EpochMs): readonly Receipt[] {
  return steps
    .filter(({ action, evidence }) => isLetGo(action) && isRefuted(evidence))
    .map(({ action: { mart } }) => ({
      decision: `${now}/${mart}`,
      relation: mart,
      line: 'capacity',
      from: now,
      until: now,
      predicted: 0n,
      realizedGross: 0n,
      debits: 0n,
      net: 0n,
      method: 'paired-runs',
      baseRuns: 0,
      martRuns: 0,
      matured: false,
      rolledBack: true,
    }));
}

function isLetGo(action: Plan['steps'][number]['action']): boolean {
  return action.kind === 'repoint-view' && action.to.kind === 'logical';
}

/** The day each table came; a refresh does not make it younger. */
function standingSince(
  before: ReadonlyMap<RelationId, string>,
  { marts, today }: { readonly marts: readonly Mart[]; readonly today: string },
): ReadonlyMap<RelationId, string> {
  return new Map(
    marts
      .filter(({ stage }) => stage === 'physical')
      .map(({ definition: { relation } }) => [relation, before.get(relation) ?? today]),
  );
}

/** The cycles between two mornings kept what stood fresh. */
function keptFresh(
  marts: readonly Mart[],
  { now, cyclePeriodMs }: { readonly now: EpochMs; readonly cyclePeriodMs: number },
): readonly Mart[] {
  return marts.map((mart) =>
    mart.current === undefined
      ? mart
      : {
          ...mart,
          current: {
            ...mart.current,
            verifiedFreshAt: Math.max(mart.current.verifiedFreshAt, now - cyclePeriodMs),
          },
        },
  );
}

/** The schema with the stable views of marts of our own. */
async function withViews(
  { schema, viewOf }: WalkParts,
  { before, marts }: { readonly before: SchemaSnapshot; readonly marts: readonly Mart[] },
): Promise<SchemaSnapshot> {
  const base = new Set(schema.relations.map(({ id }) => id));
  const wanted = marts.filter(({ definition }) => !base.has(definition.relation));
  const present = before.relations.filter(({ id }) => !base.has(id));
  const isSame =
    wanted.length === present.length &&
    wanted.every(({ definition }) => present.some(({ id }) => id === definition.relation));
  if (isSame) {
    return before;
  }
  const views: SchemaRelation[] = [];
  for (const mart of wanted) {
    const known = present.find(({ id }) => id === mart.definition.relation);
    views.push(known ?? (await viewOf(mart)));
  }
  return { ...schema, relations: [...schema.relations, ...views] };
}
