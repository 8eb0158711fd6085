/**
 * Which literals are part of a statement's shape, not of its data: the one place both the fingerprint (on tokens)
 * and `dropLiterals` (on the IR) ask, so that a template and its shape agree. Everything else goes (rule 17).
 */
export interface KeptArguments {
  /** `month` in `date_trunc('month', x)`. */
  readonly parts: boolean;
  /** `%Y-%m` in `strftime(x, '%Y-%m')`: made of directives and separators only. */
  readonly formats: boolean;
  /** `$.a.b` in `json_extract(x, '$.a.b')`: keys that read like names. */
  readonly paths: boolean;
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
  strftime strptime date_format format_date format_datetime format_timestamp parse_date parse_datetime
  parse_timestamp to_char to_date to_timestamp to_varchar time_format date_parse from_unixtime trunc`;

const PATH_FUNCTIONS = `
  json_extract json_extract_string json_extract_scalar json_extract_path json_extract_path_text json_value
  json_query json_exists get_json_object get_path get xmlget json_extract_array json_query_array json_value_array
  json_extract_string_array json_array_length json_length json_type element_at jsonb_extract_path
  jsonb_extract_path_text jsonb_path_query get_json_string get_json_int get_json_double struct_extract`;

const NUMBER_FUNCTIONS = `
  round trunc truncate substr substring left right split_part ntile lag lead nth_value lpad rpad width_bucket
  percentile percentile_cont percentile_disc percentile_approx approx_percentile approx_quantiles approx_quantile
  quantile quantile_cont quantile_disc time_slice date_bin time_bucket dateadd date_add date_sub timestampadd
  add_months rollup cube string char float bit binary
  time timestamp timestamptz timestamp_ntz timestamp_ltz timestamp_tz datetime`;

const SIZED_TYPES =
  'decimal numeric number dec bignumeric varchar character nvarchar nchar varbinary';

const NOTHING: KeptArguments = {
  parts: false,
  formats: false,
  paths: false,
  numbers: false,
  sizes: false,
};

const KEPT: ReadonlyMap<string, KeptArguments> = keptByName();

/** What a call of this function (or a type of this name; lower case) keeps of its direct literal arguments. */
export function keptArgumentsOf(name: string): KeptArguments {
  return KEPT.get(name) ?? NOTHING;
}

/** Whether a string that is a whole argument stays; `text` is without quotes. */
export function keepsStringArgument(kept: KeptArguments, text: string): boolean {
  return (
    (kept.parts && isDatePart(text)) ||
    (kept.formats && isDateFormat(text)) ||
    (kept.paths && isJsonPath(text))
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

const PARTS = new Set(
  `microsecond millisecond second minute hour day dayofweek dayofyear week isoweek month quarter year isoyear decade
  century millennium epoch dow isodow doy weekday weekofyear day_of_week day_of_year week_iso weekiso yearofweek
  yearofweekiso dayofweekiso dayofweek_iso nanosecond us ms ns s sec m min h hr d dd w wk q qtr mm mon y yy yyyy yr
  hh hh24 mi ss julian era timezone timezone_hour timezone_minute epoch_second epoch_millisecond epoch_ns epoch_us
  epoch_ms ww iw`
    .trim()
    .split(/\s+/),
);

/** `month`, `MONTHS`, `week(monday)`. */
export function isDatePart(text: string): boolean {
  const word = text.toLowerCase();
  if (PARTS.has(word) || (word.endsWith('s') && PARTS.has(word.slice(0, -1)))) {
    return true;
  }
  return /^week\((sun|mon|tues|wednes|thurs|fri|satur)day\)$/.test(word);
}

/** A format of directives and separators alone: strftime's, to_char's, Java's. */
export function isDateFormat(text: string): boolean {
  if (text.length === 0 || text.length > 40) {
    return false;
  }
  return (
    /^(%[-#^0]?[a-zA-Z%]|[-/:., T_])+$/.test(text) ||
    /^(yyyy|yy|y|month|mon|mm|dd|day|dy|d|hh24|hh12|hh|h|mi|ss|s|ms|us|ff[0-9]?|q|ww|iw|w|am|pm|tz|fm|"t"|'t'|[-/:., t_z])+$/i.test(
      text,
    )
  );
}

/** Keys that read like names: `$.a[0].b`, `a.b`, `{a,b}`; nothing that could be an address or a number. */
export function isJsonPath(text: string): boolean {
  return text.length <= 80 && /^[{$A-Za-z_][\w$.[\]{},*"'-]*$/.test(text) && !/\d{4}/.test(text);
}

/** A file that stands for a relation: `sales/2024-*.parquet`; nothing with blanks, addresses or signed parameters. */
export function isFileName(text: string): boolean {
  return /^[\w.:/*{},-]+$/.test(text) && /[./]/.test(text);
}

/** A number that says how, not what: up to three digits, or a share such as `0.95`. */
export function isSmallNumber(text: string): boolean {
  return /^(\d{1,3}|0?\.\d{1,4}|1\.0*)$/.test(text);
}

/**
 * Constants of formulas, as operands of arithmetic, arguments and results of CASE: the `1` of `price * (1 - discount)`,
 * the `0` of `coalesce(x, 0)`, the `100` of a percentage, the seconds of an hour. In comparisons they are data.
 */
export function isNeutralNumber(text: string): boolean {
  return /^(0|1|10|100|1000|1000000|24|60|3600|86400)(\.0{0,6})?$/.test(text);
}

/** `3 days`, `1 year 2 months`, `-7 day`, `01:30:00` with or without a unit; `7` alone. */
export function isIntervalText(text: string): boolean {
  const words = text
    .trim()
    .toLowerCase()
    .split(/\s*,\s*|\s+/);
  if (text.length > 60 || words.length > 14) {
    return false;
  }
  return words.every(
    (word) =>
      /^[-+]?\d{1,5}(\.\d{1,6})?$/.test(word) ||
      /^\d{1,3}:\d\d(:\d\d)?$/.test(word) ||
      isAmountWord(word),
  );
}

function isAmountWord(word: string): boolean {
  const unit = word.replace(/^[-+]?\d{1,5}/, '');
  return unit === 'ago' || isDatePart(unit);
}

function keptByName(): Map<string, KeptArguments> {
  const kept = new Map<string, KeptArguments>();
  const note = (names: string, what: Partial<KeptArguments>): void => {
    for (const name of names.trim().split(/\s+/)) {
      kept.set(name, { ...(kept.get(name) ?? NOTHING), ...what });
    }
  };
  note(PART_FUNCTIONS, { parts: true });
  note(FORMAT_FUNCTIONS, { formats: true });
  note(PATH_FUNCTIONS, { paths: true });
  note(NUMBER_FUNCTIONS, { numbers: true });
  note(SIZED_TYPES, { sizes: true });
  return kept;
}
