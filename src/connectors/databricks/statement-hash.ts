import { ZONE_PATTERN } from '../../sql/literal-kinds.ts';
import { databricksNames } from './names.ts';
import { COMMENT } from './script-text.ts';

const NEUTRAL = '0|1|10|24|60|100|1000|1000000|3600|86400';
const COUNTING =
  'lag|lead|ntile|nth_value|left|right|lpad|rpad|substr|substring|substring_index|split_part|regexp_extract|regexp_extract_all|regexp_substr|regexp_instr|round|bround|ceil|ceiling|floor|trunc|truncate|format_number|mod|div|power|pow|width_bucket|add_months|date_add|date_sub|dateadd|timestampadd|make_interval|approx_percentile|percentile_approx|percentile|approx_top_k|max_by|min_by|max|min|approx_count_distinct|histogram_numeric|get|slice|element_at|try_element_at|elt|sha2|shiftleft|shiftright|getbit|bit_get|st_geohash|h3_longlatash3';
/** No four digits in a row, so that nothing in it is an address or a number. */
const NAME_LIKE = String.raw`(?:\d{0,3}[A-Za-z_$.*\[\]-]){1,200}\d{0,3}`;
const SPAN = String.raw`\d{1,5} [a-z]+(?:,? \d{1,5} [a-z]+){0,2}`;
const DIGITS = '(?:fm|mi|pr|th|[09#.,dgls$ ]){1,40}';
const PLACES = String.raw`[-/:., _|()#$]{0,9}(?:%[-+ 0#,(]{0,3}\d{0,2}(?:\.\d{1,2})?[a-z%][-/:., _|()#$]{0,9}){1,20}`;
/** Twice: what parts two of them belongs to both. */
const SHARE = [String.raw`([,(]\s*)(0?\.\d{1,4})(\s*[,)])`, '$1n$2$3'] as const;

/** Twice: a call may have two of them. */
const COUNT = [
  String.raw`(?i)\b(${COUNTING})\s*\(((?:[^()]*(?:\([^()]*\)[^()]*){0,100},\s*)?)(\d{3})(\s*[,)])`,
  '$1($2n$3$4',
] as const;

/**
 * Patterns of Java and what takes their place, one after the other. Java recurses at each turn of a group, and its stack is what a
 * task has: no group repeats without a bound.
 */
const STEPS: readonly (readonly [string, string])[] = [
  [String.raw`(?i)interval\s*['"](\d+)\s*([a-z]*)['"]`, 'interval $1 $2'],
  [String.raw`(?i)interval\s*['"]([-+]?\d[\w :.,+-]{0,60})['"]`, 'interval ‹$1›'],
  [`'([^']*)'`, '«$1»'],
  [`"([^"]*)"`, '«$1»'],
  // No quote is in a comment here, and no comment in a text.
  [COMMENT, ' '],
  // Names in backticks may be numbers, or hold some.
  ['`(\\d[^`]*)`', '`n$1`'],
  [String.raw`\`(\w[^\`]*\W)(\d{3,}[^\`]*)\``, '`$1n$2`'],
  // Paths and fields.
  [String.raw`«(\$(?:${NAME_LIKE})?)»`, '‹$1›'],
  [String.raw`([\w)\]])\[«(${NAME_LIKE})»\]`, '$1[‹$2›]'],
  [String.raw`(?i)\b((?:try_)?element_at)\s*\(([^()«»]*,\s*)«(${NAME_LIKE})»`, '$1($2‹$3›'],
  // Spans of time, zones, formats, what a text is padded with, and how it is encoded.
  [
    String.raw`(?i)«((?:${SPAN})|(?:${ZONE_PATTERN})|${DIGITS}|${PLACES}|utf-?\d{1,2}[bl]?e?)»`,
    '‹$1›',
  ],
  [String.raw`«[^«»]*\d[^«»]*»`, '?'],
  // Numbers that say how, not what, become words.
  [String.raw`(?i)\b(limit|interval)\s+(\d{1,9})\b`, '$1 n$2'],
  [String.raw`(?i)\b(\d{1,9})\s+(preceding|following)\b`, 'n$1 $2'],
  [String.raw`(?i)\b(varchar|char|binary)\s*\(\s*(\d{1,9})\s*\)`, '$1(n$2)'],
  COUNT,
  COUNT,
  // Named arguments, factors and divisors.
  [String.raw`(=>\s*|[*/%]\s*)(\d{1,3})\b`, '$1n$2'],
  // What is compared with, unless it is calculated with.
  [String.raw`([=<>]\s*)-?\d[\d.]*(\s*(?:[^\s\w.*/+%-]|[a-z]|$))`, '$1?$2'],
  [String.raw`\b(\d{3})(\s*[*/%])`, 'n$1$2'],
  [String.raw`\b(${NEUTRAL})(\.0{1,6}\b|[^\w.]|$)`, 'n$1$2'],
  SHARE,
  SHARE,
  [String.raw`(‹[^›]*›)|\b\d{3,}(?:\.\d+)?\b|\b\d+\.\d+\b`, '$1?'],
  [String.raw`\s+`, ' '],
];

/** Quotes that cannot be paired by looking for the next one; signs of ours; comments whose beginning or end could be taken for another. */
const ODD = String.raw`\\'|\\"|[«‹]|(?:^|[^-])--[^\n]*['"]|/\*/|\*/\*|\`[^\`\n]*(--|/\*)[^\`\n]*\`|'[^']*"[^']*'`;

/**
 * The history has no hash of its own. This one only groups: our own fingerprint says what a statement is, so it may be too fine and
 * must not be too coarse. Numbers of three digits and more, texts with digits in them and comments are left out; words such as
 * `'month'`, ordinals, intervals, paths, counts and shares stay. Texts in which quotes cannot be paired so simply are taken whole.
 */
export function statementHash(text: string): string {
  const sql = `substring(${text}, 1, 65536)`;
  const odd = databricksNames.text(ODD);
  // Where a comment ends one letter says, so that no group has to look for it.
  const ended = `replace(${sql}, '*/', '«')`;
  const quoteInComment = databricksNames.text(String.raw`/\*[^«]*['"]`);
  const folded = STEPS.reduce(
    (of, [pattern, by]) =>
      `regexp_replace(${of}, ${databricksNames.text(pattern)}, ${databricksNames.text(by)})`,
    sql,
  );
  return `cast(xxhash64(case when regexp_like(${sql}, ${odd}) or regexp_like(${ended}, ${quoteInComment}) then ${sql} else ${folded} end) as string)`;
}
