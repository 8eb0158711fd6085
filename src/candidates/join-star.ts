import type { RelationId } from '../base/relation.ts';
import type { Facts } from '../marts/facts.ts';
import type { Obligation } from '../marts/mart.ts';
import type { SchemaSnapshot } from '../sql/schema.ts';
import type { JoinEdge } from './star-block.ts';

/** What is known of the world the candidates are made in. */
export interface KnownWorld {
  readonly schema: SchemaSnapshot;
  readonly facts: Facts;
  /** Obligations that were measured, whatever came out: those not in `facts` do not hold. */
  readonly checked: readonly Obligation[];
  readonly rowsOf: (relation: RelationId) => number;
}

/**
 * A join tree anchored at the relation whose rows it keeps one for one: every other relation is joined N:1 to the
 * one before it, so that nothing is multiplied, and nothing is lost.
 */
export interface JoinStar {
  readonly anchor: RelationId;
  /** In join order. */
  readonly steps: readonly StarStep[];
  /** All that must hold for the joins to neither multiply nor lose rows. */
  readonly obligations: readonly Obligation[];
  readonly unverified: readonly Obligation[];
  readonly failed: readonly Obligation[];
}

export interface StarStep {
  readonly from: RelationId;
  readonly fromColumns: readonly string[];
  readonly to: RelationId;
  readonly toColumns: readonly string[];
  /** `inner` where every row is known to find its partner, else `left`. */
  readonly join: 'inner' | 'left';
}

/**
 * Orients a join tree. The anchor is the relation from which most edges lead to a key: verified ones first, then
 * declared ones, then from the larger table to the smaller (a guess the daemon checks before anything rests on it).
 */
export function orientStar(
  {
    relations,
    edges,
  }: { readonly relations: readonly RelationId[]; readonly edges: readonly JoinEdge[] },
  world: KnownWorld,
): JoinStar | undefined {
  const stars = relations.map((anchor) => {
    const walked = walk(anchor, edges);
    return { anchor, walked, score: walked.reduce((sum, step) => sum + keyScore(step, world), 0) };
  });
  const [best] = stars.toSorted(
    (a, b) =>
      b.score - a.score ||
      world.rowsOf(b.anchor) - world.rowsOf(a.anchor) ||
      (a.anchor < b.anchor ? -1 : 1),
  );
  if (best === undefined || best.walked.length !== relations.length - 1) {
    return undefined;
  }
  const steps: StarStep[] = [];
  const obligations: Obligation[] = [];
  for (const step of best.walked) {
    const losesNothing = inclusionOf(step).every(
      (obligation) => statusOf(obligation, world) !== 'failed',
    );
    const parentIsLeft = steps.some(({ to, join }) => to === step.from && join === 'left');
    const join = losesNothing && !parentIsLeft ? 'inner' : 'left';
    steps.push({ ...step, join });
    obligations.push(uniqueKeyOf(step), ...(join === 'inner' ? inclusionOf(step) : []));
  }
  return {
    anchor: best.anchor,
    steps,
    obligations,
    unverified: obligations.filter((each) => statusOf(each, world) === 'unknown'),
    failed: obligations.filter((each) => statusOf(each, world) === 'failed'),
  };
}

/** Whether an obligation is verified, measured not to hold, or not measured yet. */
export function statusOf(
  obligation: Obligation,
  { facts, checked }: Pick<KnownWorld, 'facts' | 'checked'>,
): 'holds' | 'failed' | 'unknown' {
  if (holds(obligation, facts)) {
    return 'holds';
  }
  return keysOf(checked).has(obligationKey(obligation)) ? 'failed' : 'unknown';
}

/** The keys of a list of obligations, made once: every candidate asks about every step of its joins. */
function keysOf(obligations: readonly Obligation[]): ReadonlySet<string> {
  const known = KEYS.get(obligations);
  if (known !== undefined) {
    return known;
  }
  const keys = new Set(obligations.map(obligationKey));
  KEYS.set(obligations, keys);
  return keys;
}

const KEYS = new WeakMap<readonly Obligation[], ReadonlySet<string>>();

export function obligationKey(obligation: Obligation): string {
  switch (obligation.kind) {
    case 'unique-key':
      return `unique ${obligation.relation}(${obligation.columns.toSorted().join(',')})`;
    case 'not-null':
      return `not null ${obligation.relation}(${obligation.column})`;
    case 'inclusion': {
      const pairs = obligation.fromColumns.map(
        (from, i) => `${from}=${obligation.toColumns[i] ?? ''}`,
      );
      return `inclusion ${obligation.from} in ${obligation.to}(${pairs.toSorted().join(',')})`;
    }
  }
}

function holds(obligation: Obligation, facts: Facts): boolean {
  switch (obligation.kind) {
    case 'unique-key':
      // A key stays one with more columns.
      return facts.uniqueKeys.some(
        ({ relation, columns }) =>
          relation === obligation.relation &&
          columns.every((each) => obligation.columns.includes(each)),
      );
    case 'not-null':
      return facts.notNull.some(
        ({ relation, column }) => relation === obligation.relation && column === obligation.column,
      );
    case 'inclusion':
      return inclusionKeysOf(facts).has(obligationKey(obligation));
  }
}

function inclusionKeysOf({ inclusions }: Facts): ReadonlySet<string> {
  const known = INCLUSIONS.get(inclusions);
  if (known !== undefined) {
    return known;
  }
  const keys = new Set(inclusions.map((fact) => obligationKey({ kind: 'inclusion', ...fact })));
  INCLUSIONS.set(inclusions, keys);
  return keys;
}

const INCLUSIONS = new WeakMap<Facts['inclusions'], ReadonlySet<string>>();

type WalkedStep = Omit<StarStep, 'join'>;

function walk(anchor: RelationId, edges: readonly JoinEdge[]): readonly WalkedStep[] {
  const reached = new Set([anchor]);
  const steps: WalkedStep[] = [];
  for (let grown = true; grown; ) {
    const next = edges.filter(({ left, right }) => reached.has(left) !== reached.has(right));
    for (const { left, right, pairs } of next) {
      const [from, to] = reached.has(left) ? [left, right] : [right, left];
      if (reached.has(to)) {
        continue;
      }
      steps.push({
        from,
        fromColumns: pairs.map((pair) => (from === left ? pair.left : pair.right)),
        to,
        toColumns: pairs.map((pair) => (from === left ? pair.right : pair.left)),
      });
      reached.add(to);
    }
    grown = next.length > 0;
  }
  return steps;
}

function keyScore(step: WalkedStep, world: KnownWorld): number {
  const status = statusOf(uniqueKeyOf(step), world);
  if (status !== 'unknown') {
    return status === 'holds' ? 100 : -100;
  }
  const declared = world.schema.relations
    .find(({ id }) => id === step.to)
    ?.keys.some(({ columns }) => columns.every((column) => step.toColumns.includes(column)));
  if (declared === true) {
    return 10;
  }
  return world.rowsOf(step.from) >= world.rowsOf(step.to) ? 1 : 0;
}

function uniqueKeyOf({ to, toColumns }: WalkedStep): Obligation {
  return { kind: 'unique-key', relation: to, columns: toColumns };
}

function inclusionOf({ from, fromColumns, to, toColumns }: WalkedStep): readonly Obligation[] {
  return [
    { kind: 'inclusion', from, fromColumns, to, toColumns },
    ...fromColumns.map((column) => ({ kind: 'not-null', relation: from, column }) as const),
  ];
}
