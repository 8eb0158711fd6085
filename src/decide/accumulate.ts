import { DAY_MS, dayOf, type EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import { type NanoUsd, nanoUsd, noMoney } from '../base/usd.ts';
import type { Accumulator } from './cycle-input.ts';

export interface AccumulateParts {
  readonly key: string;
  readonly relation: RelationId;
  readonly now: EpochMs;
  readonly stage: Accumulator['stage'];
  /** When it came into this stage, as far as it is known; asked only when the stage is new. */
  readonly enteredAt: EpochMs;
  /** Whole UTC days the history covers, in order. */
  readonly days: readonly string[];
  readonly savedOn: (day: string) => NanoUsd;
  readonly upkeepPerDay: NanoUsd;
  /** Frozen while physical. */
  readonly baselines: Accumulator['baselines'];
}

/**
 * The two-state work function of ski-rental (`selection.md` 1.5): while not physical, the net saving each day would have
 * brought is added to `missed`; while physical, each day's net loss to `lost`; neither falls below zero.
 *
 * Each day counts once, however often a cycle runs; days without a cycle are caught up with. A candidate seen
 * for the first time starts with the first day of the history: waiting has cost since then, known or not.
 */
export function accumulate(before: Accumulator | undefined, parts: AccumulateParts): Accumulator {
  const { key, relation, now, stage, days, savedOn, upkeepPerDay } = parts;
  const yesterday = dayOf(now - DAY_MS);
  const kept = before?.stage === stage || (before?.stage !== 'physical' && stage !== 'physical');
  let missed = before !== undefined && kept ? before.missed : noMoney;
  let lost = before !== undefined && kept ? before.lost : noMoney;
  // Days before a flip were lived in the other state; they never count for this one.
  const counted =
    before === undefined ? '' : laterOf(before.throughDay, kept ? '' : dayOf(parts.enteredAt));
  for (const day of days) {
    if (day <= counted || day > yesterday) {
      continue;
    }
    const net = savedOn(day) - upkeepPerDay;
    if (stage === 'physical') {
      lost = atLeastZero(lost - net);
    } else {
      missed = atLeastZero(missed + net);
    }
  }
  return {
    key,
    relation,
    missed,
    lost,
    throughDay: laterOf(yesterday, before?.throughDay ?? ''),
    stage,
    stageSince: before?.stage === stage ? before.stageSince : parts.enteredAt,
    ...baseCosts(before, parts),
    ...(before?.past === undefined ? {} : { past: before.past }),
    ...givenUp(before, parts),
  };
}

/** A view that was published and is gone: nobody came to name it. Forgotten once it is a mart again. */
function givenUp(
  before: Accumulator | undefined,
  { stage, now }: AccumulateParts,
): Pick<Accumulator, 'givenUpAt'> {
  if (stage !== 'none' || before === undefined) {
    return {};
  }
  const at = before.stage === 'logical' ? now : before.givenUpAt;
  return at === undefined ? {} : { givenUpAt: at };
}

/**
 * Of a physical mart as they were before it; of one that was physical, those of statements whose cost on base was not seen since,
 * until the days on which it answered have left the history.
 */
function baseCosts(
  before: Accumulator | undefined,
  parts: AccumulateParts,
): Pick<Accumulator, 'baselines' | 'answeredUntil'> {
  const { stage, days, now, baselines } = parts;
  if (before === undefined) {
    return { baselines };
  }
  if (stage === 'physical') {
    return { baselines: frozen(before, parts) };
  }
  const answeredUntil = before.stage === 'physical' ? dayOf(now) : before.answeredUntil;
  if (answeredUntil === undefined || answeredUntil < (days[0] ?? '')) {
    return { baselines };
  }
  const known = new Set(baselines.map(({ fingerprint }) => fingerprint));
  const unseen = before.baselines.filter(({ fingerprint }) => !known.has(fingerprint));
  return { baselines: [...baselines, ...unseen], answeredUntil };
}

/** Baselines from before the flip stand; templates that came later keep what was first known of them. */
function frozen(before: Accumulator, { baselines }: AccumulateParts): Accumulator['baselines'] {
  const known = new Set(before.baselines.map(({ fingerprint }) => fingerprint));
  return [...before.baselines, ...baselines.filter(({ fingerprint }) => !known.has(fingerprint))];
}

function atLeastZero(amount: bigint): NanoUsd {
  return nanoUsd(amount < 0n ? 0n : amount);
}

function laterOf(a: string, b: string): string {
  return a > b ? a : b;
}
