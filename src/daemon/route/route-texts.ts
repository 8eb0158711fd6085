import { relationId } from '../../base/relation.ts';
import { derived } from '../../prove/quote.ts';
import type { BoundExpr } from '../../sql/bound.ts';
import type { DialectName } from '../../sql/dialect.ts';
import type { JoinTree, NormalQuery } from '../../sql/normal-query.ts';
import { exprKey } from '../../sql/normalize/expr-key.ts';
import { printQuery } from '../../sql/print/print-query.ts';

/** Where a statement asks whether its marts may answer; it stands in front of the statement itself. */
const MOMENT = relationId({ name: 'goldsmith_moment' });
const HOLDS = `(select holds from ${MOMENT})`;

/** One statement that answers from marts while a condition holds, and as it was asked where it does not. */
export interface EitherParts {
  /** Names and order of what both give. */
  readonly query: NormalQuery;
  readonly ifHolds: string;
  readonly otherwise: string;
}

/**
 * The statement whose condition the planner folds: what does not hold costs nothing. `undefined` where two outputs share a
 * name, or rows are ordered by what is no output.
 */
export function eitherByTime(
  { query, ifHolds, otherwise }: EitherParts,
  { isBefore, isAfter }: { readonly isBefore: string; readonly isAfter: string },
): string | undefined {
  const order = orderOutside(query);
  return order === undefined
    ? undefined
    : `${oneOf(ifHolds, isBefore)}\nunion all\n${oneOf(otherwise, isAfter)}${order}`;
}

/** The statement that looks first whether the condition holds; the side that is not read costs nothing either. */
export function eitherByLooking(
  { query, ifHolds, otherwise }: EitherParts,
  condition: string,
): string | undefined {
  const order = orderOutside(query);
  return order === undefined
    ? undefined
    : `with ${MOMENT} as materialized (\nselect ${condition} as holds\n)
${oneOf(ifHolds, HOLDS)}\nunion all\n${oneOf(otherwise, `not ${HOLDS}`)}${order}`;
}

function oneOf(sql: string, condition: string): string {
  return `select * from ${derived(sql, 'answer')}\nwhere ${condition}`;
}

/** A union forgets the order of its sides: told again by position, where it can be. */
function orderOutside({ body, outputs, orderBy }: NormalQuery): string | undefined {
  const names = outputs.map((name) => name.toLowerCase());
  if (names.includes('') || new Set(names).size < names.length) {
    return undefined;
  }
  const keys =
    body.kind === 'block'
      ? body.block.items.map(({ expr }) => exprKey(expr))
      : outputs.map((name) => name);
  const told = orderBy.map(({ expr, descending, nulls }) => {
    const key = body.kind === 'block' || expr.kind !== 'ref' ? exprKey(expr) : expr.column;
    const at = keys.indexOf(key);
    const last = nulls === undefined ? '' : ` nulls ${nulls}`;
    return at === -1 ? undefined : `${at + 1}${descending ? ' desc' : ''}${last}`;
  });
  if (told.includes(undefined)) {
    return undefined;
  }
  return told.length === 0 ? '' : `\norder by ${told.join(', ')}`;
}

/**
 * The query as text, each table of its joins read only while the condition of `eitherByLooking` holds (or does not): an engine
 * that finds nothing to join does not read on. What it gives otherwise means nothing. `undefined` where it cannot be printed.
 */
export function printWhile(
  query: NormalQuery,
  { holds, dialect }: { readonly holds: boolean; readonly dialect: DialectName },
): string | undefined {
  const next = counterAfter(query);
  const guarded = guardedQuery(query, { holds, next, read: columnsRead(query) });
  const printed = printQuery(guarded, dialect);
  return printed.kind === 'printed' ? printed.sql : undefined;
}

interface Guarding {
  readonly holds: boolean;
  readonly next: () => number;
  readonly read: ReadonlyMap<number, ReadonlySet<string>>;
}

function guardedQuery(query: NormalQuery, guarding: Guarding): NormalQuery {
  const { body } = query;
  switch (body.kind) {
    case 'opaque':
      return query;
    case 'set':
      return {
        ...query,
        body: {
          ...body,
          left: guardedQuery(body.left, guarding),
          right: guardedQuery(body.right, guarding),
        },
      };
    case 'block': {
      const from = guardedTree(body.block.from, guarding);
      return { ...query, body: { kind: 'block', block: { ...body.block, from } } };
    }
  }
}

function guardedTree(tree: JoinTree, guarding: Guarding): JoinTree {
  switch (tree.kind) {
    case 'none':
      return tree;
    case 'table':
      return guardedTable(tree, guarding);
    case 'query':
      return { ...tree, query: guardedQuery(tree.query, guarding) };
    case 'inner':
      return { ...tree, members: tree.members.map((member) => guardedTree(member, guarding)) };
    case 'outer':
      return {
        ...tree,
        left: guardedTree(tree.left, guarding),
        right: guardedTree(tree.right, guarding),
      };
  }
}

function guardedTable(
  table: Extract<JoinTree, { kind: 'table' }>,
  { holds, next, read }: Guarding,
): JoinTree {
  const occ = next();
  const columns = [...(read.get(table.occ) ?? [])].toSorted();
  const one: BoundExpr = { kind: 'literal', type: 'number', text: '1' };
  const items =
    columns.length === 0
      ? [{ name: 'one', expr: one }]
      : columns.map((column) => ({ name: column, expr: { kind: 'ref' as const, occ, column } }));
  const looked = looking(next());
  return {
    kind: 'query',
    occ: table.occ,
    query: {
      outputs: items.map(({ name }) => name),
      orderBy: [],
      body: {
        kind: 'block',
        block: {
          from: { ...table, occ },
          where: [holds ? looked : { kind: 'unary', op: 'not', operand: looked }],
          having: [],
          items,
          distinct: false,
          barriers: [],
        },
      },
    },
  };
}

function looking(occ: number): BoundExpr {
  return {
    kind: 'subquery',
    query: {
      outputs: ['holds'],
      orderBy: [],
      body: {
        kind: 'select',
        items: [{ name: 'holds', expr: { kind: 'ref', occ, column: 'holds' }, fromStar: false }],
        from: { kind: 'table', occ, relation: MOMENT, modifiers: [], known: true },
        opaqueClauses: [],
      },
    },
  };
}

/** What is read of each source, by its occurrence, wherever in the query. */
function columnsRead(query: NormalQuery): ReadonlyMap<number, ReadonlySet<string>> {
  const read = new Map<number, Set<string>>();
  visit(query, (piece) => {
    const { kind, occ, column } = piece;
    if (kind === 'ref' && typeof occ === 'number' && typeof column === 'string') {
      read.set(occ, (read.get(occ) ?? new Set()).add(column));
    }
  });
  return read;
}

function counterAfter(query: NormalQuery): () => number {
  let last = 0;
  visit(query, ({ occ }) => {
    last = typeof occ === 'number' ? Math.max(last, occ) : last;
  });
  return () => {
    last += 1;
    return last;
  };
}

/** Every object of a query, whatever it stands in: blocks and what is inside expressions have other shapes. */
function visit(piece: unknown, see: (object: Readonly<Record<string, unknown>>) => void): void {
  if (Array.isArray(piece)) {
    for (const member of piece) {
      visit(member, see);
    }
  } else if (typeof piece === 'object' && piece !== null) {
    see(piece as Readonly<Record<string, unknown>>);
    visit(Object.values(piece), see);
  }
}
