import { databricksNames } from './names.ts';

const NEUTRAL = '0|1|10|24|60|100|1000|1000000|3600|86400';
const COUNTING =
  'lag|lead|ntile|nth_value|left|right|lpad|rpad|substr|substring|split_part|round|trunc|truncate|width_bucket|add_months|date_add|date_sub|dateadd|timestampadd|approx_percentile|percentile_approx';
/** No four digits in a row, so that nothing in it is an address or a number. */
const NAME_LIKE = String.raw`(?:\d{0,3}[A-Za-z_$.*\[\]-])+\d{0,3}`;
/** Twice: what parts two of them belongs to both. */
const SHARE = [String.raw`([,(]\s*)(0?\.\d{1,4})(\s*[,)])`, '$1n$2$3'] as const;

/** Twice: a call may have two of them. Its loop turns once for each call within, for Java's regular expressions recurse. */
const COUNT = [
  String.raw`(?i)\b(${COUNTING})\s*\(((?:[^()]*(?:\([^()]*\)[^()]*)*,\s*)?)(\d{3})(\s*[,)])`,
  '$1($2n$3$4',
] as const;

/** Patterns of Java and what takes their place, one after the other. */
const STEPS: readonly (readonly [string, string])[] = [
  [String.raw`(?i)interval\s*['"](\d+)\s*([a-z]*)['"]`, 'interval $1 $2'],
  [String.raw`(?i)interval\s*['"]([-+]?\d[\w :.,+-]{0,60})['"]`, 'interval ‹$1›'],
  [`'([^']*)'`, '«$1»'],
  [`"([^"]*)"`, '«$1»'],
  // No quote is in a comment here, and no comment in a text.
  [String.raw`/\*[^*]*\*+([^/*][^*]*\*+)*/|--[^\n]*`, ' '],
  // Names in backticks may be numbers, or hold some.
  ['`(\\d[^`]*)`', '`n$1`'],
  [String.raw`\`(\w[^\`]*\W)(\d{3,}[^\`]*)\``, '`$1n$2`'],
  // Paths and fields.
  [String.raw`«(\$(?:${NAME_LIKE})?)»`, '‹$1›'],
  [String.raw`([\w)\]])\[«(${NAME_LIKE})»\]`, '$1[‹$2›]'],
  [String.raw`(?i)\b(element_at)\s*\(([^()«»]*,\s*)«(${NAME_LIKE})»`, '$1($2‹$3›'],
  [String.raw`«[^«»]*\d[^«»]*»`, '?'],
  // Numbers that say how, not what, become words.
  [String.raw`(?i)\b(limit|interval)\s+(\d{1,9})\b`, '$1 n$2'],
  [String.raw`(?i)\b(\d{1,9})\s+(preceding|following)\b`, 'n$1 $2'],
  [String.raw`(?i)\b(varchar|char)\s*\(\s*(\d{1,9})\s*\)`, '$1(n$2)'],
  COUNT,
  COUNT,
  [String.raw`=>\s*(\d{1,3})\b`, '=> n$1'],
  // What is compared with, unless it is calculated with.
  [String.raw`([=<>]\s*)-?\d[\d.]*(\s*(?:[^\s\w.*/+%-]|[a-z]|$))`, '$1?$2'],
  [String.raw`\b(${NEUTRAL})(\.0{1,6})\b`, 'n$1$2'],
  [String.raw`\b(${NEUTRAL})([^\w.]|$)`, 'n$1$2'],
  SHARE,
  SHARE,
  [String.raw`\b\d{3,}(\.\d+)?\b|\b\d+\.\d+\b`, '?'],
  [String.raw`\s+`, ' '],
];

/**
 * The history has no hash of its own. This one only groups: our own fingerprint says what a statement is, so it may be too fine and
 * must not be too coarse. Numbers of three digits and more, texts with digits in them and comments are left out; words such as
 * `'month'`, ordinals, intervals, paths, counts and shares stay. Texts in which quotes cannot be paired so simply are taken whole.
 */
export function statementHash(text: string): string {
  const sql = `substring(${text}, 1, 65536)`;
  const odd = databricksNames.text(
    String.raw`\\'|\\"|[«‹]|--[^\n]*['"]|/\*[^*]*(\*+[^*/][^*]*)*['"]|\`[^\`\n]*(--|/\*)[^\`\n]*\`|'[^']*"[^']*'`,
  );
  const folded = STEPS.reduce(
    (of, [pattern, by]) =>
      `regexp_replace(${of}, ${databricksNames.text(pattern)}, ${databricksNames.text(by)})`,
    sql,
  );
  return `cast(xxhash64(case when regexp_like(${sql}, ${odd}) then ${sql} else ${folded} end) as string)`;
}
