import { namedAfter } from '../base/named-after.ts';
import type { RelationId } from '../base/relation.ts';
import type { Facts } from '../marts/facts.ts';
import type { SideTable } from '../marts/slim-form.ts';
import type { BoundExpr } from '../sql/bound.ts';
import type { DialectName } from '../sql/dialect.ts';
import { type ColumnTypes, sourcesOfTree } from '../sql/match/column-types.ts';
import type { Block, NormalQuery } from '../sql/normal-query.ts';
import { exprKey } from '../sql/normalize/expr-key.ts';
import { strictColumns } from '../sql/normalize/null-rejecting.ts';
import { joinedLeaves, leafOf, type TableLeaf, whyWhole } from './joined-leaves.ts';
import { type LookupKey, lookupOf } from './lookup-of.ts';
import { type SideColumn, sideSql } from './side-sql.ts';

export interface SideParts {
  readonly table: RelationId;
  readonly hidden: ReadonlySet<string>;
  /** Attributes that are no longer there at all. */
  readonly gone: ReadonlySet<string>;
  readonly facts: Facts;
  readonly types: ColumnTypes;
  readonly dialect: DialectName;
  readonly maxRows: number;
  readonly rowsOf: (relation: RelationId) => number | undefined;
}

/** An attribute that lies in a side table. */
export interface Beside {
  readonly side: RelationId;
  /** Of a row without a partner it is not NULL. */
  readonly elseNullRow: boolean;
}

export interface Sided {
  /** The definition with the keys of the side tables as further outputs, where no stored attribute is one. */
  readonly query: NormalQuery;
  readonly sides: readonly SideTable[];
  readonly besides: ReadonlyMap<string, Beside>;
  /** Names of those further outputs. */
  readonly keys: readonly string[];
  /** Attributes that stay stored, and why. */
  readonly unpackable: readonly { readonly name: string; readonly because: string }[];
}

/** A hidden attribute, and where it can be looked up. */
interface Found {
  readonly column: SideColumn;
  readonly leaf: TableLeaf;
  readonly elseNullRow: boolean;
}

/**
 * Puts hidden attributes that are computed from one joined relation into side tables, one a relation, with one row for each of
 * its keys. Facts say that the key is unique and the join's conditions pin it, so that looking a row's key up gives what the join gave.
 */
export function sideAttributes(query: NormalQuery, parts: SideParts): Sided {
  const hidden = query.outputs.filter((name) => parts.hidden.has(name));
  const { body } = query;
  const because = body.kind === 'block' ? whyWhole(query, body.block) : 'it is not one block';
  if (body.kind !== 'block' || because !== undefined) {
    const words = `the definition cannot be taken apart: ${because ?? ''}`;
    const unpackable = hidden.map((name) => ({ name, because: words }));
    return { query, sides: [], besides: new Map(), keys: [], unpackable };
  }
  const { block } = body;
  const leaves = joinedLeaves(block.from);
  const scope = { types: parts.types, sources: sourcesOfTree(block.from) };
  const unpackable: { name: string; because: string }[] = [];
  const found: Found[] = [];
  const lookups = new Map<TableLeaf, { keys: readonly LookupKey[]; rest: readonly string[] }>();
  for (const name of hidden) {
    const expr = block.items[query.outputs.indexOf(name)]?.expr;
    const of = expr === undefined ? 'it is unknown' : leafOf(expr, { leaves, ...parts });
    const lookup =
      typeof of === 'string' ? of : lookupOf(of.leaf, { ...parts, where: block.where, scope });
    if (expr === undefined || typeof of === 'string' || typeof lookup === 'string') {
      unpackable.push({ name, because: typeof lookup === 'string' ? lookup : 'it is unknown' });
    } else {
      const { leaf, text } = of;
      lookups.set(leaf, lookup);
      const elseNullRow = leaf.isOuter && strictColumns(expr).size === 0;
      found.push({ column: { name, text }, leaf, elseNullRow });
    }
  }
  const named = nameKeys(query, { block, lookups, parts, found });
  const sides = [...lookups].map(([leaf, lookup], at): SideTable => {
    const own = found.filter((each) => each.leaf === leaf);
    const keys = lookup.keys.map(({ column, other }) => ({
      column,
      name: named.nameOf.get(exprKey(other)) ?? '',
    }));
    return {
      table: sideTable(parts.table, at + 1),
      keys: keys.map(({ name }) => name),
      sql: sideSql(leaf.relation, {
        keys,
        columns: own.map(({ column }) => column),
        where: lookup.rest,
        hasNullRow: own.some(({ elseNullRow }) => elseNullRow),
        dialect: parts.dialect,
      }),
    };
  });
  const leavesInOrder = [...lookups.keys()];
  return {
    query: named.query,
    sides,
    besides: new Map(
      found.map(({ column, leaf, elseNullRow }) => {
        const side = sideTable(parts.table, leavesInOrder.indexOf(leaf) + 1);
        return [column.name, { side, elseNullRow }];
      }),
    ),
    keys: named.added,
    unpackable,
  };
}

interface Named {
  readonly query: NormalQuery;
  /** What the rows call each key. */
  readonly nameOf: ReadonlyMap<string, string>;
  readonly added: readonly string[];
}

/** A key that is a stored attribute goes by its name; the others are stored beside the attributes, each once. */
function nameKeys(
  query: NormalQuery,
  {
    block,
    lookups,
    parts,
    found,
  }: {
    readonly block: Block;
    readonly lookups: ReadonlyMap<TableLeaf, { readonly keys: readonly LookupKey[] }>;
    readonly parts: SideParts;
    readonly found: readonly Found[];
  },
): Named {
  const away = new Set([...parts.gone, ...found.map(({ column }) => column.name)]);
  const nameOf = new Map<string, string>();
  query.outputs.forEach((name, at) => {
    const expr = block.items[at]?.expr;
    if (expr !== undefined && !away.has(name) && !nameOf.has(exprKey(expr))) {
      nameOf.set(exprKey(expr), name);
    }
  });
  const added: { name: string; expr: BoundExpr }[] = [];
  for (const { other } of [...lookups.values()].flatMap(({ keys }) => keys)) {
    if (!nameOf.has(exprKey(other))) {
      const name = `__key_${added.length + 1}`;
      added.push({ name, expr: other });
      nameOf.set(exprKey(other), name);
    }
  }
  return {
    query: {
      ...query,
      body: { kind: 'block', block: { ...block, items: [...block.items, ...added] } },
      outputs: [...query.outputs, ...added.map(({ name }) => name)],
    },
    nameOf,
    added: added.map(({ name }) => name),
  };
}

function sideTable(table: RelationId, number: number): RelationId {
  return namedAfter(table, `__side_${number}`);
}
