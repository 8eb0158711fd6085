import type { ExprOf } from '../ir.ts';

/** The direct parts of an expression, in reading order; queries inside are not parts. */
export function partsOf<Q>(expr: ExprOf<Q>): readonly ExprOf<Q>[] {
  switch (expr.kind) {
    case 'column':
    case 'ref':
    case 'literal':
    case 'parameter':
    case 'exists':
    case 'subquery':
      return [];
    case 'call':
      if (expr.orderBy.length === 0 && expr.filter === undefined && expr.over === undefined) {
        return expr.args;
      }
      return [
        ...expr.args,
        ...expr.orderBy.map((item) => item.expr),
        ...(expr.filter === undefined ? [] : [expr.filter]),
        ...(expr.over?.partitionBy ?? []),
        ...(expr.over?.orderBy ?? []).map((item) => item.expr),
      ];
    case 'binary':
    case 'quantified':
      return [expr.left, expr.right];
    case 'unary':
    case 'is':
    case 'cast':
    case 'in-query':
      return [expr.operand];
    case 'between':
      return [expr.operand, expr.low, expr.high];
    case 'in-list':
      return [expr.operand, ...expr.list];
    case 'case':
      return [
        ...(expr.operand === undefined ? [] : [expr.operand]),
        ...expr.whens.flatMap(({ when, then }) => [when, then]),
        ...(expr.otherwise === undefined ? [] : [expr.otherwise]),
      ];
    case 'extract':
      return [expr.from];
    case 'interval':
      return [expr.amount];
    case 'star':
      return expr.replace.map((item) => item.expr);
    case 'access':
      return [
        expr.base,
        ...expr.steps.flatMap((step) => (step.kind === 'index' ? [step.index] : [])),
      ];
    case 'tuple':
    case 'array':
      return expr.items;
    case 'struct':
      return expr.fields.map((item) => item.expr);
    case 'lambda':
      return [expr.body];
    case 'opaque':
      return expr.inside;
  }
}

/**
 * Every node of an expression, parents first, queries inside left out; costs no stack. What is inside a node
 * that `isWhole` says is one is left out too.
 */
export function* nodesOf<Q>(
  expr: ExprOf<Q>,
  isWhole?: (node: ExprOf<Q>) => boolean,
): Generator<ExprOf<Q>> {
  const open: ExprOf<Q>[] = [expr];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    yield node;
    const parts = isWhole?.(node) === true ? [] : partsOf(node);
    for (let at = parts.length - 1; at >= 0; at -= 1) {
      const part = parts[at];
      if (part !== undefined) {
        open.push(part);
      }
    }
  }
}

/** The query directly inside an expression node, if it is one that holds a query. */
export function queryIn<Q>(expr: ExprOf<Q>): Q | undefined {
  return expr.kind === 'exists' || expr.kind === 'subquery' || expr.kind === 'in-query'
    ? expr.query
    : undefined;
}

const AGGREGATES = new Set(
  `sum count avg min max any_value arg_min arg_max min_by max_by stddev stddev_pop stddev_samp variance var_pop
  var_samp median mode quantile quantile_cont quantile_disc percentile_cont percentile_disc approx_count_distinct
  approx_quantile approx_percentile array_agg list string_agg listagg group_concat bool_and bool_or count_if countif
  sumif logical_and logical_or bit_and bit_or bit_xor corr covar_pop covar_samp regr_slope first last any_value
  histogram product kurtosis skewness entropy mad fsum sum_no_overflow collect_list collect_set object_agg map_agg
  json_agg jsonb_agg json_object_agg hll approx_distinct approx_top_k grouping grouping_id count_star every
  boolor_agg booland_agg array_unique_agg approx_top_count array_concat_agg max_n`.split(/\s+/),
);

/** Whether a call without OVER is an aggregate in some dialect we read. */
export function isAggregateCall<Q>(expr: ExprOf<Q>): boolean {
  return (
    expr.kind === 'call' &&
    expr.over === undefined &&
    (AGGREGATES.has(expr.name) || expr.distinct || expr.filter !== undefined)
  );
}

export function holdsAggregate<Q>(expr: ExprOf<Q>): boolean {
  for (const node of nodesOf(expr)) {
    if (isAggregateCall(node)) {
      return true;
    }
  }
  return false;
}

export function holdsWindow<Q>(expr: ExprOf<Q>): boolean {
  for (const node of nodesOf(expr)) {
    if (node.kind === 'call' && node.over !== undefined) {
      return true;
    }
  }
  return false;
}
