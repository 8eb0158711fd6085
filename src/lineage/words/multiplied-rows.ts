import type { RelationId } from '../../base/relation.ts';
import type { BoundExpr } from '../../sql/bound.ts';
import type { Block, JoinTree } from '../../sql/normal-query.ts';
import type { Ref } from '../../sql/normalize/walk.ts';

/** What is known of the keys of relations: columns that no two rows share. */
export interface KnownKeys {
  readonly of: (relation: RelationId) => readonly (readonly string[])[];
  readonly rows: (relation: RelationId) => number;
}

/** Whose rows an aggregate adds up. */
export interface RowsOf {
  /** One row for each row of these; more than one where a join multiplies. */
  readonly relations: readonly RelationId[];
  /** Joined by columns that are not known to be unique: they may multiply. */
  readonly unsure: readonly RelationId[];
}

interface Table {
  readonly occ: number;
  readonly relation: RelationId;
}

/**
 * Which relations of a block make up the rows that an aggregate of these columns sees: one that has the columns, and every other
 * that may bring several rows for one of it. Where there is a choice (no columns, or several relations that have them), the one
 * that brings the others along one by one.
 */
export function rowsOf(
  block: Block,
  { columns, keys }: { readonly columns: readonly Ref[]; readonly keys: KnownKeys },
): RowsOf {
  const tables = tablesOf(block.from);
  const ties = tiesOf(block);
  const own = tables.filter(({ occ }) => columns.some((ref) => ref.occ === occ));
  const starts = (own.length > 0 ? own : tables)
    .toSorted((a, b) => keys.rows(b.relation) - keys.rows(a.relation) || a.occ - b.occ)
    .map((table) => reachedFrom(table, { tables, ties, keys }));
  const weight = (rows: RowsOf) => rows.relations.length * 100 + rows.unsure.length;
  return starts.toSorted((a, b) => weight(a) - weight(b))[0] ?? { relations: [], unsure: [] };
}

interface Tie {
  readonly one: Ref;
  readonly other: Ref;
}

function reachedFrom(
  start: Table,
  {
    tables,
    ties,
    keys,
  }: {
    readonly tables: readonly Table[];
    readonly ties: readonly Tie[];
    readonly keys: KnownKeys;
  },
): RowsOf {
  const relations = [start.relation];
  const unsure: RelationId[] = [];
  const reached = new Set([start.occ]);
  let waiting = tables.filter(({ occ }) => !reached.has(occ));
  while (waiting.length > 0) {
    const joined = waiting.map((table) => ({ table, by: columnsTied(table, { ties, reached }) }));
    const single = joined.find(({ table, by }) => isUnique(keys.of(table.relation), by));
    const next = single ?? joined.find(({ by }) => by.length > 0) ?? joined[0];
    if (next === undefined) {
      break;
    }
    const { table } = next;
    if (single === undefined) {
      const isKnown = keys.of(table.relation).length > 0 || next.by.length === 0;
      (isKnown ? relations : unsure).push(table.relation);
    }
    reached.add(table.occ);
    waiting = waiting.filter(({ occ }) => occ !== table.occ);
  }
  return {
    relations: [...new Set(relations)].toSorted(),
    unsure: [...new Set(unsure)].toSorted(),
  };
}

/** The columns of a table that are set equal to columns of tables that were reached, or to a constant. */
function columnsTied(
  { occ }: Table,
  { ties, reached }: { readonly ties: readonly Tie[]; readonly reached: ReadonlySet<number> },
): readonly string[] {
  return ties.flatMap(({ one, other }) => {
    if (one.occ === occ && reached.has(other.occ)) {
      return [one.column];
    }
    return other.occ === occ && reached.has(one.occ) ? [other.column] : [];
  });
}

function isUnique(keys: readonly (readonly string[])[], by: readonly string[]): boolean {
  return keys.some((key) => key.every((column) => by.includes(column)));
}

/** Tables that bring rows: those a semi or anti join looks into bring none. */
function tablesOf(tree: JoinTree): readonly Table[] {
  switch (tree.kind) {
    case 'none':
    case 'query':
      return [];
    case 'table':
      return [tree];
    case 'inner':
      return tree.members.flatMap(tablesOf);
    case 'outer':
      return tree.join === 'semi' || tree.join === 'anti'
        ? tablesOf(tree.left)
        : [...tablesOf(tree.left), ...tablesOf(tree.right)];
  }
}

function tiesOf({ from, where }: Block): readonly Tie[] {
  return [...where, ...onsOf(from)].flatMap(tieOf);
}

function onsOf(tree: JoinTree): readonly BoundExpr[] {
  if (tree.kind === 'inner') {
    return tree.members.flatMap(onsOf);
  }
  return tree.kind === 'outer' ? [...tree.on, ...onsOf(tree.left), ...onsOf(tree.right)] : [];
}

function tieOf(condition: BoundExpr): readonly Tie[] {
  return condition.kind === 'binary' &&
    condition.op === '=' &&
    condition.left.kind === 'ref' &&
    condition.right.kind === 'ref' &&
    condition.left.occ !== condition.right.occ
    ? [{ one: condition.left, other: condition.right }]
    : [];
}
