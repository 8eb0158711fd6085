import type { ExprOf } from './ir.ts';

/**
 * How an aggregate of parts gives the aggregate of the whole. `additive`: parts are added. `idempotent`: the same
 * aggregate again, and a part counted twice does no harm. `algebraic`: from a fixed number of additive parts.
 * `sketch`: only where the parts are kept as sketches. `holistic`: not from parts. `unknown`: not in our list.
 */
export type Additivity =
  | 'additive'
  | 'idempotent'
  | 'algebraic'
  | 'sketch'
  | 'holistic'
  | 'unknown';

const NATURES: readonly (readonly [Additivity, string])[] = [
  ['additive', 'sum count count_if countif count_star sumif bit_xor sum_no_overflow fsum'],
  [
    'idempotent',
    `min max any_value bool_and bool_or boolor_agg booland_agg every logical_and logical_or bit_and bit_or
    arg_min arg_max min_by max_by array_unique_agg collect_set`,
  ],
  [
    'algebraic',
    `avg stddev stddev_pop stddev_samp variance var_pop var_samp corr covar_pop covar_samp regr_slope regr_intercept
    regr_r2 regr_avgx regr_avgy regr_sxx regr_syy regr_sxy skewness kurtosis avgif product`,
  ],
  [
    'sketch',
    `approx_count_distinct approx_distinct approx_quantile approx_quantiles approx_percentile approx_top_k approx_top_count
    hll hll_union_agg approx_percentile_cont ndv`,
  ],
  [
    'holistic',
    `median mode quantile quantile_cont quantile_disc percentile percentile_cont percentile_disc array_agg list string_agg
    listagg group_concat collect_list first last json_agg jsonb_agg json_object_agg map_agg object_agg entropy mad histogram`,
  ],
];

const NATURE_OF = new Map<string, Additivity>(
  NATURES.flatMap(([nature, names]) =>
    names.split(/\s+/).map((name): [string, Additivity] => [name, nature]),
  ),
);

/** Of an aggregate call; DISTINCT makes of a sum something that parts do not give. */
export function additivityOf<Q>({
  name,
  distinct,
}: Extract<ExprOf<Q>, { readonly kind: 'call' }>): Additivity {
  const nature = NATURE_OF.get(name) ?? 'unknown';
  return distinct && nature !== 'idempotent' ? 'holistic' : nature;
}
