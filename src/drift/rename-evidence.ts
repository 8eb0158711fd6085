/** Why two names are held to be one thing. The first two are knowledge, all others together a guess. */
export type RenameEvidence =
  | 'statement-seen'
  | 'same-object'
  | 'same-key'
  | 'same-place'
  | 'similar-name'
  | 'only-pair'
  | 'same-columns'
  | 'same-name';

/** How much each says, in points. */
const POINTS: Record<RenameEvidence, number> = {
  'statement-seen': 100,
  'same-object': 100,
  'same-key': 3,
  'same-columns': 3,
  'same-place': 2,
  'similar-name': 2,
  'only-pair': 1,
  'same-name': 2,
};

/** A guess needs its key, or two witnesses of which one is more than being alone. */
const ENOUGH = 3;

export function isKnown(evidence: readonly RenameEvidence[]): boolean {
  return evidence.includes('statement-seen') || evidence.includes('same-object');
}

export function weightOf(evidence: readonly RenameEvidence[]): number {
  return evidence.reduce((sum, one) => sum + POINTS[one], 0);
}

export interface Pairing<Old, New> {
  readonly old: Old;
  readonly now: New;
  readonly evidence: readonly RenameEvidence[];
}

/**
 * Pairs what went with what came, strongest evidence first, each at most once. Where the best two claims to the same
 * thing weigh the same, neither is taken: two answers are none.
 */
export function pairUp<Old, New>(
  candidates: readonly Pairing<Old, New>[],
): readonly Pairing<Old, New>[] {
  let open = candidates.filter(({ evidence }) => weightOf(evidence) >= ENOUGH);
  const taken: Pairing<Old, New>[] = [];
  while (open.length > 0) {
    const most = Math.max(...open.map(({ evidence }) => weightOf(evidence)));
    const best = open.filter(({ evidence }) => weightOf(evidence) === most);
    const clear = best.filter(
      (one) => !best.some((other) => other !== one && sharesAnEnd(one, other)),
    );
    taken.push(...clear);
    open = open.filter((one) => !best.some((other) => sharesAnEnd(one, other)));
  }
  return taken;
}

function sharesAnEnd<Old, New>(one: Pairing<Old, New>, other: Pairing<Old, New>): boolean {
  return one.old === other.old || one.now === other.now;
}
