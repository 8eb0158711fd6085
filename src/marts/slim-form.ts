import type { RelationId } from '../base/relation.ts';

/**
 * How a version is stored when not every attribute has a column of its own. Attributes somebody reads are stored; hidden ones
 * that hang on a joined relation lie beside the rows: in *packs*, one row a pack with one list an attribute, where each stored row keeps
 * its position in it, or in *side tables*, one row for each key of the relation, where each stored row keeps the key. A reader who selects a
 * hidden attribute gets it, and nobody else pays for it. Tombstoned ones raise an error.
 */
export interface SlimForm {
  /** The table of its rows; the version's own name is a view that gives every attribute. */
  readonly rows: RelationId;
  /** SELECT of the rows: the stored attributes, then positions in packs, or keys of side tables. */
  readonly sql: string;
  readonly packs: readonly Pack[];
  /** Absent: none. */
  readonly sides?: readonly SideTable[];
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

export interface SideTable {
  readonly table: RelationId;
  /** The keys, then the hidden attributes; a row whose keys are NULL is what rows without a partner get. */
  readonly sql: string;
  /** Columns that are unique in it together, and of the same names among the rows. */
  readonly keys: readonly string[];
}

export type SlimAttribute =
  | { readonly kind: 'stored'; readonly name: string }
  | { readonly kind: 'packed'; readonly name: string; readonly pack: RelationId }
  | {
      readonly kind: 'beside';
      readonly name: string;
      readonly side: RelationId;
      /** A row without a partner gets what the row of NULL keys says. Absent: NULL, as a lookup that finds nothing gives. */
      readonly elseNullRow?: true;
    }
  /** `message` names the day and how to get it back. */
  | { readonly kind: 'tombstone'; readonly name: string; readonly message: string };

/** Whether two forms store the same attributes in the same ways; only the names of their tables may differ. */
export function isSameForm(a: SlimForm, b: SlimForm): boolean {
  const [sides, others] = [a.sides ?? [], b.sides ?? []];
  return (
    a.sql === b.sql &&
    a.packs.length === b.packs.length &&
    a.packs.every(({ sql }, at) => sql === b.packs[at]?.sql) &&
    sides.length === others.length &&
    sides.every(({ sql }, at) => sql === others[at]?.sql) &&
    a.attributes.every(({ kind, name }, at) => {
      const other = b.attributes[at];
      return kind === other?.kind && name === other.name;
    })
  );
}
