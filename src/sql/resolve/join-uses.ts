import type { BoundExpr, BoundFrom, BoundQuery, BoundSelect } from '../bound.ts';
import type { ColumnOf, JoinUse } from '../query-shape.ts';
import { type BaseColumn, baseOf } from './base-of.ts';
import {
  type Leaf,
  leavesOf,
  type Occurrences,
  occurrencesOf,
  selectExprs,
} from './occurrences.ts';
import { nodesOf, queryIn } from './walk-expr.ts';

type Kind = JoinUse['kind'];
type Ref = Extract<BoundExpr, { readonly kind: 'ref' }>;

/**
 * The equalities between base columns of two occurrences that a statement joins by: ON, USING and WHERE of every
 * select of it, correlated and IN subqueries as semi, anti or (scalar) left joins. Columns are followed
 * through derived tables, CTEs and views as long as they are passed on unchanged.
 */
export function joinUses(
  query: BoundQuery,
  occurrences: Occurrences = occurrencesOf(query),
): readonly JoinUse[] {
  const found = new Map<string, JoinUse>();

  function note(pair: readonly [Ref, Ref], kind: Kind): void {
    const [left, right] = pair.map((ref) => baseOf(ref, occurrences));
    if (left === undefined || right === undefined || left.occ === right.occ) {
      return;
    }
    const use = canonical(columnOf(left), columnOf(right), kind);
    found.set(JSON.stringify(use), use);
  }

  const seen = new Set<BoundQuery>();

  function visitQuery(inner: BoundQuery, correlatedAs: Kind): void {
    if (seen.has(inner)) {
      return;
    }
    seen.add(inner);
    const { body } = inner;
    if (body.kind === 'set') {
      visitQuery(body.left, correlatedAs);
      visitQuery(body.right, correlatedAs);
    }
    if (body.kind === 'select') {
      visitSelect(body, correlatedAs);
    }
    inner.orderBy.forEach(({ expr }) => visitInside(expr));
  }

  function visitSelect(select: BoundSelect, correlatedAs: Kind): void {
    const own = new Set(leavesOf(select.from).map(({ occ }) => occ));
    for (const conjunct of conjunctsOf(select.where)) {
      const pair = equalRefs(conjunct);
      if (pair !== undefined) {
        const [left, right] = pair;
        if (own.has(left.occ) && own.has(right.occ)) {
          note(pair, 'inner');
        } else if (own.has(left.occ) !== own.has(right.occ)) {
          note(own.has(left.occ) ? [right, left] : [left, right], correlatedAs);
        }
      }
      visitConjunct(conjunct);
    }
    visitFrom(select.from);
    const { where: _visited, ...others } = select;
    selectExprs(others).forEach(visitInside);
    for (const leaf of leavesOf(select.from)) {
      visitLeaf(leaf);
    }
  }

  function visitLeaf(leaf: Leaf): void {
    if (leaf.kind === 'derived') {
      visitQuery(leaf.query, 'inner');
    }
    if (leaf.kind === 'opaque-from') {
      leaf.sources.forEach(visitFrom);
      leaf.sources.flatMap(leavesOf).forEach(visitLeaf);
    }
  }

  /** A query inside a conjunct of WHERE keeps or drops rows: a semi or anti join. */
  function visitConjunct(conjunct: BoundExpr): void {
    const { expr, negated } = stripNot(conjunct);
    if (expr.kind === 'exists') {
      visitQuery(expr.query, expr.negated === negated ? 'semi' : 'anti');
    } else if (expr.kind === 'in-query') {
      const kind = expr.negated === negated ? 'semi' : 'anti';
      noteMembership(expr, kind);
      visitInside(expr.operand);
      visitQuery(expr.query, kind);
    } else {
      visitInside(conjunct);
    }
  }

  function noteMembership(
    { operand, query: inner }: Extract<BoundExpr, { readonly kind: 'in-query' }>,
    kind: Kind,
  ): void {
    const operands = operand.kind === 'tuple' ? operand.items : [operand];
    operands.forEach((left, at) => {
      const right = inner.body.kind === 'select' ? inner.body.items[at]?.expr : undefined;
      if (left.kind === 'ref' && right?.kind === 'ref') {
        note([left, right], kind);
      }
    });
  }

  function visitInside(expr: BoundExpr): void {
    for (const node of nodesOf(expr)) {
      const inner = queryIn(node);
      if (inner !== undefined) {
        visitQuery(inner, 'left');
      }
    }
  }

  function visitFrom(from: BoundFrom | undefined): void {
    if (from === undefined || from.kind !== 'join') {
      return;
    }
    visitFrom(from.left);
    visitFrom(from.right);
    const left = new Set(leavesOf(from.left).map(({ occ }) => occ));
    const right = new Set(leavesOf(from.right).map(({ occ }) => occ));
    for (const conjunct of conjunctsOf(from.on)) {
      const pair = equalRefs(conjunct);
      if (pair === undefined) {
        continue;
      }
      const [first, second] = pair;
      if (left.has(first.occ) && right.has(second.occ)) {
        note(pair, kindOf(from));
      } else if (left.has(second.occ) && right.has(first.occ)) {
        note([second, first], kindOf(from));
      } else if (from.join === 'inner') {
        note(pair, 'inner');
      }
    }
  }

  visitQuery(query, 'inner');
  return [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, use]) => use);
}

function kindOf({ join }: Extract<BoundFrom, { readonly kind: 'join' }>): Kind {
  return join === 'cross' || join === 'asof' || join === 'positional' ? 'inner' : join;
}

/** What must hold for a row to pass: AND split; of OR, what every branch demands. */
function conjunctsOf(expr: BoundExpr | undefined): readonly BoundExpr[] {
  const found: BoundExpr[] = [];
  const open = expr === undefined ? [] : [expr];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.kind === 'binary' && next.op === 'and') {
      open.push(next.right, next.left);
    } else {
      found.push(next, ...(next.kind === 'binary' && next.op === 'or' ? commonTo(next) : []));
    }
  }
  return found;
}

/** Branches of an OR looked at; a long list of alternatives joins nothing. */
const MOST_BRANCHES = 16;

function commonTo(or: BoundExpr): readonly BoundExpr[] {
  const branches: BoundExpr[] = [];
  const open = [or];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.kind === 'binary' && next.op === 'or') {
      open.push(next.right, next.left);
    } else {
      branches.push(next);
    }
  }
  const [first, ...rest] = branches.map(conjunctsOf);
  if (first === undefined || branches.length > MOST_BRANCHES) {
    return [];
  }
  const texts = rest.map((branch) => new Set(branch.map((expr) => JSON.stringify(expr))));
  return first.filter(
    (expr) => equalRefs(expr) !== undefined && texts.every((set) => set.has(JSON.stringify(expr))),
  );
}

function equalRefs(expr: BoundExpr): readonly [Ref, Ref] | undefined {
  const isEquality = expr.kind === 'binary' && expr.op === '=';
  return isEquality && expr.left.kind === 'ref' && expr.right.kind === 'ref'
    ? [expr.left, expr.right]
    : undefined;
}

function stripNot(expr: BoundExpr): { readonly expr: BoundExpr; readonly negated: boolean } {
  if (expr.kind === 'unary' && expr.op === 'not') {
    const inner = stripNot(expr.operand);
    return { expr: inner.expr, negated: !inner.negated };
  }
  return { expr, negated: false };
}

const MIRRORED: Partial<Record<Kind, Kind>> = { left: 'right', right: 'left' };

function columnOf({ relation, column }: BaseColumn): ColumnOf {
  return { relation, column };
}

function canonical(left: ColumnOf, right: ColumnOf, kind: Kind): JoinUse {
  const isInOrder =
    left.relation < right.relation ||
    (left.relation === right.relation && left.column <= right.column);
  return isInOrder
    ? { left, right, kind }
    : { left: right, right: left, kind: MIRRORED[kind] ?? kind };
}
