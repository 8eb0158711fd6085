import type { RelationId } from '../base/relation.ts';
import type { Candidate } from '../candidates/candidate.ts';
import type { Receipt } from '../marts/receipt.ts';

/** What earlier decisions of one kind teach about the next estimate. */
export interface Calibration {
  /** Estimated savings are multiplied by this. */
  readonly factor: number;
  /** Matured receipts it rests on: of the same kind, and of all. */
  readonly ofKind: number;
  readonly ofAll: number;
}

/** `adopted`: somebody's view; `aggregate`: grouped; `join`: rows of one relation, joined. */
export type DecisionKind = 'adopted' | 'aggregate' | 'join';

export const uncalibrated: Calibration = { factor: 1, ofKind: 0, ofAll: 0 };

/** So many receipts that met their prediction are taken to have come before the first: a few prove little. */
const SHRINKAGE = 4;
const LEAST_FACTOR = 0.5;
const MOST_FACTOR = 1.25;
const LEAST_RATIO = 0.1;
const MOST_RATIO = 10;

export function kindOf({ definition, grain }: Candidate): DecisionKind {
  if (definition.origin === 'adopted') {
    return 'adopted';
  }
  return grain === undefined ? 'join' : 'aggregate';
}

/**
 * Realized over predicted, per kind of decision: the geometric mean over matured receipts, shrunk towards the mean of
 * all kinds, which is shrunk towards 1, and bounded. The time line is compared, since both of its sides are before
 * debits; decisions that were rolled back count, they are what was predicted worst.
 */
export function calibrate(
  receipts: readonly Receipt[],
  kindOfMart: (relation: RelationId) => DecisionKind | undefined,
): (kind: DecisionKind) => Calibration {
  const seen = receipts
    .filter(({ line, matured, predicted }) => line === 'time' && matured && predicted > 0n)
    .toSorted((a, b) => (a.decision < b.decision ? -1 : 1))
    .map(({ relation, predicted, realizedGross }) => ({
      kind: kindOfMart(relation),
      log: Math.log(clamp(Number(realizedGross) / Number(predicted), [LEAST_RATIO, MOST_RATIO])),
    }));
  const all = shrunk(seen, 0);
  return (kind) => {
    const own = seen.filter((each) => each.kind === kind);
    const factor = clamp(Math.exp(shrunk(own, all)), [LEAST_FACTOR, MOST_FACTOR]);
    return { factor, ofKind: own.length, ofAll: seen.length };
  };
}

function shrunk(seen: readonly { readonly log: number }[], towards: number): number {
  const sum = seen.reduce((total, { log }) => total + log, 0);
  return (sum + SHRINKAGE * towards) / (seen.length + SHRINKAGE);
}

function clamp(value: number, [low, high]: readonly [number, number]): number {
  return Math.min(high, Math.max(low, value));
}
