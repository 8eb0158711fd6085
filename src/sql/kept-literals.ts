import {
  isDatePart,
  isFormat,
  isIntervalText,
  isJsonPath,
  isNeutralNumber,
  isSeparator,
  isSmallNumber,
  isTimeZone,
  isWay,
} from './literal-kinds.ts';

/**
 * Which literals are part of a statement's shape, not of its data: the one place both the fingerprint (on tokens)
 * and `dropLiterals` (on the IR) ask, so that a template and its shape agree. Everything else goes (rule 17): among it what
 * texts are searched for (patterns, prefixes), values that stand in for others, and what objects are made of.
 */
export interface KeptArguments {
  /** `month` in `date_trunc('month', x)`. */
  readonly parts: boolean;
  /** `%Y-%m` in `strftime(x, '%Y-%m')`: made of directives and separators only. */
  readonly formats: boolean;
  /** `$.a.b` in `json_extract(x, '$.a.b')`: keys that read like names. */
  readonly paths: boolean;
  /** `Europe/Rome` in `date(x, 'Europe/Rome')`. */
  readonly zones: boolean;
  /** `1 hour` in `window(x, '1 hour')`. */
  readonly spans: boolean;
  /** `-` in `split_part(x, '-', 2)`: signs alone. */
  readonly separators: boolean;
  /** `START` in `time_slice(x, 1, 'HOUR', 'START')`. */
  readonly ways: boolean;
  /** `2` in `round(x, 2)`, `0.9` in `quantile_cont(x, 0.9)`: see `isSmallNumber`. */
  readonly numbers: boolean;
  /** `16777216` in `varchar(16777216)`. */
  readonly sizes: boolean;
}

const PART_FUNCTIONS = `
  date_trunc datetime_trunc timestamp_trunc time_trunc trunc date_part datepart extract datediff date_diff
  datetime_diff timestamp_diff timestampdiff time_diff dateadd date_add date_sub datesub timestampadd timeadd
  datetime_add timestamp_add datetime_sub timestamp_sub last_day next_day time_slice date_bin time_bucket
  datename date_floor to_interval`;

const FORMAT_FUNCTIONS = `
  strftime strptime try_strptime date_format format_date format_datetime format_time format_timestamp parse_date
  parse_datetime parse_time parse_timestamp str_to_date to_char to_varchar to_date to_time to_timestamp
  to_timestamp_ntz to_timestamp_ltz to_timestamp_tz try_to_date try_to_time try_to_timestamp try_to_timestamp_ntz
  try_to_timestamp_ltz try_to_timestamp_tz to_number to_numeric to_decimal try_to_number try_to_numeric
  try_to_decimal time_format date_parse from_unixtime unix_timestamp to_unix_timestamp trunc format format_string
  format_number printf`;

const PATH_FUNCTIONS = `
  json_extract json_extract_string json_extract_scalar json_extract_path json_extract_path_text json_value
  json_query json_exists get_json_object get_path get xmlget json_extract_array json_query_array json_value_array
  json_extract_string_array json_array_length json_length json_type element_at jsonb_extract_path
  jsonb_extract_path_text jsonb_path_query jsonb_path_query_first jsonb_path_query_array jsonb_path_exists
  get_json_string get_json_int get_json_double struct_extract map_extract variant_get try_variant_get try_element_at
  object_pick object_delete`;

const ZONE_FUNCTIONS = `
  timezone convert_timezone from_utc_timestamp to_utc_timestamp date time datetime timestamp string date_trunc
  datetime_trunc timestamp_trunc format_timestamp parse_timestamp current_date current_time current_datetime`;

const SPAN_FUNCTIONS = 'window session_window date_bin time_bucket timestamp_bucket';

const SEPARATOR_FUNCTIONS = `
  split split_part string_split str_split string_to_array split_to_array strtok strtok_to_array substring_index
  string_agg listagg group_concat array_to_string array_join concat concat_ws replace translate trim ltrim rtrim btrim
  lpad rpad strpos instr charindex`;

const WAY_FUNCTIONS = `
  round time_slice encode decode to_binary try_to_binary digest parse_url try_parse_url next_day previous_day
  variant_get try_variant_get`;

const NUMBER_FUNCTIONS = `
  round trunc truncate ceil ceiling floor bround round_even format_number mod div power pow substr substring
  substring_index left right split_part regexp_extract regexp_extract_all regexp_substr regexp_instr ntile lag lead
  nth_value lpad rpad width_bucket range_bucket percentile percentile_cont percentile_disc percentile_approx
  approx_percentile approx_quantiles approx_quantile quantile quantile_cont quantile_disc reservoir_quantile
  approx_top_count approx_top_sum approx_top_k max min max_by min_by arg_max arg_min approx_count_distinct
  histogram_numeric equi_width_bins offset ordinal safe_offset safe_ordinal get slice array_slice list_slice
  list_extract array_extract element_at try_element_at elt time_slice date_bin time_bucket dateadd date_add date_sub
  timestampadd add_months to_days to_hours to_minutes to_seconds to_months to_years to_weeks make_interval
  to_timestamp to_timestamp_ntz to_timestamp_ltz to_timestamp_tz to_number to_numeric to_decimal try_to_number
  try_to_numeric try_to_decimal sha2 shiftleft shiftright getbit bit_get st_geohash h3_latlng_to_cell
  h3_longlatash3 init rollup cube string char float bit binary time timestamp timestamptz timestamp_ntz timestamp_ltz
  timestamp_tz datetime`;

const SIZED_TYPES =
  'decimal numeric number dec bignumeric varchar character nvarchar nchar varbinary';

export const KEEPS_NOTHING: KeptArguments = {
  parts: false,
  formats: false,
  paths: false,
  zones: false,
  spans: false,
  separators: false,
  ways: false,
  numbers: false,
  sizes: false,
};

/** What stands in the brackets of a type. */
export const KEEPS_SIZES: KeptArguments = { ...KEEPS_NOTHING, sizes: true };

const KEPT: ReadonlyMap<string, KeptArguments> = keptByName();

/** What a call of this function (or a type of this name; lower case) keeps of its direct literal arguments. */
export function keptArgumentsOf(name: string): KeptArguments {
  return KEPT.get(name) ?? KEEPS_NOTHING;
}

/** A list that is an argument, such as the shares of a quantile, stays where it is no longer and all in it stays. */
export const MOST_IN_KEPT_LIST = 16;

/** Whether a string that is a whole argument stays; `text` is without quotes. */
export function keepsStringArgument(kept: KeptArguments, text: string): boolean {
  return (
    (kept.parts && isDatePart(text)) ||
    (kept.formats && isFormat(text)) ||
    (kept.paths && isJsonPath(text)) ||
    (kept.zones && isTimeZone(text)) ||
    (kept.spans && isIntervalText(text)) ||
    (kept.separators && isSeparator(text)) ||
    (kept.ways && isWay(text))
  );
}

/** Whether a number that is a whole argument of a call stays. */
export function keepsNumberArgument(kept: KeptArguments, text: string): boolean {
  return (
    isNeutralNumber(text) ||
    (kept.numbers && isSmallNumber(text)) ||
    (kept.sizes && /^\d{1,9}$/.test(text))
  );
}

function keptByName(): Map<string, KeptArguments> {
  const kept = new Map<string, KeptArguments>();
  const note = (names: string, what: Partial<KeptArguments>): void => {
    for (const name of names.trim().split(/\s+/)) {
      kept.set(name, { ...(kept.get(name) ?? KEEPS_NOTHING), ...what });
    }
  };
  note(PART_FUNCTIONS, { parts: true });
  note(FORMAT_FUNCTIONS, { formats: true });
  note(PATH_FUNCTIONS, { paths: true });
  note(ZONE_FUNCTIONS, { zones: true });
  note(SPAN_FUNCTIONS, { spans: true });
  note(SEPARATOR_FUNCTIONS, { separators: true });
  note(WAY_FUNCTIONS, { ways: true });
  note(NUMBER_FUNCTIONS, { numbers: true });
  note(SIZED_TYPES, { sizes: true });
  return kept;
}
