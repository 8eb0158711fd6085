import type { BoundExpr } from '../bound.ts';
import type { Call } from './walk.ts';

/**
 * What a function may do to a rewrite. `immutable`: same arguments, same value, for ever. `stable`: one value within
 * a statement (`now()`). `volatile`: anything. `session`: depends on who asks. `unknown`: not in our list, so nothing is assumed.
 */
export type FunctionNature = 'immutable' | 'stable' | 'volatile' | 'session' | 'unknown';

const IMMUTABLE = words(`
  abs acos add_months age array_contains array_length ascii asin atan atan2 bar base64 bin bit_length bitwise_and
  bitwise_or bitwise_xor btrim cardinality cbrt ceil ceiling century char_length character_length chr coalesce concat
  concat_ws contains cos cot damerau_levenshtein date date_add date_diff date_format date_part date_sub date_trunc
  datediff datepart datesub datetrunc day dayname dayofmonth dayofweek dayofyear decade degrees div divide divmod
  ends_with endswith epoch era even exp factorial floor format from_base64 from_hex from_unixtime gamma gcd greatest
  hash hex hour if ifnull iff initcap instr is_null isnull isfinite isinf isnan isodow isoyear jaccard json_extract
  json_extract_string json_type json_valid last_day lcase lcm least left len length levenshtein lgamma ln locate log log10
  log2 lower lpad ltrim make_date make_timestamp md5 microsecond millennium millisecond minute mod month monthname
  months_between negative nullif nvl nvl2 octet_length pi position pow power printf quarter radians regexp_extract
  regexp_full_match regexp_like regexp_matches regexp_replace repeat replace reverse right round rpad rtrim second sha1
  sha256 sign sin split split_part sqrt starts_with startswith str_to_date strftime strip_accents strlen strpos strptime
  subdate substr substring subtract tan to_base64 to_date to_days to_hex translate trim trunc truncate try_divide
  typeof ucase unhex unicode unix_timestamp_ upper variant_get week weekday weekofyear xor year yearweek years zeroifnull
  struct_extract array_extract list_value list_extract list_contains map_extract element_at row struct_pack
  list_distinct flatten
  to_bitmap bitmap_count hll_hash hll_cardinality bitmap_hash bitmap_hash64 money_format
`);

const STABLE = words(`
  current_date current_time current_timestamp now getdate sysdate today localtime localtimestamp transaction_timestamp
  statement_timestamp curdate curtime get_current_timestamp get_current_time utc_timestamp utc_date
`);

const SESSION = words(`
  current_user session_user user current_role current_schema current_schemas current_database current_catalog
  current_setting current_warehouse current_account version connection_id pg_backend_pid is_role_in_session
`);

const VOLATILE = words(`
  random rand randn uniform uuid gen_random_uuid generate_uuid newid uuid_string nextval currval setseed sleep pg_sleep
  clock_timestamp timeofday seq1 seq2 seq4 seq8 randstr zipf normal txid_current rowid monotonically_increasing_id
  uuid_numeric write_log
`);

/** Aggregates whose value is determined by the multiset of their arguments. */
const AGGREGATES = words(`
  count sum min max avg mean count_if countif count_star stddev stddev_samp stddev_pop std var_samp var_pop variance
  median quantile_cont quantile_disc percentile_cont percentile_disc bool_and bool_or logical_and logical_or every
  bit_and bit_or bit_xor covar_pop covar_samp corr skewness kurtosis kurtosis_pop approx_quantile_ regr_slope
  regr_intercept regr_count regr_r2 entropy product approx_count_distinct approx_distinct ndv bitmap_union_count
  hll_union_agg multi_distinct_count multi_distinct_sum
`);

/** Aggregates that make a set or a sketch: settled by their arguments, and good for nothing but to be kept and counted. */
const SETS = words(
  'bitmap_union bitmap_agg bitmap_union_int intersect_count hll_union hll_raw_agg',
);

/** Calls that tell in which grouping set a row is; a grouped query alone may hold them. */
const GROUPING = words('grouping grouping_id');

/** Aggregates whose value depends on row order, on a sketch, or on the engine's mood. */
const LOOSE_AGGREGATES = words(`
  any_value arbitrary first last first_value last_value array_agg list group_array string_agg group_concat listagg
  array_concat_agg arg_min arg_max min_by max_by argmin argmax mode 
  approx_quantile approx_percentile approx_top_k percentile_approx hll hll_count
  histogram reservoir_quantile fsum kahan_sum sumkahan favg json_agg json_object_agg jsonb_agg
  json_group_array json_group_object object_agg map_agg array_unique_agg collect_list collect_set xmlagg
  geometric_mean weighted_avg max_n min_n group_id
`);

/** Aggregates that see each value once, so DISTINCT and duplicates change nothing. */
const DUPLICATE_FREE = words(
  'min max bool_and bool_or every logical_and logical_or bit_and bit_or',
);

/** Window functions whose value does not depend on how ties in their order are broken. */
const TIE_FREE_WINDOWS = words('rank dense_rank percent_rank cume_dist');
const OTHER_WINDOWS = words('row_number ntile lag lead first_value last_value nth_value');

export function natureOf(name: string): FunctionNature {
  if (IMMUTABLE.has(name) || isAggregateName(name)) {
    return 'immutable';
  }
  if (TIE_FREE_WINDOWS.has(name) || OTHER_WINDOWS.has(name)) {
    return 'immutable';
  }
  if (STABLE.has(name)) {
    return 'stable';
  }
  if (SESSION.has(name)) {
    return 'session';
  }
  return VOLATILE.has(name) ? 'volatile' : 'unknown';
}

export function isAggregate(expr: BoundExpr): expr is Call {
  return expr.kind === 'call' && expr.over === undefined && isAggregateName(expr.name);
}

function isAggregateName(name: string): boolean {
  return AGGREGATES.has(name) || SETS.has(name) || GROUPING.has(name) || LOOSE_AGGREGATES.has(name);
}

/** False for aggregates that two runs over the same rows may answer differently. */
export function isDetermined(call: Call): boolean {
  if (!AGGREGATES.has(call.name) && !SETS.has(call.name) && !GROUPING.has(call.name)) {
    return false;
  }
  return call.modifiers.every((modifier) => modifier === 'within group');
}

/** True for an aggregate that makes a set or a sketch. */
export function makesSet(expr: BoundExpr): expr is Call {
  return expr.kind === 'call' && expr.over === undefined && SETS.has(expr.name);
}

/** True for `grouping(a)` and `grouping_id(a, b)`. */
export function tellsGroupingSet(expr: BoundExpr): expr is Call {
  return expr.kind === 'call' && GROUPING.has(expr.name);
}

export function ignoresDuplicates(name: string): boolean {
  return DUPLICATE_FREE.has(name);
}

/** True for window calls that give every row one value, however ties in their order are broken. */
export function isTieFree(call: Call): boolean {
  if (call.over === undefined || call.modifiers.length > 0) {
    return false;
  }
  if (TIE_FREE_WINDOWS.has(call.name)) {
    return call.over.frame === undefined;
  }
  if (!AGGREGATES.has(call.name)) {
    return false;
  }
  return (
    call.over.frame === undefined || call.over.frame.startsWith('range between unbounded preceding')
  );
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
