import type { RelationId } from '../../base/relation.ts';
import { candidateKey } from '../../candidates/author-mart.ts';
import type { DriftInput, MartMatter } from '../../decide/cycle-input.ts';
import type { Intent } from '../../decide/intent.ts';
import { describeChange } from '../../drift/schema-change.ts';
import { pictureOf } from '../../drift/schema-picture.ts';
import { noFacts } from '../../marts/facts.ts';
import type { Mart } from '../../marts/mart.ts';
import type { StepOutcome } from '../../materializer/apply-parts.ts';
import { makePlan } from '../../plan/make-plan.ts';
import type { PlanStep } from '../../plan/plan.ts';
import { applyUnderLease } from '../apply.ts';
import type { Engine } from '../engine.ts';
import { observe } from '../observe.ts';
import type { ObservedSchema } from '../observe-schema.ts';
import { basisOfAny, keepBases, keptBasis, readsDigest, redefinedSince } from './drift-basis.ts';
import { bindMarts, brokenPromise } from './drift-bindings.ts';
import { type FollowIntent, type Instead, wayOn } from './follow-sources.ts';
import { withOpaque } from './opaque-views.ts';
import { renamesSince } from './rename-book.ts';
import { schemaEvents } from './watch-schema.ts';

export interface World {
  readonly marts: readonly Mart[];
  readonly schema: ObservedSchema;
}

export interface ReactionParts extends World {
  /** False for a mere look: nothing is done. */
  readonly act: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** The world after what sources that changed asked for was done, and what of it is left to decide. */
export interface Reaction extends World {
  readonly drift: DriftInput | undefined;
  /** What was done, step by step, and what became of each. */
  readonly steps: readonly PlanStep[];
  readonly reacted: readonly StepOutcome[];
}

/**
 * What the marts do about sources that changed under them, before anything else is decided: those that can follow do, where the mode
 * allows it and the rows are the same; of the others readers keep the last good version, and what waits for a person is handed on.
 */
export async function reactToDrift(engine: Engine, parts: ReactionParts): Promise<Reaction> {
  const { store, connector } = engine;
  const { act, signal } = parts;
  const seen = await look(engine, parts);
  if (act) {
    await keepBases(engine, { marts: seen.sound, all: parts.marts, schema: parts.schema, signal });
  }
  if (seen.broken.length === 0) {
    return { ...parts, drift: driftOf(seen, []), ...nothingDone };
  }
  const now = pictureOf(parts.schema.snapshot, { takenAt: 0 }).relations;
  const events = schemaEvents(store);
  const waiting: Intent[] = [];
  const follows: FollowIntent[] = [];
  const refused = new Map<RelationId, string>();
  for (const { mart, because } of seen.broken) {
    const basis = keptBasis(store.documents, mart);
    const renames = renamesSince(store, basis?.takenAt ?? 0);
    const way = await wayOn(engine, { ...parts, mart, basis, now, events, renames });
    if (way.kind === 'refuse') {
      refused.set(mart.definition.relation, `${because}: ${way.because}`);
      waiting.push(...agreeable(engine, { mart, instead: way.instead }));
    } else if (act && isOurs(engine, mart) && !wasTried(engine, way.intent)) {
      follows.push(way.intent);
    } else {
      waiting.push(asked(engine, { mart, intent: way.intent }));
    }
  }
  const followed = await follow(engine, { follows, ...parts });
  for (const { intent, outcome } of followed.failed) {
    refused.set(intent.relation, `${intent.because}; not followed: ${outcome.detail}`);
    if (outcome.code === 'NOT_COMPARABLE') {
      waiting.push({ ...intent, proof: 'approved' });
    }
  }
  const done = new Set(followed.done.map(({ relation }) => relation));
  const left = seen.broken.filter(({ mart }) => !done.has(mart.definition.relation));
  const broken = left.map(({ mart, because }): MartMatter => {
    const { relation } = mart.definition;
    const wait = waiting.find((intent) => intent.relation === relation);
    return { relation, because: refused.get(relation) ?? wait?.because ?? because };
  });
  const holds = act ? holdsOf(engine, { broken, marts: left.map(({ mart }) => mart) }) : [];
  const held = await applyIntents(engine, { intents: holds, ...parts });
  const changed = done.size > 0 || held.reacted.some(({ outcome }) => outcome === 'done');
  const world = changed ? await worldNow(engine, signal) : parts;
  if (done.size > 0) {
    const follower = world.marts.filter(({ definition }) => done.has(definition.relation));
    await keepBases(engine, { marts: follower, all: world.marts, schema: world.schema, signal });
  }
  for (const { relation, because } of broken) {
    engine.log.warn({ mart: relation, because, dialect: connector.dialect }, 'mart is broken');
  }
  const views = new Set(broken.map(({ relation }) => relation));
  return {
    marts: world.marts,
    schema: withOpaque(world.schema, { views, dialect: connector.dialect }),
    drift: driftOf({ ...seen, brokenNow: broken }, waiting),
    steps: [...followed.steps, ...held.steps],
    reacted: [...followed.reacted, ...held.reacted],
  };
}

type Did = Pick<Reaction, 'steps' | 'reacted'>;

const nothingDone: Did = { steps: [], reacted: [] };

interface Seen {
  readonly broken: readonly { readonly mart: Mart; readonly because: string }[];
  readonly redefined: readonly MartMatter[];
  /** Marts whose basis is to be taken down. */
  readonly sound: readonly Mart[];
  readonly brokenNow?: readonly MartMatter[];
}

async function look(engine: Engine, { marts, schema, signal }: ReactionParts): Promise<Seen> {
  const { connector, store } = engine;
  const { documents } = store;
  const now = pictureOf(schema.snapshot, { takenAt: 0 }).relations;
  const bindings = await bindMarts(marts, {
    connector,
    documents,
    keyOf: (mart) => readsDigest(keptBasis(documents, mart), { now, schema }),
    signal,
  });
  const broken: { mart: Mart; because: string }[] = [];
  const redefined: MartMatter[] = [];
  const sound: Mart[] = [];
  for (const mart of marts) {
    const { relation } = mart.definition;
    const because = brokenPromise(mart, bindings.get(relation));
    if (because !== undefined) {
      broken.push({ mart, because });
      continue;
    }
    const change = redefinedSince(basisOfAny(documents, mart), { mart, now });
    if (change === undefined) {
      sound.push(mart);
    } else {
      redefined.push({ relation, because: `${describeChange(change)} than when it was built` });
    }
  }
  return { broken, redefined, sound };
}

function driftOf({ brokenNow = [], redefined }: Seen, intents: readonly Intent[]) {
  return brokenNow.length + redefined.length + intents.length === 0
    ? undefined
    : { broken: brokenNow, redefined, doubted: [], intents };
}

/** What mode auto may rewrite by itself: a mart of our own design, where the operator leaves that to us. */
function isOurs({ config }: Engine, { definition }: Mart): boolean {
  return (
    config.mode === 'auto' && config.drift.follow === 'auto' && definition.origin === 'candidate'
  );
}

/** In mode auto only a person's word is left to justify what was not done by itself. */
function asked(
  { config }: Engine,
  { mart, intent }: { readonly mart: Mart; readonly intent: FollowIntent },
): FollowIntent {
  const isPersons = config.mode === 'auto' || mart.current === undefined;
  return isPersons ? { ...intent, proof: 'approved' } : intent;
}

const TRIED = 'follow-tried';

/** Compared before, and the sources had moved: that does not get better by itself. */
function wasTried({ store }: Engine, { relation, definition, from }: FollowIntent): boolean {
  return store.documents.get(TRIED, relation) === candidateKey(`${from}/${definition.sql}`);
}

interface Followed extends Did {
  readonly done: readonly FollowIntent[];
  readonly failed: readonly { readonly intent: FollowIntent; readonly outcome: StepOutcome }[];
}

async function follow(
  engine: Engine,
  { follows, ...parts }: ReactionParts & { readonly follows: readonly FollowIntent[] },
): Promise<Followed> {
  const did = await applyIntents(engine, { intents: follows, ...parts });
  const done: FollowIntent[] = [];
  const failed: { intent: FollowIntent; outcome: StepOutcome }[] = [];
  for (const intent of follows) {
    const outcome = did.reacted.find(({ action }) => action.mart === intent.relation);
    if (outcome?.outcome === 'done') {
      done.push(intent);
      carryMemory(engine, { mart: intent, before: parts.marts });
    } else if (outcome !== undefined) {
      failed.push({ intent, outcome });
      if (outcome.code === 'NOT_COMPARABLE') {
        const { relation, from, definition } = intent;
        engine.store.documents.put(TRIED, relation, candidateKey(`${from}/${definition.sql}`));
      }
    }
  }
  return { ...did, done, failed };
}

/** What is remembered of a mart goes by its definition; it is the same mart. */
function carryMemory(
  { memory }: Pick<Engine, 'memory'>,
  { mart, before }: { readonly mart: FollowIntent; readonly before: readonly Mart[] },
): void {
  const former = before.find(({ definition }) => definition.relation === mart.relation);
  const known = former && memory.accumulators.get(candidateKey(former.definition.sql));
  if (known !== undefined) {
    const key = candidateKey(mart.definition.sql);
    memory.accumulators.remove(known.key);
    memory.accumulators.put(key, { ...known, key });
  }
}

/** What a person may agree to instead. A mart is left as it stands with a version its readers keep: where none is held, that comes first. */
function agreeable(
  engine: Engine,
  { mart, instead }: { readonly mart: Mart; readonly instead: Instead | undefined },
): readonly Intent[] {
  if (instead?.kind !== 'release' || mart.held !== undefined || keepsLastGood(engine)) {
    return instead === undefined ? [] : [instead];
  }
  const hold = mayHold(engine) ? holdOf(mart, instead.because) : undefined;
  return hold === undefined ? [] : [hold, instead];
}

/** Where views hold on to what they read, a rename leaves them whole, and nothing has to be held. */
function mayHold({ connector }: Engine): boolean {
  return connector.wording.objects.rebinding === undefined;
}

function keepsLastGood(engine: Engine): boolean {
  return mayHold(engine) && engine.config.drift.keepLastGood;
}

function holdsOf(
  engine: Engine,
  { broken, marts }: { readonly broken: readonly MartMatter[]; readonly marts: readonly Mart[] },
): readonly Intent[] {
  if (!keepsLastGood(engine)) {
    return [];
  }
  return marts.flatMap((mart) => {
    const found = broken.find((one) => one.relation === mart.definition.relation);
    return holdOf(mart, found?.because ?? '') ?? [];
  });
}

/** Nothing to hold where readers have no version, or keep one already. */
function holdOf(
  { definition: { relation }, stage, current, held }: Mart,
  because: string,
): Intent | undefined {
  if (stage !== 'physical' || current === undefined || held !== undefined) {
    return undefined;
  }
  const { version, table, rows } = current;
  return { kind: 'hold', relation, version, table, because, evidence: { version, rows } };
}

async function applyIntents(
  engine: Engine,
  {
    intents,
    schema,
    signal,
  }: Pick<ReactionParts, 'schema' | 'signal'> & { readonly intents: readonly Intent[] },
): Promise<Did> {
  if (intents.length === 0) {
    return nothingDone;
  }
  const now = engine.clock.now();
  const plan = makePlan(intents, {
    madeAt: now,
    expiresAt: now + engine.config.decide.planExpiresAfter,
  });
  const { steps: reacted } = await applyUnderLease(engine, {
    plan,
    schema,
    facts: noFacts,
    sourceStates: [],
    measuredAt: now,
    // Keeping readers' answers is upkeep: in mode propose too nobody has to agree to it first.
    approved: intents.every(({ kind }) => kind === 'hold'),
    signal,
  });
  return { steps: plan.steps, reacted };
}

async function worldNow(engine: Engine, signal: AbortSignal | undefined): Promise<World> {
  const marts = await engine.ledger.readMarts();
  return { marts, schema: await observe(engine, { marts, signal }) };
}
