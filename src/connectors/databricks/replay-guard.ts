import { ConnectorError } from '../connector-error.ts';

/** Texts and comments. */
const SILENT = /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"|--[^\n]*|\/\*[\s\S]*?\*\//g;

const UNSAFE: readonly (readonly [RegExp, string])[] = [
  [/`\s*\(/, 'it calls a function by a quoted name'],
  [/\.\s*[\w`]+\s*\(/, 'it calls a function of somebody’s own'],
  [/[;]\s*\S/, 'it is more than one statement'],
  [/\$\{|:\w/, 'it names things by variables'],
  [
    /\b(?:delta|parquet|csv|json|text|orc|avro|binaryfile)\s*\.\s*`/i,
    'it reads files by their path',
  ],
];

/** Words that stand before a bracket without calling anything, and types. */
const WORDS = `all and any as between by case char cross cube decimal distinct else end except exists filter from full group having in inner
intersect is join lateral left like limit not null numeric offset on or order outer over partition pivot qualify range recursive right rollup
rows select semi sets then union using values varchar when where window with grouping anti natural some dec`;

/** Functions that only compute on what they are given: Databricks has many more, some of which reach out of the warehouse. */
const COMPUTING = `abs acos add_months any_value approx_count_distinct approx_percentile array array_agg array_contains array_distinct
array_join array_size ascii asin atan avg base64 bigint bin bit_and bit_count bit_length bit_or bit_xor boolean bool_and bool_or bround btrim
cast ceil ceiling char_length character_length chr coalesce collect_list collect_set concat concat_ws contains conv convert_timezone corr cos
count count_if covar_pop covar_samp crc32 cume_dist curdate date date_add date_diff date_format date_from_unix_date date_part date_sub
date_trunc dateadd datediff datepart day dayname dayofmonth dayofweek dayofyear decode degrees dense_rank div double element_at endswith
equal_null every exp explode expm1 extract factorial first first_value float floor format_number format_string from_unixtime
get_json_object greatest grouping_id hash hex hour if iff ifnull initcap instr int isnan isnotnull isnull kurtosis lag last last_day last_value
lcase lead least left length levenshtein ln locate log log10 log1p log2 lower lpad ltrim make_date make_timestamp map max max_by md5 mean
median min min_by minute mod month months_between named_struct nanvl next_day nth_value ntile nullif nullifzero nvl nvl2 octet_length overlay
percent_rank percentile percentile_approx percentile_cont percentile_disc pi pmod position posexplode positive pow power quarter radians
rank regexp_count regexp_extract regexp_extract_all regexp_like regexp_replace regexp_substr repeat replace reverse right rint round
row_number rpad rtrim second sequence sha sha1 sha2 sign signum sin size skewness smallint sort_array soundex space split split_part sqrt
startswith std stddev stddev_pop stddev_samp string struct substr substring substring_index sum tan timestamp timestamp_micros
timestamp_millis timestamp_seconds timestampadd timestampdiff tinyint to_char to_date to_json to_number to_timestamp to_unix_timestamp
to_varchar translate trim trunc try_add try_avg try_cast try_divide try_element_at try_multiply try_subtract try_sum try_to_number
try_to_timestamp ucase unbase64 unhex unix_date unix_micros unix_millis unix_seconds unix_timestamp upper var_pop var_samp variance weekday
weekofyear width_bucket xxhash64 year zeroifnull`;

const KNOWN: ReadonlySet<string> = new Set(`${WORDS} ${COMPUTING}`.split(/\s+/));

/**
 * Why a stranger's statement is not safe to replay (rule 15), read from its text: one SELECT of functions that are known to do
 * nothing but compute. One refused too many does no harm.
 */
export function whyUnsafe(sql: string): string | undefined {
  const text = sql.replaceAll(SILENT, ' ');
  if (/['"]|\/\*/.test(text)) {
    return 'its texts cannot be told apart';
  }
  if (!/^[\s(]*(?:select|with)\b/i.test(text)) {
    return 'it is not a SELECT';
  }
  const found = UNSAFE.find(([pattern]) => pattern.test(text));
  if (found !== undefined) {
    return found[1];
  }
  // Behind AS stands an alias, with names for its columns in brackets, or a type.
  const called = [...text.matchAll(/(?<!\bas\s+)\b([A-Za-z_]\w*)\s*\(/gi)].map(([, name = '']) =>
    name.toLowerCase(),
  );
  const strange = called.find((name) => !KNOWN.has(name));
  return strange === undefined
    ? undefined
    : `it calls ${strange}, of which we do not know that it only computes`;
}

/** Raises CONNECTOR_UNSAFE_REPLAY with the reason. */
export function refuseUnsafe(sql: string, name: string): void {
  const addition = whyUnsafe(sql);
  if (addition !== undefined) {
    throw new ConnectorError('CONNECTOR_UNSAFE_REPLAY', name, { addition });
  }
}
