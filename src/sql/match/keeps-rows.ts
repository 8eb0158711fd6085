import type { RelationId } from '../../base/relation.ts';
import type { Facts } from '../../marts/facts.ts';
import type { BoundExpr } from '../bound.ts';
import { columnsRejectedBy } from '../normalize/null-rejecting.ts';
import { refsIn } from '../normalize/walk.ts';
import type { Leaf, Satellite } from './cluster.ts';
import { occurrencesIn } from './cluster.ts';
import type { TypeScope } from './column-types.ts';
import { familyOf, typeOf } from './column-types.ts';
import { factsOf } from './facts-of.ts';

/** A join that neither multiplies nor loses rows, and the facts that say so. */
export interface Lossless {
  /** The join's conditions, which need not hold in the query. */
  readonly conditions: readonly BoundExpr[];
  readonly facts: readonly string[];
  /** True where a row may find several: none is lost, but copies of it must be made one again. */
  readonly multiplies: boolean;
}

/** An equality of a column with what the other sources give. */
export interface KeyPair {
  readonly condition: BoundExpr;
  readonly column: string;
  readonly other: BoundExpr;
}

export interface FactScope {
  readonly facts: Facts;
  readonly scope: TypeScope;
}

/** A left join whose right side has at most one row for each left row: its ON pins a unique key. */
export function satelliteKeepsRows(
  satellite: Satellite,
  { facts, scope }: FactScope,
): Lossless | undefined {
  const [leaf, ...more] = satellite.right.leaves;
  if (leaf?.kind !== 'table' || more.length > 0) {
    return undefined;
  }
  const inner = satellite.right.satellites.map((each) =>
    satelliteKeepsRows(each, { facts, scope }),
  );
  if (inner.some((each) => each === undefined)) {
    return undefined;
  }
  const right = new Set(occurrencesIn(satellite.right));
  const pairs = satellite.on.flatMap((condition) => keyPairs(condition, { leaf, scope, right }));
  const key = uniqueKeyAmong(leaf.relation, { facts, columns: pairs.map((pair) => pair.column) });
  return key === undefined
    ? undefined
    : {
        conditions: [],
        facts: [key, ...inner.flatMap((each) => each?.facts ?? [])],
        multiplies: false,
      };
}

/** What a condition says of a source's columns, as far as one value on the other side equals at most one of the column. */
export function keyPairs(
  condition: BoundExpr,
  {
    leaf,
    scope,
    right,
  }: {
    readonly leaf: Extract<Leaf, { kind: 'table' }>;
    readonly scope: TypeScope;
    readonly right: ReadonlySet<number>;
  },
): readonly KeyPair[] {
  if (condition.kind !== 'binary' || condition.op !== '=') {
    return [];
  }
  return [
    [condition.left, condition.right] as const,
    [condition.right, condition.left] as const,
  ].flatMap(([own, other]) => {
    const isKey =
      own.kind === 'ref' &&
      own.occ === leaf.occ &&
      !refsIn(other).some((ref) => right.has(ref.occ)) &&
      comparesAlike(own, other, scope);
    return isKey ? [{ condition, column: own.column, other }] : [];
  });
}

/** One value on the other side equals at most one value of the key. */
export function comparesAlike(key: BoundExpr, other: BoundExpr, scope: TypeScope): boolean {
  const family = familyOf(typeOf(key, scope));
  return (
    family === familyOf(typeOf(other, scope)) &&
    ['integer', 'decimal', 'date', 'timestamp', 'text'].includes(family)
  );
}

function uniqueKeyAmong(
  relation: RelationId,
  { facts, columns }: { readonly facts: Facts; readonly columns: readonly string[] },
): string | undefined {
  const key = factsOf(facts, relation).uniqueKeys.find((each) =>
    each.columns.every((column) => columns.includes(column)),
  );
  return key === undefined || key.columns.length === 0
    ? undefined
    : `${facts.source}: ${key.columns.join(', ')} is unique in ${relation}`;
}

export interface LeafJoin extends FactScope {
  /** All conditions of the block, of which those that read the leaf are looked at. */
  readonly conditions: readonly BoundExpr[];
  readonly notNull: ReadonlySet<string>;
}

/**
 * An inner-joined source that finds a row for each row of the others: no orphans, no NULL among the referencing columns,
 * and no other condition on it. Where a unique key is joined, it finds exactly one.
 */
export function leafKeepsRows(
  leaf: Extract<Leaf, { kind: 'table' }>,
  { facts, scope, conditions, notNull }: LeafJoin,
): Lossless | undefined {
  const onLeaf = conditions.filter((condition) =>
    refsIn(condition).some((ref) => ref.occ === leaf.occ),
  );
  const right = new Set([leaf.occ]);
  const pairs = onLeaf.flatMap((condition) => keyPairs(condition, { leaf, scope, right }));
  const key = uniqueKeyAmong(leaf.relation, { facts, columns: pairs.map((pair) => pair.column) });
  if (pairs.length === 0 || pairs.length !== onLeaf.length) {
    return undefined;
  }
  const inclusion = findsARow(leaf.relation, {
    facts,
    scope,
    pairs,
    notNull: notNullBeside(conditions, { onLeaf, notNull }),
  });
  return inclusion === undefined
    ? undefined
    : {
        conditions: onLeaf,
        facts: [...(key === undefined ? [] : [key]), ...inclusion],
        multiplies: key === undefined,
      };
}

function notNullBeside(
  conditions: readonly BoundExpr[],
  {
    onLeaf,
    notNull,
  }: { readonly onLeaf: readonly BoundExpr[]; readonly notNull: ReadonlySet<string> },
): ReadonlySet<string> {
  const others = conditions.filter((condition) => !onLeaf.includes(condition));
  return new Set([...notNull, ...others.flatMap((condition) => [...columnsRejectedBy(condition)])]);
}

/** Each row on the other side of the pairs finds a row: one inclusion covers all of them. */
function findsARow(
  to: RelationId,
  {
    facts,
    scope,
    pairs,
    notNull,
  }: FactScope & { readonly pairs: readonly KeyPair[]; readonly notNull: ReadonlySet<string> },
): readonly string[] | undefined {
  const refs = pairs.flatMap(({ column, other }) =>
    other.kind === 'ref' ? [{ column, occ: other.occ, from: other.column }] : [],
  );
  const [first] = refs;
  const source = first === undefined ? undefined : scope.sources.get(first.occ);
  const isOneSource = refs.length === pairs.length && refs.every((ref) => ref.occ === first?.occ);
  if (source?.kind !== 'table' || !isOneSource) {
    return undefined;
  }
  if (!refs.every((ref) => notNull.has(`${ref.occ}.${ref.from}`))) {
    return undefined;
  }
  const wanted = refs.map((ref) => `${ref.from}>${ref.column}`).toSorted();
  const inclusion = facts.inclusions.find(
    (each) =>
      each.from === source.relation &&
      each.to === to &&
      wanted.join() ===
        each.fromColumns
          .map((from, index) => `${from}>${each.toColumns[index] ?? ''}`)
          .toSorted()
          .join(),
  );
  return inclusion === undefined
    ? undefined
    : [
        `${facts.source}: every ${inclusion.fromColumns.join(', ')} of ${inclusion.from} is in ${to}`,
        `${inclusion.fromColumns.join(', ')} of ${inclusion.from} is never NULL`,
      ];
}

/** A left join that finds a row for every left row, so that it is an inner join. */
export function satelliteFindsRows(
  satellite: Satellite,
  { facts, scope, notNull }: FactScope & { readonly notNull: ReadonlySet<string> },
): readonly string[] | undefined {
  const [leaf, ...more] = satellite.right.leaves;
  if (
    satellite.join !== 'left' ||
    leaf?.kind !== 'table' ||
    more.length > 0 ||
    satellite.right.satellites.length > 0
  ) {
    return undefined;
  }
  const right = new Set([leaf.occ]);
  const pairs = satellite.on.flatMap((condition) => keyPairs(condition, { leaf, scope, right }));
  return pairs.length === satellite.on.length && pairs.length > 0
    ? findsARow(leaf.relation, { facts, scope, pairs, notNull })
    : undefined;
}
