import type { CertificateEntry } from '../../marts/certificate.ts';
import type { BoundExpr } from '../bound.ts';
import { exprKey } from '../normalize/expr-key.ts';
import { isAggregate } from '../normalize/functions.ts';
import { replaceIn } from '../normalize/replace-in.ts';
import type { Call } from '../normalize/walk.ts';
import { partsOf } from '../normalize/walk.ts';
import { coverWith } from './cover.ts';
import { slicesOf } from './grouping-slice.ts';
import { implies, premisesOf } from './implies.ts';
import { Miss } from './miss.ts';
import { onlyValue } from './only-value.ts';
import { columnOf, overGrouped } from './over-grouped.ts';
import type { Top, TopParts } from './project-over.ts';
import { checkGroupingSets } from './project-over.ts';
import { rollUp } from './roll-up.ts';
import { sameGrain } from './same-grain.ts';

/** The query over a mart that has grouped its rows: at the same grain as it is, at a coarser one grouped again. */
export function groupOver(parts: TopParts): Top {
  const { query, martBlock } = parts;
  if (martBlock.block.groupingSets !== undefined) {
    return overSlice(parts);
  }
  if (query.groupBy === undefined) {
    throw new Miss(5, {
      code: 'NEEDS_ROWS',
      text: 'the query needs single rows, and the mart has grouped them',
    });
  }
  if (parts.martKeys?.length === 0) {
    return wholeAggregate(parts);
  }
  const isScalar = query.groupBy.length === 0;
  const grain = sameGrain(parts);
  const isSettled = grain !== undefined;
  const isSameGrain = isSettled && !isScalar;
  checkHaving(parts, isSameGrain);
  const exact = isSameGrain ? attemptExact(parts) : undefined;
  const top = exact ?? rolledUp(parts, isSettled && isScalar);
  return { ...top, entries: [...top.entries, ...(grain?.entries ?? [])] };
}

/** The query over the coarsest grain of a mart of several that answers it. */
function overSlice(parts: TopParts): Top {
  let nearest = new Miss(5, {
    code: 'MART_GROUPING_SETS',
    text: 'the mart holds several grains at once, which no column tells apart; with grouping() of its keys it may match',
  });
  for (const slice of slicesOf(parts)) {
    try {
      return groupOver(slice);
    } catch (error) {
      if (!(error instanceof Miss)) {
        throw error;
      }
      nearest = error.steps >= nearest.steps ? error : nearest;
    }
  }
  throw nearest;
}

/** A mart without grouping keys is one row: it answers aggregates of the same rows, which follow from its own. */
function wholeAggregate(parts: TopParts): Top {
  const { query, where, joinsBack, martBlock } = parts;
  const isSame =
    query.groupBy?.length === 0 &&
    query.block.groupingSets === undefined &&
    where.length === 0 &&
    !joinsBack &&
    martBlock.block.having.length === 0;
  if (!isSame) {
    throw new Miss(5, {
      code: 'MART_HAS_NO_KEYS',
      text: 'the mart holds one row for all its rows, and the query filters or groups them',
    });
  }
  return attemptExact(parts) ?? rolledUp(parts, true);
}

/** A mart that dropped groups answers only queries that drop them too, at the same grain. */
function checkHaving({ martBlock, query, scope, premises }: TopParts, isSameGrain: boolean): void {
  const { having } = martBlock.block;
  if (having.length === 0) {
    return;
  }
  const asked = premisesOf({
    conditions: [...premises.conditions, ...query.block.having],
    scope,
    notNull: [],
  });
  if (!isSameGrain || !having.every((condition) => implies(asked, condition))) {
    throw new Miss(5, {
      code: 'MART_DROPS_GROUPS',
      text: 'the mart keeps only groups that satisfy its HAVING, which the query does not ask at the same grain',
    });
  }
}

/** Every aggregate as the mart's own column; nothing where one of them is not there as it is. */
function attemptExact(parts: TopParts): Top | undefined {
  const { query, premises, outputs } = parts;
  const { nameOf } = premises.equalities;
  const measures = new Map(
    outputs.measures.map(({ expr, column }) => [exprKey(expr, nameOf), column]),
  );
  let isComplete = true;
  const over = overGroups(parts, (call) => {
    const column = measures.get(exprKey(call, nameOf));
    isComplete &&= column !== undefined;
    return column ?? call;
  });
  const wholly = (expr: BoundExpr): BoundExpr => measures.get(exprKey(expr, nameOf)) ?? over(expr);
  query.groupBy?.forEach(over);
  const having = query.block.having.map(wholly);
  const items = query.block.items.map((item) => ({ ...item, expr: wholly(item.expr) }));
  const orderBy = parts.orderBy.map(wholly);
  if (!isComplete) {
    return undefined;
  }
  return {
    block: {
      from: parts.from,
      where: [...parts.where, ...having],
      having: [],
      items,
      distinct: query.distinct,
      barriers: [],
    },
    orderBy,
    effort: 0,
    entries: [
      {
        step: 'exact-grain',
        because: 'each group of the query is one row of the mart, with its aggregates',
        facts: [],
      },
    ],
  };
}

/** `isOneRow`: the keys are all pinned, so at most one row of the mart is left to aggregate. */
export function rolledUp(parts: TopParts, isOneRow: boolean): Top {
  const { query, outputs, premises, scope, dialect } = parts;
  const keys = keyCover(parts);
  const isOnTop = (expr: BoundExpr): boolean =>
    query.block.items.some((item) => staysANumber(item.expr, expr));
  let isApproximate = false;
  let isOrdering = false;
  const mayBeEmpty = query.groupBy?.length === 0 || query.block.groupingSets !== undefined;
  const ofGroups = (call: Call): BoundExpr => {
    const result = rollUp(call, {
      dialect,
      measures: outputs.measures,
      keys,
      premises,
      scope,
      mayBeEmpty,
    });
    const only = isOneRow && result.kind === 'miss' ? onlyValue(call, parts) : undefined;
    if (only !== undefined) {
      return only;
    }
    if (result.kind === 'miss') {
      throw new Miss(6, { code: result.code, text: result.text });
    }
    if (result.approximate && !(parts.mayApproximate && (isOrdering || isOnTop(call)))) {
      throw new Miss(6, {
        code: 'APPROXIMATE_IN_CONDITION',
        text: 'a rolled-up average may differ in its last digit, and the query compares or cuts by it',
      });
    }
    isApproximate ||= result.approximate;
    return result.expr;
  };
  const groupBy = (query.groupBy ?? []).map((key) => columnOf(keys.expr(key)));
  checkGroupingSets(query, groupBy);
  const over = overGrouped(parts, { groupBy, aggregate: ofGroups });
  const having = query.block.having.map(over);
  const items = query.block.items.map((item) => ({ ...item, expr: over(item.expr) }));
  isOrdering = true;
  const orderBy = parts.orderBy.map(over);
  const entries: CertificateEntry[] = [
    {
      step: 'rolled-up',
      because: 'the mart’s groups are grouped again, each aggregate computed from theirs',
      facts: [],
    },
  ];
  if (isApproximate) {
    entries.push({
      step: 'approximate',
      because:
        'an average is a sum divided by a count, so its last digit may differ from the engine’s own',
      facts: [],
    });
  }
  return {
    block: {
      from: parts.from,
      where: parts.where,
      groupBy,
      having,
      items,
      distinct: query.distinct,
      barriers: [],
      ...(query.block.groupingSets === undefined ? {} : { groupingSets: query.block.groupingSets }),
    },
    orderBy,
    effort: 1,
    entries,
  };
}

/** True when a part is given out as a number, with nothing but arithmetic around it. */
function staysANumber(whole: BoundExpr, part: BoundExpr): boolean {
  if (whole === part) {
    return true;
  }
  if (whole.kind === 'binary' && ['+', '-', '*', '/'].includes(whole.op)) {
    return staysANumber(whole.left, part) || staysANumber(whole.right, part);
  }
  return (
    whole.kind === 'call' &&
    ['round', 'coalesce', 'nullif'].includes(whole.name) &&
    whole.args.some((argument) => staysANumber(argument, part))
  );
}

function keyCover({ outputs, premises, scope, covered }: TopParts): ReturnType<typeof coverWith> {
  return coverWith({ outputs: outputs.rows, nameOf: premises.equalities.nameOf, scope, covered });
}

/** Rebuilds an expression over groups: aggregates by the given rule, everything else from the mart's keys. */
function overGroups(
  parts: TopParts,
  aggregate: (call: Call) => BoundExpr,
): (expr: BoundExpr) => BoundExpr {
  const cover = keyCover(parts);
  const fromKeys = (expr: BoundExpr): BoundExpr => columnOf(cover.expr(expr));
  const over = (expr: BoundExpr): BoundExpr =>
    replaceIn(expr, (part) => {
      if (isAggregate(part)) {
        return aggregate(part);
      }
      // Aggregates of a query inside are of that query's rows, not of the mart's.
      if (!hasOuterAggregate(part)) {
        return fromKeys(part);
      }
      if (part.kind !== 'in-query') {
        return undefined;
      }
      const inner = fromKeys({ kind: 'subquery', query: part.query });
      return inner.kind === 'subquery'
        ? { ...part, operand: over(part.operand), query: inner.query }
        : undefined;
    });
  return over;
}

function hasOuterAggregate(expr: BoundExpr): boolean {
  return isAggregate(expr) || partsOf(expr).some(hasOuterAggregate);
}
