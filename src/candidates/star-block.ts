import type { RelationId } from '../base/relation.ts';
import type { BoundExpr } from '../sql/bound.ts';
import type { Block, JoinTree, NormalBody, NormalQuery } from '../sql/normal-query.ts';
import {
  exprKey,
  isBeyondMarts,
  mapRefs,
  type Ref,
  refsOf,
  refTo,
  someNode,
} from './expressions.ts';

/**
 * A block whose sources are plain tables, each once, joined by equalities into a tree: what a mart can be made of.
 * Occurrence numbers are positions in `relations`, so that equal blocks of different statements compare equal.
 */
export interface StarBlock {
  /** Sorted. */
  readonly relations: readonly RelationId[];
  readonly edges: readonly JoinEdge[];
  readonly filters: readonly BoundExpr[];
  /** Absent: does not aggregate. */
  readonly groupBy?: readonly BoundExpr[];
  readonly having: readonly BoundExpr[];
  readonly items: readonly BoundExpr[];
  readonly orderBy: readonly BoundExpr[];
  /** Every column it reads outside its joins, each once; as expressions and as `relation.column`. */
  readonly columns: readonly Ref[];
  readonly reads: ReadonlySet<string>;
}

/** All equalities between two relations of a block, `left` being the smaller id. */
export interface JoinEdge {
  readonly left: RelationId;
  readonly right: RelationId;
  /** Sorted pairs. */
  readonly pairs: readonly { readonly left: string; readonly right: string }[];
  /** `left`/`right`: an outer join that keeps all rows of that side. */
  readonly kind: 'inner' | 'left' | 'right';
}

/** The blocks of a query a mart could answer, from the outermost in; blocks that are no stars are left out. */
export function starBlocksOf(query: NormalQuery): readonly StarBlock[] {
  const blocks: StarBlock[] = [];
  someNode(query.body, (node) => {
    if (isBlockBody(node)) {
      const orderBy = node === (query.body as unknown) ? query.orderBy.map(({ expr }) => expr) : [];
      const star = starBlock(node.block, orderBy);
      if (star !== undefined) {
        blocks.push(star);
      }
    }
    return false;
  });
  return blocks;
}

function isBlockBody(node: {
  readonly kind?: unknown;
}): node is Extract<NormalBody, { kind: 'block' }> {
  return node.kind === 'block';
}

function starBlock(block: Block, orderBy: readonly BoundExpr[]): StarBlock | undefined {
  const tree = readTree(block.from);
  if (tree === undefined || block.groupingSets !== undefined || tree.tables.length === 0) {
    return undefined;
  }
  const relations = tree.tables.map(({ relation }) => relation).toSorted();
  if (new Set(relations).size !== relations.length) {
    return undefined;
  }
  const placeOf = new Map(
    tree.tables.map(({ occ, relation }) => [occ, relations.indexOf(relation)]),
  );
  const outside = (expr: unknown) => refsOf(expr).some(({ occ }) => !placeOf.has(occ));
  const canonical = <Piece>(piece: Piece) =>
    mapRefs(piece, ({ occ, column }) => refTo(placeOf.get(occ) ?? -1, column));

  const edges = new Map<string, EdgeParts>();
  const filters: BoundExpr[] = [];
  for (const conjunct of canonical(block.where)) {
    const pair = equalityOf(conjunct);
    if (pair === undefined || !addPair(edges, pair, { relations, kind: 'inner' })) {
      filters.push(conjunct);
    }
  }
  for (const { nullSupplied, on } of tree.outer) {
    const nullPlace = placeOf.get(nullSupplied);
    for (const conjunct of canonical(on)) {
      const pair = equalityOf(conjunct);
      if (pair === undefined || !pair.some(({ occ }) => occ === nullPlace)) {
        return undefined;
      }
      const [kept] = pair.filter(({ occ }) => occ !== nullPlace);
      const kind = kept?.occ === Math.min(pair[0].occ, pair[1].occ) ? 'left' : 'right';
      if (!addPair(edges, pair, { relations, kind })) {
        return undefined;
      }
    }
  }

  const items = block.items.map(({ expr }) => expr);
  const everything = [block.where, block.groupBy, block.having, items, orderBy];
  if (outside(everything) || isBeyondMarts(everything) || !isTree(relations, [...edges.values()])) {
    return undefined;
  }
  const columns = new Map(
    refsOf([filters, canonical([block.groupBy ?? [], block.having, items, orderBy])]).map((ref) => [
      `${relations[ref.occ] ?? ''}.${ref.column}`,
      ref,
    ]),
  );
  const groupBy = block.distinct && block.groupBy === undefined ? items : block.groupBy;
  return {
    relations,
    edges: [...edges.values()]
      .map((edge) => ({
        ...edge,
        pairs: edge.pairs.toSorted((a, b) => (exprKey(a) < exprKey(b) ? -1 : 1)),
      }))
      .toSorted((a, b) => (edgeKey(a) < edgeKey(b) ? -1 : 1)),
    filters,
    ...(groupBy === undefined ? {} : { groupBy: canonical(groupBy) }),
    having: canonical(block.having),
    items: canonical(items),
    orderBy: canonical(orderBy),
    columns: [...columns.values()],
    reads: new Set(columns.keys()),
  };
}

/** Equal text, the same columns joined. */
export function edgeKey(edge: JoinEdge): string {
  const known = EDGE_KEYS.get(edge);
  if (known !== undefined) {
    return known;
  }
  const { left, right, pairs } = edge;
  const key = `${left} = ${right} on ${pairs.map((pair) => `${pair.left}=${pair.right}`).join(',')}`;
  EDGE_KEYS.set(edge, key);
  return key;
}

const EDGE_KEYS = new WeakMap<JoinEdge, string>();

interface EdgeParts extends JoinEdge {
  readonly pairs: { readonly left: string; readonly right: string }[];
}

interface TreeParts {
  readonly tables: readonly { readonly occ: number; readonly relation: RelationId }[];
  readonly outer: readonly { readonly nullSupplied: number; readonly on: readonly BoundExpr[] }[];
}

function readTree(tree: JoinTree): TreeParts | undefined {
  switch (tree.kind) {
    case 'table':
      return { tables: [tree], outer: [] };
    case 'inner': {
      const members = tree.members.map(readTree);
      return members.every((member) => member !== undefined)
        ? {
            tables: members.flatMap(({ tables }) => tables),
            outer: members.flatMap(({ outer }) => outer),
          }
        : undefined;
    }
    case 'outer': {
      const left = readTree(tree.left);
      if (tree.join !== 'left' || tree.right.kind !== 'table' || left === undefined) {
        return undefined;
      }
      return {
        tables: [...left.tables, tree.right],
        outer: [...left.outer, { nullSupplied: tree.right.occ, on: tree.on }],
      };
    }
    case 'none':
    case 'query':
      return undefined;
  }
}

function equalityOf(conjunct: BoundExpr) {
  if (
    conjunct.kind !== 'binary' ||
    conjunct.op !== '=' ||
    conjunct.left.kind !== 'ref' ||
    conjunct.right.kind !== 'ref' ||
    conjunct.left.occ === conjunct.right.occ
  ) {
    return undefined;
  }
  return [conjunct.left, conjunct.right] as const;
}

function addPair(
  edges: Map<string, EdgeParts>,
  [a, b]: readonly [{ occ: number; column: string }, { occ: number; column: string }],
  {
    relations,
    kind,
  }: { readonly relations: readonly RelationId[]; readonly kind: JoinEdge['kind'] },
): boolean {
  const [left, right] = a.occ < b.occ ? [a, b] : [b, a];
  const [leftRelation, rightRelation] = [relations[left.occ], relations[right.occ]];
  if (leftRelation === undefined || rightRelation === undefined) {
    return false;
  }
  const key = `${left.occ}/${right.occ}`;
  const edge = edges.get(key);
  if (edge === undefined) {
    const pairs = [{ left: left.column, right: right.column }];
    edges.set(key, { left: leftRelation, right: rightRelation, pairs, kind });
    return true;
  }
  if (edge.kind !== kind) {
    return false;
  }
  if (!edge.pairs.some((pair) => pair.left === left.column && pair.right === right.column)) {
    edge.pairs.push({ left: left.column, right: right.column });
  }
  return true;
}

/** Connected and without cycles: one edge less than relations, all reached. */
function isTree(relations: readonly RelationId[], edges: readonly JoinEdge[]): boolean {
  if (edges.length !== relations.length - 1) {
    return false;
  }
  const reached = new Set(relations.slice(0, 1));
  for (let grown = true; grown; ) {
    const next = edges.filter(({ left, right }) => reached.has(left) !== reached.has(right));
    next.forEach(({ left, right }) => reached.add(left).add(right));
    grown = next.length > 0;
  }
  return reached.size === relations.length;
}
