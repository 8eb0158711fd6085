import type { Facts } from '../marts/facts.ts';
import type { BoundExpr } from '../sql/bound.ts';
import type { DialectName } from '../sql/dialect.ts';
import type { TypeScope } from '../sql/match/column-types.ts';
import { factsOf } from '../sql/match/facts-of.ts';
import { type KeyPair, keyPairs } from '../sql/match/keeps-rows.ts';
import { refsIn } from '../sql/normalize/walk.ts';
import { isOfItsRow, type TableLeaf, textOf } from './joined-leaves.ts';

/** A column of a joined relation's key, and what a row of the mart has to equal it. */
export interface LookupKey {
  readonly column: string;
  readonly other: BoundExpr;
}

export interface Lookup {
  readonly keys: readonly LookupKey[];
  /** What else a row of the relation must be to be joined at all, over `t0`. */
  readonly rest: readonly string[];
}

export interface LookupParts {
  /** Conditions of the block, among them those of inner joins. */
  readonly where: readonly BoundExpr[];
  readonly facts: Facts;
  readonly scope: TypeScope;
  readonly dialect: DialectName;
}

/**
 * How the row that a join found is found again by its key: one that is verified to be unique, pinned by equalities. A row that an
 * inner join kept is the one with that key, whatever else the join asked; of a left join, all of its conditions must be told by the key and
 * the relation's row. Gives why not, where it is not so.
 */
export function lookupOf(leaf: TableLeaf, parts: LookupParts): Lookup | string {
  const own = new Set([leaf.occ]);
  const table = { kind: 'table', occ: leaf.occ, relation: leaf.relation } as const;
  const conditions = leaf.isOuter ? leaf.on : parts.where;
  const pairs = conditions
    .flatMap((condition) => keyPairs(condition, { leaf: table, scope: parts.scope, right: own }))
    .filter(({ other }) => isOfItsRow(other) && refsIn(other).length > 0);
  const columns = new Set(pairs.map(({ column }) => column));
  const key = factsOf(parts.facts, leaf.relation).uniqueKeys.find(
    (each) => each.columns.length > 0 && each.columns.every((column) => columns.has(column)),
  );
  if (key === undefined) {
    return `no key of ${leaf.relation} that its join pins is verified to be unique`;
  }
  if (!leaf.isOuter) {
    return {
      keys: key.columns.flatMap((column) => pairs.find((pair) => pair.column === column) ?? []),
      rest: [],
    };
  }
  return leaf.isAlone ? outerLookup(leaf, { ...parts, pairs }) : DEPENDS;
}

const DEPENDS = 'its join depends on more than its key and its row';

function outerLookup(
  { on, occ }: TableLeaf,
  { pairs, dialect }: LookupParts & { readonly pairs: readonly KeyPair[] },
): Lookup | string {
  if (new Set(pairs.map(({ column }) => column)).size < pairs.length) {
    return DEPENDS;
  }
  const rest: string[] = [];
  for (const condition of on.filter((each) => !pairs.some((pair) => pair.condition === each))) {
    const refs = refsIn(condition);
    const isOwn = refs.length > 0 && refs.every((ref) => ref.occ === occ);
    const text = isOwn && isOfItsRow(condition) ? textOf(condition, dialect) : undefined;
    if (text === undefined || 'because' in text) {
      return DEPENDS;
    }
    rest.push(text.sql);
  }
  return { keys: pairs, rest };
}
