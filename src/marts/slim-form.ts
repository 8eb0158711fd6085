import type { RelationId } from '../base/relation.ts';

/**
 * How a version is stored when not every attribute has a column of its own. Attributes somebody reads are stored; hidden ones
 * that hang on a joined relation lie in *packs*, one row a pack with one list an attribute, and each stored row keeps its
 * position in it: a reader who selects a hidden attribute gets it, and nobody else pays for it. Tombstoned ones raise an error.
 */
export interface SlimForm {
  /** The table of its rows; the version's own name is a view that gives every attribute. */
  readonly rows: RelationId;
  /** SELECT of the rows: the stored attributes, then one position a pack. */
  readonly sql: string;
  readonly packs: readonly Pack[];
  /** Every attribute of the mart in the order of its contract. */
  readonly attributes: readonly SlimAttribute[];
}

export interface Pack {
  /** One row. */
  readonly table: RelationId;
  readonly sql: string;
  /** The column of the rows that holds positions in it, counted from 1. */
  readonly position: string;
}

export type SlimAttribute =
  | { readonly kind: 'stored'; readonly name: string }
  | { readonly kind: 'packed'; readonly name: string; readonly pack: RelationId }
  /** `message` names the day and how to get it back. */
  | { readonly kind: 'tombstone'; readonly name: string; readonly message: string };

/** Whether two forms store the same attributes in the same ways; only the names of their tables may differ. */
export function isSameForm(a: SlimForm, b: SlimForm): boolean {
  return (
    a.sql === b.sql &&
    a.packs.length === b.packs.length &&
    a.packs.every(({ sql }, at) => sql === b.packs[at]?.sql) &&
    a.attributes.every(({ kind, name }, at) => {
      const other = b.attributes[at];
      return kind === other?.kind && name === other.name;
    })
  );
}
