import type { RelationId } from '../base/relation.ts';

/**
 * How a version is stored when not every attribute has a column of its own. Attributes somebody reads are stored; hidden ones
 * that hang on a joined relation lie in *packs*, one row a pack with one list an attribute, and each stored row keeps its
 * position in it: a reader who selects a hidden attribute gets it, and nobody else pays for it. Tombstoned ones raise an error.
 */
export interface SlimForm {
  /** SELECT of the version's table: the stored attributes, then one position a pack. */
  readonly sql: string;
  readonly packs: readonly Pack[];
  /** Every attribute of the mart in the order of its contract. */
  readonly attributes: readonly SlimAttribute[];
}

export interface Pack {
  /** One row. */
  readonly table: RelationId;
  readonly sql: string;
  /** The column of the version's table that holds positions in it, counted from 1. */
  readonly position: string;
}

export type SlimAttribute =
  | { readonly kind: 'stored'; readonly name: string }
  | { readonly kind: 'packed'; readonly name: string; readonly pack: RelationId }
  /** `message` names the day and how to get it back. */
  | { readonly kind: 'tombstone'; readonly name: string; readonly message: string };
