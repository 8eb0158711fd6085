import { sha256 } from '../base/digest.ts';
import type { RelationId } from '../base/relation.ts';
import { canonicalMeasure } from '../lineage/words/canonical-measure.ts';
import type { ChosenWord } from '../lineage/words/chosen-word.ts';
import { foldWord } from '../lineage/words/fold-word.ts';
import type { Block } from '../sql/normal-query.ts';
import { isAggregate } from '../sql/normalize/functions.ts';
import type { KnownWorld } from './join-star.ts';

export interface WordNamesParts {
  /** The names the columns have without anybody's word, parallel to the block's items. */
  readonly names: readonly string[];
  readonly relations: readonly RelationId[];
  readonly world: KnownWorld;
  readonly chosen: readonly ChosenWord[];
}

/** The columns' names, with a chosen word for each measure that is exactly its definition. */
export function wordNames(
  block: Block,
  { names, relations, world, chosen }: WordNamesParts,
): readonly string[] {
  if (chosen.length === 0) {
    return names;
  }
  const taken = new Set(names.map(foldWord));
  return block.items.map(({ name, expr }, at) => {
    const plain = names[at] ?? name;
    if (!isAggregate(expr)) {
      return plain;
    }
    const measure = { name: plain, arithmetic: expr, expr, block, computedIn: new Map() };
    const { key } = canonicalMeasure(measure, measureWorld(relations, world));
    const digest = sha256(key);
    const word = chosen.find(({ keys }) => keys.includes(digest))?.name.toLowerCase();
    const isFree = word !== undefined && /^[a-z_][a-z0-9_]*$/.test(word);
    if (word === undefined || !isFree || taken.has(foldWord(word))) {
      return plain;
    }
    taken.add(foldWord(word));
    return word;
  });
}

function measureWorld(relations: readonly RelationId[], { schema, facts, rowsOf }: KnownWorld) {
  const relationOf = (id: RelationId) => schema.relations.find((relation) => relation.id === id);
  const verified = (id: RelationId) => facts.uniqueKeys.filter(({ relation }) => relation === id);
  return {
    tables: new Map(relations.map((relation, occ) => [occ, relation])),
    keys: {
      of: (id: RelationId) =>
        [...(relationOf(id)?.keys ?? []), ...verified(id)].map(({ columns }) => columns),
      rows: rowsOf,
    },
    isNotNull: (id: RelationId, name: string) =>
      relationOf(id)?.columns.find((column) => column.name === name)?.notNull === true,
  };
}
