import type { RelationId } from '../base/relation.ts';
import { detectRenames, type RenameWitness } from './detect-renames.ts';
import { diffPictures } from './diff-pictures.ts';
import type { SchemaChange } from './schema-change.ts';
import type { PicturedRelation } from './schema-picture.ts';
import type { SourceBasis } from './source-basis.ts';
import type { SourceNow } from './source-now.ts';

export interface Since {
  /** Those of the sources that are still there, under whatever name. */
  readonly sources: readonly SourceNow[];
  /** All that happened to them, moves first, then by relation. */
  readonly changes: readonly SchemaChange[];
}

export interface SinceParts {
  /** The schema as it is. */
  readonly now: readonly PicturedRelation[];
  /** Moves that were seen, each from where the relation was to where it went. */
  readonly moves: ReadonlyMap<RelationId, RelationId>;
  readonly witness?: RenameWitness | undefined;
}

/** What became of the relations a definition was written for, over however many cycles. */
export function sourcesSince(
  { relations }: Pick<SourceBasis, 'relations'>,
  { now, moves, witness = { seen: [] } }: SinceParts,
): Since {
  const standing = new Map(now.map((relation) => [relation.id, relation]));
  const found = relations.flatMap((was) => {
    const is = standing.get(was.id) ?? standing.get(placeOf(was.id, { moves, standing }));
    return is === undefined ? [] : [{ was, is }];
  });
  const sources = found.map(({ was, is }): SourceNow => {
    const renames = detectRenames(was, { ...is, id: was.id }, witness);
    return { was, is, renamed: new Map(renames.map(({ old, now: to }) => [old.name, to.name])) };
  });
  const moved = found
    .filter(({ was, is }) => was.id !== is.id)
    .map(({ was, is }): SchemaChange => {
      const wasSeen = witness.moved?.some(({ from, to }) => from === was.id && to === is.id);
      const evidence = wasSeen === true ? (['statement-seen'] as const) : [];
      return { kind: 'relation-moved', relation: was.id, to: is.id, evidence };
    });
  const inPlace = diffPictures(
    { takenAt: 0, relations },
    { takenAt: 0, relations: found.map(({ was, is }) => ({ ...is, id: was.id })) },
    witness,
  );
  return { sources, changes: [...moved, ...inPlace] };
}

/** Where a relation went, over several moves. */
function placeOf(
  relation: RelationId,
  {
    moves,
    standing,
  }: Pick<SinceParts, 'moves'> & { readonly standing: ReadonlyMap<RelationId, PicturedRelation> },
): RelationId {
  const passed = new Set<RelationId>();
  let at = relation;
  for (let next = moves.get(at); next !== undefined && !passed.has(next); next = moves.get(at)) {
    passed.add(next);
    at = next;
    if (standing.has(at)) {
      break;
    }
  }
  return at;
}
