import type { DialectName } from '../dialect.ts';

/** What differs between dialects in the text of a query we write. Read by the printer only. */
export interface WritingRules {
  /** How a quote inside a string is written: `''` is no escape everywhere (Spark reads two strings). */
  readonly quoteInString: 'doubled' | 'backslash';
  /** A string in single quotes may not run over lines. */
  readonly stringsStayOnLine: boolean;
  readonly array: 'brackets' | 'array-brackets' | 'function';
  /** UNION, INTERSECT and EXCEPT say that they remove duplicates. */
  readonly saysDistinct: boolean;
  readonly offsetBeforeLimit: boolean;
  /** `count(*) filter (where …)`. */
  readonly hasFilter: boolean;
  readonly hasSemiJoins: boolean;
  /** `t as t1 (a, b)` for a table. */
  readonly hasColumnLists: boolean;
  /** QUALIFY stands beside WHERE, GROUP BY or HAVING only. */
  readonly qualifyNeedsClause: boolean;
  /** How a field of a struct is reached: `t.s.x`, `(t.s).x`, or in a way we would not be sure to write right. */
  readonly fields: 'dotted' | 'bracketed' | 'unsure';
  /** `extract(hour from t at time zone 'UTC')`, and nowhere else. */
  readonly zonesInExtractOnly: boolean;
}

const standard: WritingRules = {
  quoteInString: 'doubled',
  stringsStayOnLine: false,
  array: 'array-brackets',
  saysDistinct: false,
  offsetBeforeLimit: false,
  hasFilter: true,
  hasSemiJoins: false,
  hasColumnLists: true,
  qualifyNeedsClause: false,
  zonesInExtractOnly: false,
  fields: 'bracketed',
};

const embedded: WritingRules = {
  ...standard,
  array: 'brackets',
  hasSemiJoins: true,
  fields: 'dotted',
};

const lake: WritingRules = {
  ...standard,
  quoteInString: 'backslash',
  array: 'function',
  hasSemiJoins: true,
  fields: 'dotted',
};

/** From the reference manuals; `generic` is written as the embedded engine reads it. */
export const WRITING_RULES: Readonly<Record<DialectName, WritingRules>> = {
  duckdb: embedded,
  generic: embedded,
  postgres: standard,
  redshift: { ...standard, array: 'function', hasFilter: false, fields: 'unsure' },
  trino: { ...standard, offsetBeforeLimit: true, fields: 'dotted' },
  snowflake: { ...standard, array: 'brackets', hasFilter: false, fields: 'unsure' },
  bigquery: {
    ...standard,
    quoteInString: 'backslash',
    stringsStayOnLine: true,
    array: 'brackets',
    saysDistinct: true,
    hasFilter: false,
    hasColumnLists: false,
    qualifyNeedsClause: true,
    zonesInExtractOnly: true,
    fields: 'dotted',
  },
  databricks: lake,
  spark: lake,
  mysql: { ...standard, hasFilter: false, hasColumnLists: false, fields: 'unsure' },
};
