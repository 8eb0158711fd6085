import type { RelationId } from '../base/relation.ts';
import type { PicturedRelation } from './schema-picture.ts';

/** What became of one relation that a definition was written for. */
export interface SourceNow {
  readonly was: PicturedRelation;
  /** Under whatever name it has now. */
  readonly is: PicturedRelation;
  /** Names that columns had, and what they are called now. */
  readonly renamed: ReadonlyMap<string, string>;
}

export function isMoved({ was, is }: SourceNow): boolean {
  return was.id !== is.id;
}

/** What a column is called now; the name it had where it was not renamed. */
export function nameNow({ renamed }: Pick<SourceNow, 'renamed'>, column: string): string {
  return renamed.get(column) ?? column;
}

/** What became of the relation of this id; absent where nothing did. */
export function sourceOf(
  sources: readonly SourceNow[],
  relation: RelationId,
): SourceNow | undefined {
  return sources.find(({ was }) => was.id === relation);
}
