/** Comments, as a pattern that Java, RE2 and JavaScript take. Lazy over one letter: Java turns a loop there, and recurses where a group repeats. */
export const COMMENT = String.raw`/\*[\s\S]*?\*/|--[^\n]*`;

/**
 * How a text without comments begins that does what other statements say, as a pattern for either case: a compound statement, which
 * may bear a label; a call of a procedure; SQL that is made while it runs.
 */
export const SCRIPT = String.raw`^\s*(([a-z_]\w*\s*:\s*)?begin|call|execute\s+immediate)\b`;
