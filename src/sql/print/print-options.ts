import type { RelationId } from '../../base/relation.ts';
import type { DialectName } from '../dialect.ts';
import type { OwnWords } from '../own-words/own-words.ts';

export interface PrintOptions {
  readonly dialect: DialectName;
  /** Relations whose columns are renamed by a column list after the alias: `mv0 as t1 (c1, c2)`. */
  readonly columnLists: ReadonlyMap<RelationId, readonly string[]>;
  /** Expressions that a person wrote are written as there; of a text in the same dialect. */
  readonly ownWords?: OwnWords | undefined;
}
