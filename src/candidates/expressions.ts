import type { BoundExpr, BoundQuery } from '../sql/bound.ts';
import type { NormalQuery } from '../sql/normal-query.ts';
import { isAggregate, natureOf } from '../sql/normalize/functions.ts';

export type Ref = Extract<BoundExpr, { kind: 'ref' }>;
export type Call = Extract<BoundExpr, { kind: 'call' }>;

type Node = { readonly kind?: unknown } & Readonly<Record<string, unknown>>;

/**
 * Visits every node below (and with) a piece of a query, outermost first, until one passes; expressions are plain
 * data. Tells whether one passed.
 */
export function someNode(piece: unknown, passes: (node: Node) => boolean): boolean {
  if (typeof piece !== 'object' || piece === null) {
    return false;
  }
  if (Array.isArray(piece)) {
    for (const item of piece) {
      if (someNode(item, passes)) {
        return true;
      }
    }
    return false;
  }
  const node = piece as Node;
  if (passes(node)) {
    return true;
  }
  for (const name in node) {
    if (someNode(node[name], passes)) {
      return true;
    }
  }
  return false;
}

export function refsOf(piece: unknown): readonly Ref[] {
  const refs: Ref[] = [];
  someNode(piece, (node) => {
    if (isRef(node)) {
      refs.push(node);
    }
    return false;
  });
  return refs;
}

/** Whether a literal was taken out of it, so that its value is not known. */
export function hasParameter(piece: unknown): boolean {
  return someNode(piece, ({ kind }) => kind === 'parameter');
}

/** Whether a constant is written in it. */
export function hasLiteral(piece: unknown): boolean {
  return someNode(piece, ({ kind, type }) => kind === 'literal' && type !== 'null');
}

/** Whether it holds anything a mart's definition may not: subqueries, windows, what no reader understood. */
export function isBeyondMarts(piece: unknown): boolean {
  return someNode(
    piece,
    (node) =>
      node.kind === 'opaque' ||
      node.kind === 'subquery' ||
      node.kind === 'exists' ||
      node.kind === 'in-query' ||
      node.kind === 'quantified' ||
      node.kind === 'lambda' ||
      (node.kind === 'call' && (node['over'] !== undefined || changesByItself(node['name']))),
  );
}

/** Whether its answer may change though its sources do not (unknown functions included): such a query has no mart. */
export function isVolatile(query: BoundQuery | NormalQuery | BoundExpr): boolean {
  return someNode(
    query,
    (node) =>
      (node.kind === 'call' && changesByItself(node['name'])) ||
      (node.kind === 'table' && Array.isArray(node['modifiers']) && node['modifiers'].length > 0) ||
      (Array.isArray(node['opaqueClauses']) && node['opaqueClauses'].length > 0),
  );
}

/** The aggregate calls inside, outermost ones only. */
export function aggregatesOf(piece: unknown): readonly Call[] {
  if (Array.isArray(piece)) {
    return piece.flatMap(aggregatesOf);
  }
  if (!isNode(piece)) {
    return [];
  }
  if (isCall(piece) && isAggregate(piece)) {
    return [piece];
  }
  return Object.values(piece).flatMap(aggregatesOf);
}

/** The same piece with every ref replaced. */
export function mapRefs<Piece>(piece: Piece, replace: (ref: Ref) => BoundExpr): Piece {
  return mapNodes(piece, replace) as Piece;
}

/** Equal text, equal expression. */
export function exprKey(piece: unknown): string {
  if (typeof piece !== 'object' || piece === null) {
    return JSON.stringify(piece) ?? '';
  }
  const known = KEYS.get(piece);
  if (known !== undefined) {
    return known;
  }
  const key = Array.isArray(piece)
    ? `[${piece.map(exprKey).join()}]`
    : `{${Object.entries(piece)
        .filter(([, member]) => member !== undefined)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, member]) => `${name}:${exprKey(member)}`)
        .join()}}`;
  KEYS.set(piece, key);
  return key;
}

/** Keys of pieces seen before; queries are never changed once made. */
const KEYS = new WeakMap<object, string>();

/** Columns by relation and name, then everything else: the order of a mart's columns. */
export function byPlace(a: BoundExpr, b: BoundExpr): number {
  const [one, two] = [placeOf(a), placeOf(b)];
  if (one === two) {
    return 0;
  }
  return one < two ? -1 : 1;
}

function placeOf(expr: BoundExpr): string {
  return expr.kind === 'ref'
    ? `0/${String(expr.occ).padStart(6, '0')}/${expr.column}`
    : `1/${exprKey(expr)}`;
}

export function refTo(occ: number, column: string): Ref {
  return { kind: 'ref', occ, column };
}

function changesByItself(name: unknown): boolean {
  return typeof name === 'string' && natureOf(name) !== 'immutable';
}

function isRef(node: Node): node is Node & Ref {
  return node.kind === 'ref';
}

function isCall(node: Node): node is Node & Call {
  return node.kind === 'call';
}

function mapNodes(piece: unknown, replace: (ref: Ref) => BoundExpr): unknown {
  if (Array.isArray(piece)) {
    return piece.map((item: unknown) => mapNodes(item, replace));
  }
  if (!isNode(piece)) {
    return piece;
  }
  if (isRef(piece)) {
    return replace(piece);
  }
  return Object.fromEntries(
    Object.entries(piece).map(([name, member]) => [name, mapNodes(member, replace)]),
  );
}

function isNode(piece: unknown): piece is Node {
  return typeof piece === 'object' && piece !== null && !Array.isArray(piece);
}
