import type { NativeOffer } from '../connectors/native-offer.ts';
import type { Block, JoinTree } from '../sql/normal-query.ts';
import type { Candidate } from './candidate.ts';
import { exprKey, isBeyondMarts, isVolatile, someNode } from './expressions.ts';

export type NativeForm =
  | {
      readonly kind: 'native';
      /** Outputs no two rows share, where the shape needs some. */
      readonly key?: readonly string[];
    }
  | {
      readonly kind: 'table';
      /** One clause, for people. */
      readonly because: string;
    };

/**
 * Whether the warehouse's own shape can hold what a definition gives. A closed list: what is not certainly taken, and kept up as
 * cheaply as the shape promises, is a table.
 */
export function nativeFormOf(
  { definition, query }: Pick<Candidate, 'definition' | 'query'>,
  shape: NativeOffer,
): NativeForm {
  const { body, limit, offset } = query;
  if (body.kind !== 'block' || limit !== undefined || offset !== undefined) {
    return asTable('it is more than one block of joins and one grouping');
  }
  const { block } = body;
  if (block.barriers.length > 0 || isBeyondMarts(block) || isVolatile(query)) {
    return asTable('it holds more than joins, filters and one grouping');
  }
  const because = shape.refresh === 'incremental' ? whyNotByChanges(block) : undefined;
  if (because !== undefined) {
    return asTable(because);
  }
  if (shape.oneTable === true) {
    const beyond = whyNotOfOneTable(block);
    return beyond === undefined ? { kind: 'native' } : asTable(beyond);
  }
  return shape.needsKey === true ? keyedBy(block, definition.columns) : { kind: 'native' };
}

/** What is taken of one table alone, where it is grouped by what it gives. */
function whyNotOfOneTable({ from, groupBy = [], items }: Block): string | undefined {
  if (from.kind !== 'table') {
    return 'it reads more than one table';
  }
  const given = new Set(items.map(({ expr }) => exprKey(expr)));
  return groupBy.every((expr) => given.has(exprKey(expr)))
    ? undefined
    : 'it groups by what is none of its columns';
}

/** Groups are told apart by what they are grouped by. */
function keyedBy(block: Block, columns: readonly { readonly name: string }[]): NativeForm {
  if (columns.length !== block.items.length) {
    return asTable('its columns are not known yet');
  }
  if (
    block.groupBy === undefined ||
    block.groupBy.length === 0 ||
    block.groupingSets !== undefined
  ) {
    return asTable(
      'no columns are known that tell its rows apart, and refreshing it without would have readers wait',
    );
  }
  const grouped = new Set(block.groupBy.map(exprKey));
  const key = block.items.flatMap(({ expr }, at) =>
    grouped.delete(exprKey(expr)) ? [columns[at]?.name ?? ''] : [],
  );
  return grouped.size > 0
    ? asTable('it groups by what is none of its columns, so nothing tells its rows apart')
    : { kind: 'native', key };
}

/** What the vendors that compute changes alone all take. */
function whyNotByChanges(block: Block): string | undefined {
  if (block.groupingSets !== undefined || block.groupBy?.length === 0) {
    return 'it groups in several ways at once, or is one row of totals';
  }
  if (block.distinct || block.having.length > 0) {
    return 'it leaves out rows or groups by what other rows hold';
  }
  const tables = leavesOf(block.from);
  if (tables === undefined) {
    return 'it joins otherwise than tables, by inner joins and left joins on equal columns';
  }
  if (new Set(tables).size < tables.length) {
    return 'it reads a table more than once';
  }
  const strange = strangeIn(block);
  return strange === undefined
    ? undefined
    : `changes of ${strange} are not certainly computed alone`;
}

/** The tables of a tree of inner joins and left joins on equal columns; nothing of any other. */
function leavesOf(tree: JoinTree): readonly string[] | undefined {
  switch (tree.kind) {
    case 'table':
      return [tree.relation];
    case 'inner':
      return together(tree.members.map(leavesOf));
    case 'outer':
      return tree.join === 'left' && tree.on.every(isEqualColumns)
        ? together([leavesOf(tree.left), leavesOf(tree.right)])
        : undefined;
    case 'none':
    case 'query':
      return undefined;
  }
}

function together(
  parts: readonly (readonly string[] | undefined)[],
): readonly string[] | undefined {
  const known = parts.filter((part) => part !== undefined);
  return known.length === parts.length ? known.flat() : undefined;
}

function isEqualColumns(on: Block['where'][number]): boolean {
  return on.kind === 'binary' && on.op === '=' && on.left.kind === 'ref' && on.right.kind === 'ref';
}

/** The first thing in the block that is not on the list, in words. */
function strangeIn(block: Block): string | undefined {
  let found: string | undefined;
  someNode([block.items, block.where, block.groupBy ?? []], (node) => {
    if (node.kind === 'call') {
      const isPlain = node['distinct'] !== true && node['filter'] === undefined;
      const name = String(node['name']);
      found = isPlain && FUNCTIONS.has(name) ? undefined : `${name}()`;
    } else if (typeof node.kind === 'string' && !EXPRESSIONS.has(node.kind)) {
      found = `an expression of the kind ${node.kind}`;
    }
    return found !== undefined;
  });
  return found;
}

const FUNCTIONS: ReadonlySet<string> = new Set(
  `sum count count_star min max avg coalesce nullif abs round floor ceil lower upper trim ltrim rtrim length substr substring
  replace concat left right date_trunc year quarter month week day hour minute iff greatest least`.split(
    /\s+/,
  ),
);

/** A star is left in `count(*)` alone. */
const EXPRESSIONS: ReadonlySet<string> = new Set(
  'star ref literal parameter binary unary is between in-list case cast extract like'.split(' '),
);

function asTable(because: string): NativeForm {
  return { kind: 'table', because };
}
