import { ZONE_PATTERN } from '../../sql/literal-kinds.ts';
import { quoteText } from './quote.ts';

/** A string literal; a raw one or one in three quotes is taken for what it looks like. */
const STRING = String.raw`'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"`;
/** What lists of literals are made of. */
const LITERALS = String.raw`(?:[\s,\d.+-]|${STRING}|\b(?:date|datetime|timestamp|time|numeric|bignumeric|null|true|false)\b)*`;
/** No four digits in a row, so that nothing in it is an address or a number. */
const nameLike = (quote: string) => String.raw`(?:\d{0,3}[a-z_$.\[\]{},*${quote}-])*\d{0,3}`;
const FORMAT = String.raw`[-/:., T_|()#$]*(?:%[-+ 0#^,(']{0,3}\d{0,2}(?:\.\d{1,2})?[a-z%][-/:., T_|()#$]*)+`;
/** Signs between words, and what a text is padded with. */
const SIGNS = '(?:[ !#-&(-/:-@\\[\\]-`{-~]|\\\\[^\\w\\s]){0,3}|0';
const SIGNS_ALONE = `(?:[=<>]|\\b(?:between|and|or|when|like|then|else))\\s*(?:'(?:${SIGNS})'|"(?:${SIGNS})")`;
const WAY = 'round_half_even|round_half_away_from_zero';
const SHARE = String.raw`-?(?:\d{1,3}|0?\.\d{1,4}|1000|1000000|3600|86400)`;
const SUBSCRIPT = String.raw`\[\s*(?:-?\d{1,3}|'${nameLike('"')}'|"${nameLike("'")}")\s*\]`;
const NAME = String.raw`(?:\`[^\`]*\`|\w+)`;
const NEUTRAL = '(?:0|1|10|100|1000|1000000|24|60|3600|86400)';

/** Comments, lists of literals however long they are, and numbers too fine to say how. */
const LEFT_OUT_FIRST = [
  String.raw`--[^\n]*|#[^\n]*|/\*.*?\*/`,
  `'''.*?'''|""".*?"""`,
  String.raw`\b(?:in|values)\s*\(${LITERALS}\)(?:\s*,\s*\(${LITERALS}\))*`,
  String.raw`[1-9]\d*\.\d*[1-9]\d*|0?\.\d{5,}`,
];

/** What of a text's literals makes it another statement: `src/sql/kept-literals.ts`, as far as GoogleSQL has it, or more. */
const KEPT = [
  String.raw`\b(?:between|and|rows|range)\s+\d+\s+(?:preceding|following)\b`,
  String.raw`\bfor\s+[\w.\`]+\s+in\s*\([^)]*\)`,
  String.raw`\blimit\s+\d+`,
  String.raw`\binterval\s+(?:[-+]?\d{1,5}\b|'[^'\n]{0,60}'|"[^"\n]{0,60}")`,
  String.raw`\b(?:numeric|decimal|bignumeric|bigdecimal|string|bytes)\s*\(\s*\d{1,9}\b`,
  String.raw`\bformat\s*(?:'[^'\n]{0,40}'|"[^"\n]{0,40}")`,
  // Functions that people made: the service's hash leaves them out.
  String.raw`${NAME}(?:\.${NAME})+\s*\(`,
  String.raw`\`[^\`]*\`\s*\(`,
  String.raw`\b(?:true|false|null)\b`,
  `'(?:${FORMAT}|${ZONE_PATTERN}|${SIGNS}|${WAY})'|"(?:${FORMAT}|${ZONE_PATTERN}|${SIGNS}|${WAY})"`,
  String.raw`'\$(?:[.\[]${nameLike('"')})?'|"\$(?:[.\[]${nameLike("'")})?"`,
  String.raw`(?:\`[^\`]*\`|[\w)\]])(?:${SUBSCRIPT})+`,
  String.raw`${SIGNS_ALONE}\s*\|\|`,
  // A list that is an argument.
  String.raw`,\s*\[\s*${SHARE}(?:\s*,\s*${SHARE})*\s*\]\s*[,)]`,
  String.raw`=>\s*[-+]?\d{1,3}\b`,
  String.raw`(?:[=<>]|\b(?:between|and|or|when))\s*[-+]?${NEUTRAL}\s*(?:[+*%]|[-/][\s(\w])`,
  String.raw`(?:[=<>]|\b(?:between|and|or|when))\s*[-+]?\d{1,3}\s*(?:[*%]|/[\s(\w])`,
  String.raw`-?\b(?:\d{1,3}|1000|1000000|3600|86400)\b|0?\.\d{1,4}\b`,
];

/** What is compared with, arrays of literals, and all other texts: data. */
const LEFT_OUT = [
  SIGNS_ALONE,
  String.raw`(?:[=<>]|\b(?:between|and|or|when|offset))\s*[-+]?\.?\d[\w.]*`,
  String.raw`\[${LITERALS}\]`,
  STRING,
  '`[^`]*`',
];

const PATTERN = `(?is)${[...LEFT_OUT_FIRST, `(${KEPT.join('|')})`, ...LEFT_OUT].join('|')}`;

/** What was kept of each, whether or not what was left out counts as an empty one: told apart, for `1, 12` is not `11, 2`. */
const WORDS = '[^ ]+';

/**
 * A number for what the literals of a text keep apart that the service's hash takes for one: formats, paths, places, counts, intervals. It may
 * tell more apart than our fingerprint does and must not tell less; ids, dates, amounts and texts, which are others in each run, are in none.
 */
export function keptInText(query: string): string {
  const kept = `array_to_string(regexp_extract_all(${query}, ${quoteText(PATTERN)}), ' ')`;
  return `farm_fingerprint(array_to_string(regexp_extract_all(${kept}, ${quoteText(WORDS)}), ' '))`;
}
