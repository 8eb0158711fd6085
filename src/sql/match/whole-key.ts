import type { BoundExpr } from '../bound.ts';
import type { Block, NormalQuery } from '../normal-query.ts';
import type { NameRef } from '../normalize/expr-key.ts';
import { exprKey, plainName, queryKey } from '../normalize/expr-key.ts';
import { toBound } from '../normalize/to-bound.ts';
import type { Cluster, Leaf, Satellite } from './cluster.ts';
import { clusterOf } from './cluster.ts';

/**
 * A text that two queries share only if they give the same rows on every database: whatever the order of their joins and
 * conditions, the names of their outputs, and the side on which a union's members stand.
 */
export function wholeKey(query: NormalQuery): string {
  return keyOf(query, plainName);
}

/** The rows that a limit takes of an ordered query. */
export interface Cut {
  /** The same for all cuts of the same rows in the same order. */
  readonly key: string;
  readonly from: bigint;
  /** Absent: all that come after. */
  readonly most: bigint | undefined;
}

/** The cut a query is, if it is one by plain numbers. */
export function cutOf(query: NormalQuery): Cut | undefined {
  const { limit, offset, ...rest } = query;
  const [most, from] = [limit, offset].map(countIn);
  const isPlain =
    (limit !== undefined || offset !== undefined) &&
    (limit === undefined || most !== undefined) &&
    (offset === undefined || from !== undefined) &&
    query.limitModifier === undefined;
  return isPlain ? { key: `cut ${wholeKey(rest)}`, from: from ?? 0n, most } : undefined;
}

function countIn(expr: BoundExpr | undefined): bigint | undefined {
  return expr?.kind === 'literal' && expr.type === 'number' && /^\d+$/.test(expr.text)
    ? BigInt(expr.text)
    : undefined;
}

const leafKeys = new WeakMap<NormalQuery, string>();

/** As `wholeKey` for a query among sources, whose columns are known by their names. */
export function sourceKey(query: NormalQuery): string {
  const key = leafKeys.get(query) ?? `${wholeKey(query)} ${JSON.stringify(query.outputs)}`;
  leafKeys.set(query, key);
  return key;
}

function keyOf(query: NormalQuery, outer: NameRef): string {
  const { body } = query;
  switch (body.kind) {
    case 'opaque':
      return queryKey(toBound(query), outer);
    case 'set': {
      // What orders a union names its outputs: they are told by their places.
      const places: NameRef = (ref) => `out ${query.outputs.indexOf(ref.column)}`;
      return `${setKey(body, outer)}${endKey(query, places)}`;
    }
    case 'block': {
      const names = namesOf(body.block, outer);
      return `${blockKey(body.block, names)}${endKey(query, names)}`;
    }
  }
}

function endKey({ orderBy, limit, offset, limitModifier }: NormalQuery, names: NameRef): string {
  const order = orderBy.map(
    (item) =>
      `${exprKey(item.expr, names)} ${item.descending ? 'desc' : 'asc'} ${item.nulls ?? ''}`,
  );
  const [most, from] = [limit, offset].map((expr) =>
    expr === undefined ? '' : exprKey(expr, names),
  );
  return ` order ${order.join(',')} limit ${most} ${from} ${limitModifier ?? ''}`;
}

type SetBody = Extract<NormalQuery['body'], { kind: 'set' }>;

/** The members of unions and intersections commute, and those of one and the same operator nest either way. */
function setKey(body: SetBody, outer: NameRef): string {
  const keys = membersOf(body).map((member) => keyOf(member, outer));
  const sorted = body.op === 'except' ? keys : keys.toSorted();
  return `(${body.op} ${body.all} ${sorted.map((key) => `{${key}}`).join(' ')})`;
}

function membersOf(body: SetBody): readonly NormalQuery[] {
  return [body.left, body.right].flatMap((member) => {
    const inner = member.body;
    const isCut =
      member.limit !== undefined || member.offset !== undefined || member.orderBy.length > 0;
    const nests = inner.kind === 'set' && inner.op === body.op && inner.all === body.all && !isCut;
    return nests && body.op !== 'except' ? membersOf(inner) : [member];
  });
}

function blockKey(block: Block, names: NameRef): string {
  const { groupBy, groupingSets } = block;
  const groups =
    groupBy === undefined
      ? '-'
      : groupingSets === undefined
        ? sortedKeys(groupBy, names)
        : `${groupBy.map((expr) => exprKey(expr, names)).join(' ')} ${JSON.stringify(groupingSets)}`;
  return [
    `select ${block.distinct ? 'distinct' : ''}`,
    block.items.map((item) => exprKey(item.expr, names)).join(', '),
    `from ${clusterKey(clusterOf(block.from), names)}`,
    `where ${sortedKeys(block.where, names)}`,
    `group ${groups}`,
    `having ${sortedKeys(block.having, names)}`,
  ].join(' ');
}

function clusterKey({ leaves, satellites }: Cluster, names: NameRef): string {
  const own = leaves.map((leaf) => leafText(leaf, names)).toSorted();
  return `[${own.join(' ')}${satellites.map((each) => satelliteKey(each, names)).join('')}]`;
}

function leafText(leaf: Leaf, names: NameRef): string {
  switch (leaf.kind) {
    case 'table':
      return `${names({ kind: 'ref', occ: leaf.occ, column: '' })}=${leaf.relation}`;
    case 'query':
      return `${names({ kind: 'ref', occ: leaf.occ, column: '' })}={${sourceKey(leaf.query)}}`;
    case 'full':
      return `(${clusterKey(leaf.left, names)} full ${clusterKey(leaf.right, names)} on ${sortedKeys(leaf.on, names)})`;
  }
}

function satelliteKey({ join, right, on }: Satellite, names: NameRef): string {
  return ` ${join} ${clusterKey(right, names)} on ${sortedKeys(on, names)}`;
}

function sortedKeys(exprs: readonly BoundExpr[], names: NameRef): string {
  return [...new Set(exprs.map((expr) => exprKey(expr, names)))].toSorted().join(' ');
}

/** Numbers the sources of a block in an order of their own, so that it does not matter how a text lists them. */
function namesOf(block: Block, outer: NameRef): NameRef {
  const numbers = new Map<number, number>();
  for (const leaf of inOrder(clusterOf(block.from))) {
    numbers.set(leaf.occ, numbers.size);
  }
  return (ref) => {
    const number = numbers.get(ref.occ);
    return number === undefined ? outer(ref) : `s${number}.${ref.column}`;
  };
}

type Source = Exclude<Leaf, { kind: 'full' }>;

function inOrder({ leaves, satellites }: Cluster): readonly Source[] {
  const own = leaves
    .map((leaf) => ({ leaf, name: nameOf(leaf) }))
    .toSorted((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)))
    .flatMap(({ leaf }): readonly Source[] =>
      leaf.kind === 'full' ? [...inOrder(leaf.left), ...inOrder(leaf.right)] : [leaf],
    );
  return [...own, ...satellites.flatMap((satellite) => inOrder(satellite.right))];
}

function nameOf(leaf: Leaf): string {
  switch (leaf.kind) {
    case 'table':
      return `0 ${leaf.relation}`;
    case 'query':
      return `1 ${sourceKey(leaf.query)}`;
    case 'full':
      return '2';
  }
}
