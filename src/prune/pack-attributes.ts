import { namedAfter } from '../base/named-after.ts';
import type { RelationId } from '../base/relation.ts';
import type { Facts } from '../marts/facts.ts';
import type { Pack } from '../marts/slim-form.ts';
import type { BoundExpr } from '../sql/bound.ts';
import type { DialectName } from '../sql/dialect.ts';
import type { Block, JoinTree, NormalQuery } from '../sql/normal-query.ts';
import { refsIn } from '../sql/normalize/walk.ts';
import { quoteName, quoteRelation } from '../sql/print/quote-name.ts';
import { joinedLeaves, leafOf, type TableLeaf, whyWhole } from './joined-leaves.ts';
import { nextOccurrence } from './next-occurrence.ts';

export interface PackParts {
  readonly table: RelationId;
  readonly hidden: ReadonlySet<string>;
  readonly facts: Facts;
  readonly dialect: DialectName;
  /** Rows a relation may have at most for its attributes to be packed. */
  readonly maxRows: number;
  readonly rowsOf: (relation: RelationId) => number | undefined;
}

export interface Packed {
  /** The definition with numbered relations in the place of packed ones, and their positions as further outputs. */
  readonly query: NormalQuery;
  readonly packs: readonly Pack[];
  readonly packOf: ReadonlyMap<string, RelationId>;
  /** Attributes that could not be packed, and why: they stay stored. */
  readonly unpackable: readonly { readonly name: string; readonly because: string }[];
}

/**
 * Puts hidden attributes that are computed from one joined relation into one-row packs. Both the numbering of that relation and
 * its packs order by the same columns, so on one snapshot a position means the same row in both; rows that are equal in
 * all of these columns are interchangeable.
 */
export function packAttributes(query: NormalQuery, parts: PackParts): Packed {
  const nothing = { query, packs: [], packOf: new Map<string, RelationId>() };
  const hidden = query.outputs.filter((name) => parts.hidden.has(name));
  const { body } = query;
  const because = body.kind === 'block' ? whyWhole(query, body.block) : 'it is not one block';
  if (body.kind !== 'block' || because !== undefined) {
    const words = `the definition cannot be taken apart: ${because ?? ''}`;
    return { ...nothing, unpackable: hidden.map((name) => ({ name, because: words })) };
  }
  const { block } = body;
  const leaves = joinedLeaves(block.from);
  const unpackable: { name: string; because: string }[] = [];
  const groups = new Map<TableLeaf, PackedAttribute[]>();
  for (const name of hidden) {
    const expr = block.items[query.outputs.indexOf(name)]?.expr;
    const found = expr === undefined ? 'it is unknown' : leafOf(expr, { leaves, ...parts });
    if (expr === undefined || typeof found === 'string') {
      unpackable.push({ name, because: typeof found === 'string' ? found : 'it is unknown' });
    } else {
      const { leaf, text } = found;
      groups.set(leaf, [...(groups.get(leaf) ?? []), { name, text }]);
    }
  }
  return { ...packGroups(query, { block, groups, parts }), unpackable };
}

interface PackedAttribute {
  readonly name: string;
  readonly text: string;
}

interface GroupParts {
  readonly block: Block;
  readonly groups: ReadonlyMap<TableLeaf, readonly PackedAttribute[]>;
  readonly parts: PackParts;
}

function packGroups(
  query: NormalQuery,
  { block, groups, parts }: GroupParts,
): Omit<Packed, 'unpackable'> {
  const packs: Pack[] = [];
  const packOf = new Map<string, RelationId>();
  let from = block.from;
  const positions: { name: string; expr: BoundExpr }[] = [];
  let inside = nextOccurrence(query);
  for (const [leaf, attributes] of groups) {
    const number = packs.length + 1;
    const numbering = numberingOf(leaf, { block, parts });
    const position = `__position_${number}`;
    const pack: Pack = {
      table: packTable(parts.table, number),
      sql: packSql(leaf, { attributes, numbering, parts }),
      position,
    };
    packs.push(pack);
    attributes.forEach(({ name }) => packOf.set(name, pack.table));
    from = replaceLeaf(from, leaf.occ, numbered(leaf, { numbering, inside }));
    inside += 1;
    const ref: BoundExpr = { kind: 'ref', occ: leaf.occ, column: POSITION };
    positions.push({ name: position, expr: leaf.isOuter ? orNullRow(ref) : ref });
  }
  const items = [...block.items, ...positions];
  return {
    query: {
      ...query,
      body: { kind: 'block', block: { ...block, from, items } },
      outputs: [...query.outputs, ...positions.map(({ name }) => name)],
    },
    packs,
    packOf,
  };
}

/** The name a numbered relation gives its row's position. */
const POSITION = '__position';

interface Numbering {
  /** All columns of the relation that the definition reads. */
  readonly columns: readonly string[];
  /** Those that decide the order. */
  readonly by: readonly string[];
}

function numberingOf(
  { occ, relation }: TableLeaf,
  { block, parts }: { readonly block: Block; readonly parts: PackParts },
): Numbering {
  const exprs = [...block.items.map(({ expr }) => expr), ...block.where, ...onIn(block.from)];
  const columns = [
    ...new Set(
      exprs
        .flatMap(refsIn)
        .filter((ref) => ref.occ === occ)
        .map(({ column }) => column),
    ),
  ].toSorted();
  const key = parts.facts.uniqueKeys.find((each) => each.relation === relation);
  return {
    columns: [...new Set([...columns, ...(key?.columns ?? [])])],
    by: key?.columns ?? columns,
  };
}

function onIn(tree: JoinTree): readonly BoundExpr[] {
  if (tree.kind === 'inner') {
    return tree.members.flatMap(onIn);
  }
  return tree.kind === 'outer' ? [...tree.on, ...onIn(tree.left), ...onIn(tree.right)] : [];
}

/** Position 1 of an outer-joined relation is the row of NULLs that a row without a partner gets. */
function orNullRow(position: BoundExpr): BoundExpr {
  return call('coalesce', [position, { kind: 'literal', type: 'number', text: '1' }]);
}

function numbered(
  { occ, relation, isOuter }: TableLeaf,
  { numbering, inside }: { readonly numbering: Numbering; readonly inside: number },
): JoinTree {
  const refTo = (column: string): BoundExpr => ({ kind: 'ref', occ: inside, column });
  const number: BoundExpr = {
    ...call('row_number', []),
    over: {
      partitionBy: [],
      orderBy: numbering.by.map((column) => ({ expr: refTo(column), descending: false })),
    },
  };
  const counted: BoundExpr = isOuter
    ? {
        kind: 'binary',
        op: '+',
        left: number,
        right: { kind: 'literal', type: 'number', text: '1' },
      }
    : number;
  const items = [
    ...numbering.columns.map((column) => ({ name: column, expr: refTo(column) })),
    {
      name: POSITION,
      expr: { kind: 'cast', operand: counted, type: 'integer', safe: false } as const,
    },
  ];
  const block: Block = {
    from: { kind: 'table', occ: inside, relation },
    where: [],
    having: [],
    items,
    distinct: false,
    barriers: [],
  };
  return {
    kind: 'query',
    occ,
    query: {
      body: { kind: 'block', block },
      outputs: items.map(({ name }) => name),
      orderBy: [],
    },
  };
}

function call(name: string, args: readonly BoundExpr[]): Extract<BoundExpr, { kind: 'call' }> {
  return { kind: 'call', name, args, distinct: false, orderBy: [], modifiers: [] };
}

function replaceLeaf(tree: JoinTree, occ: number, by: JoinTree): JoinTree {
  switch (tree.kind) {
    case 'table':
      return tree.occ === occ ? by : tree;
    case 'inner':
      return { ...tree, members: tree.members.map((member) => replaceLeaf(member, occ, by)) };
    case 'outer':
      return {
        ...tree,
        left: replaceLeaf(tree.left, occ, by),
        right: replaceLeaf(tree.right, occ, by),
      };
    case 'none':
    case 'query':
      return tree;
  }
}

function packTable(table: RelationId, number: number): RelationId {
  return namedAfter(table, `__pack_${number}`);
}

function packSql(
  { relation, isOuter }: TableLeaf,
  {
    attributes,
    numbering,
    parts,
  }: {
    readonly attributes: readonly PackedAttribute[];
    readonly numbering: Numbering;
    readonly parts: PackParts;
  },
): string {
  const { dialect } = parts;
  const name = (text: string) => quoteName(text, dialect);
  // One list of whole rows is put in order, and taken apart: a list each would sort the rows as often as there are attributes.
  const fields = attributes.map(({ text }, at) => `a${at} := ${text}`);
  const lists = attributes.map(
    (attribute, at) => `list_transform(t1.in_order, lambda r: r.a${at}) as ${name(attribute.name)}`,
  );
  const order = numbering.by.map(name).join(', ');
  const columns = numbering.columns.map(name).join(', ');
  const rows = `select ${columns}, row_number() over (order by ${order})${isOuter ? ' + 1' : ''} as ${name(POSITION)}\n  from ${quoteRelation(relation, dialect)}`;
  const nulls = isOuter ? `\n  union all by name\n  select 1 as ${name(POSITION)}` : '';
  const inOrder = `select list(struct_pack(${fields.join(', ')}) order by t0.${name(POSITION)}) as in_order\nfrom (\n  ${rows}${nulls}\n) as t0`;
  return `select\n  ${lists.join(',\n  ')}\nfrom (\n${inOrder}\n) as t1`;
}
