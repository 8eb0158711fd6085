/**
 * What a literal's text can be that says how, not what (`kept-literals.ts` says where it stays). Each is of a small vocabulary or of
 * signs alone, so that no person's datum passes for one. Texts are without quotes.
 */

const PARTS = wordsOf(
  `microsecond millisecond second minute hour day dayofweek dayofyear week isoweek month quarter year isoyear decade
  century millennium epoch dow isodow doy weekday weekofyear day_of_week day_of_year week_iso weekiso yearofweek
  yearofweekiso dayofweekiso dayofweek_iso nanosecond us ms ns s sec m min h hr d dd w wk q qtr mm mon y yy yyyy yr
  hh hh24 mi ss julian era timezone timezone_hour timezone_minute epoch_second epoch_millisecond epoch_ns epoch_us
  epoch_ms ww iw`,
);

/** `month`, `MONTHS`, `week(monday)`. */
export function isDatePart(text: string): boolean {
  const word = text.toLowerCase();
  if (PARTS.has(word) || (word.endsWith('s') && PARTS.has(word.slice(0, -1)))) {
    return true;
  }
  return /^week\((sun|mon|tues|wednes|thurs|fri|satur)day\)$/.test(word);
}

/** strftime's directives. */
const DIRECTIVES = madeOf('%[-#^0]?[a-z%]|[-/:., t_]');
/** to_char's and Java's words for parts of a time, with a letter or two in quotes; longer words before those they begin with. */
const TIME_WORDS = madeOf(
  `yyyy|yy|y|rrrr|rr|iyyy|iy|iddd|id|iw|month|mon|mi|ms|m{1,4}|day|dy|d{1,3}|hh24|hh12|hh|h|s|us|ff[0-9]?|q|ww|w|am|pm
  |tzh|tzm|tzr|tz|fm|eeee?|llll?|x{1,3}$|a$|["'][a-z]{1,2}["']|[-/:., t_z]`,
);
/** to_char's and to_number's signs for digits: `FM999,990.00`. */
const DIGIT_SIGNS = madeOf('fm|mi|pr|th|[09#.,dgls$ ]');
/** printf's and Python's places for values. */
const PLACES = madeOf(
  String.raw`%(?:\d\$)?[-+ 0#,(']{0,3}\d{0,2}(?:\.\d{1,2})?[a-z%]
  |\{(?::[-+,_<>^0]{0,2}\d{0,2}(?:\.\d{1,2})?[a-z]?)?\}|[-/:., _|()#$]`,
);

/**
 * Of such pieces and nothing else. What was taken for a piece stays one: tried in every way a row of letters falls into pieces,
 * forty of them would take minutes.
 */
function madeOf(pieces: string): RegExp {
  return new RegExp(`^(?:(?=(${pieces.replaceAll(/\n\s*/g, '')}))\\1)+$`, 'i');
}

/** A format made of signs and directives alone: strftime's, to_char's, Java's, printf's. */
export function isFormat(text: string): boolean {
  return (
    text.length > 0 &&
    text.length <= 40 &&
    [DIRECTIVES, TIME_WORDS, DIGIT_SIGNS, PLACES].some((format) => format.test(text))
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

/** What something is multiplied with, divided by or counted round: `7` in `x % 7`. Rates with a point are data. */
export function isFactor(text: string): boolean {
  return /^\d{1,3}$/.test(text) || isNeutralNumber(text);
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

/** How time zones are written, for any engine of regular expressions: `UTC`, `Europe/Rome`, `+02:00`. */
export const ZONE_PATTERN = String.raw`UTC|GMT|UCT|Z|CET|MET|EET|WET|EST|MST|HST|EST5EDT|CST6CDT|MST7MDT|PST8PDT|(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Brazil|Canada|Etc|Europe|Indian|Mexico|Pacific|US)/[A-Za-z_]+(?:[-+]\d{1,2}|[-/][A-Za-z_]+){0,2}|[-+]\d{1,2}(?::\d\d)?`;
const ZONE = new RegExp(`^(?:${ZONE_PATTERN})$`);

export function isTimeZone(text: string): boolean {
  return ZONE.test(text);
}

/** What parts or pads words: `,`, ` - `, `@`, nothing, `0`; no letter or quote, and no digit but that. */
export function isSeparator(text: string): boolean {
  return text === '0' || /^[ !#-&(-/:-@[-`{-~]{0,3}$/.test(text);
}

const WAYS = wordsOf(
  `start end half_to_even half_away_from_zero round_half_even round_half_away_from_zero hex base64 escape utf-8 utf8
  host path query protocol ref authority file userinfo md5 sha1 sha224 sha256 sha384 sha512 su sun sunday mo mon monday
  tu tue tuesday we wed wednesday th thu thursday fr fri friday sa sat saturday boolean int integer bigint double
  float string date timestamp`,
);

/** A word of a small vocabulary that tells a function which of its ways to go: `START`, `hex`, `HALF_TO_EVEN`. */
export function isWay(text: string): boolean {
  return WAYS.has(text.toLowerCase());
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
