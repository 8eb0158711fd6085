import type { RelationId } from '../../base/relation.ts';
import type { Facts, UniqueKey } from '../../marts/facts.ts';

/** What is verified of one relation. */
export interface RelationFacts {
  readonly uniqueKeys: readonly UniqueKey[];
  /** Columns that are never NULL. */
  readonly notNull: ReadonlySet<string>;
}

const none: RelationFacts = { uniqueKeys: [], notNull: new Set() };
const known = new WeakMap<Facts, ReadonlyMap<RelationId, RelationFacts>>();

/** What is verified of a relation; facts are sorted by relation once. */
export function factsOf(facts: Facts, relation: RelationId): RelationFacts {
  let sorted = known.get(facts);
  if (sorted === undefined) {
    sorted = byRelation(facts);
    known.set(facts, sorted);
  }
  return sorted.get(relation) ?? none;
}

function byRelation({ uniqueKeys, notNull }: Facts): ReadonlyMap<RelationId, RelationFacts> {
  const sorted = new Map<RelationId, { uniqueKeys: UniqueKey[]; notNull: Set<string> }>();
  const entryOf = (relation: RelationId) => {
    const entry = sorted.get(relation) ?? { uniqueKeys: [], notNull: new Set() };
    sorted.set(relation, entry);
    return entry;
  };
  for (const key of uniqueKeys) {
    entryOf(key.relation).uniqueKeys.push(key);
  }
  for (const { relation, column } of notNull) {
    entryOf(relation).notNull.add(column);
  }
  return sorted;
}
