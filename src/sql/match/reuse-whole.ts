import type { CertificateEntry } from '../../marts/certificate.ts';
import type { BoundExpr } from '../bound.ts';
import type { Block, NormalQuery } from '../normal-query.ts';
import { exprKey } from '../normalize/expr-key.ts';
import type { PreparedMart } from './prepared.ts';
import type { Rewriting } from './rewriting.ts';
import { cutOf, wholeKey } from './whole-key.ts';

/** A mart whose definition is the query, whatever it contains; or holds the rows its limit cuts from. */
export function reuseWhole(query: NormalQuery, rewriting: Rewriting): NormalQuery | undefined {
  const { limit: _limit, offset: _offset, ...rest } = query;
  const isCut = query.limit !== undefined || query.offset !== undefined;
  const { wholes } = rewriting.index;
  const cutAlike = isCut ? wholes(wholeKey(query)) : [];
  for (const mart of [...cutAlike, ...wholes(wholeKey({ ...rest, orderBy: [] }))]) {
    const found =
      isCut || !mart.isLimited
        ? reuse(mart.isLimited ? rest : query, { mart, rewriting })
        : undefined;
    if (found !== undefined) {
      return found;
    }
  }
  return reuseCut(query, rewriting);
}

/** `limit 4 offset 2` from a mart that holds `limit 10` of the same rows in the same order. */
function reuseCut(query: NormalQuery, rewriting: Rewriting): NormalQuery | undefined {
  const asked = cutOf(query);
  if (asked?.most === undefined) {
    return undefined;
  }
  for (const mart of rewriting.index.wholes(asked.key)) {
    const { cut } = mart;
    const isInside =
      cut !== undefined &&
      asked.from >= cut.from &&
      (cut.most === undefined || asked.from + asked.most <= cut.from + cut.most);
    if (!isInside) {
      continue;
    }
    const { offset: _offset, ...rest } = query;
    const from = asked.from - cut.from;
    const moved: NormalQuery = {
      ...rest,
      ...(from === 0n
        ? {}
        : { offset: { kind: 'literal', type: 'number', text: String(from) } as const }),
    };
    const found = reuse(moved, { mart, rewriting });
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

function reuse(
  query: NormalQuery,
  { mart, rewriting }: { readonly mart: PreparedMart; readonly rewriting: Rewriting },
): NormalQuery | undefined {
  const rewritten = mart.unfit === undefined ? readWhole(query, { mart, rewriting }) : undefined;
  if (rewritten === undefined) {
    return undefined;
  }
  const entry: CertificateEntry = {
    step: 'exact',
    because: `the query is the definition of ${mart.view.relation}`,
    facts: [],
  };
  rewriting.used.add(mart);
  rewriting.entries.push(entry);
  return rewritten;
}

function readWhole(
  query: NormalQuery,
  { mart, rewriting }: { readonly mart: PreparedMart; readonly rewriting: Rewriting },
): NormalQuery | undefined {
  const occ = rewriting.nextOcc();
  const columns = query.outputs.map((_name, index): BoundExpr | undefined => {
    const name = mart.usableWhole[index] === true ? mart.view.columns[index]?.name : undefined;
    return name === undefined ? undefined : { kind: 'ref', occ, column: name };
  });
  const items = query.outputs.flatMap((name, index) => {
    const expr = columns[index];
    return expr === undefined ? [] : [{ name, expr }];
  });
  const orderBy = query.orderBy.flatMap((item) => {
    const expr = columns[positionOf(item.expr, query)];
    return expr === undefined ? [] : [{ ...item, expr }];
  });
  if (items.length !== query.outputs.length || orderBy.length !== query.orderBy.length) {
    return undefined;
  }
  const block: Block = {
    from: { kind: 'table', occ, relation: mart.view.relation },
    where: [],
    having: [],
    items,
    distinct: false,
    barriers: [],
  };
  return { ...query, body: { kind: 'block', block }, orderBy };
}

/** The output an ORDER BY expression is, or -1. */
function positionOf(expr: BoundExpr, { body, outputs }: NormalQuery): number {
  if (body.kind === 'block') {
    return body.block.items.findIndex((item) => exprKey(item.expr) === exprKey(expr));
  }
  if (body.kind === 'opaque' && body.whole?.kind === 'select') {
    return body.whole.items.findIndex((item) => exprKey(item.expr) === exprKey(expr));
  }
  return expr.kind === 'ref' ? outputs.indexOf(expr.column) : -1;
}
