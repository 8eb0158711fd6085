/**
 * How a text begins that does what other statements say, as a pattern for either case: a compound statement, which may bear a label; a
 * call of a procedure; SQL that is made while it runs.
 */
export const SCRIPT = String.raw`^\s*(--[^\n]*\n\s*|/\*[^*]*\*+([^/*][^*]*\*+)*/\s*)*(([a-z_]\w*\s*:\s*)?begin|call|execute\s+immediate)\b`;
