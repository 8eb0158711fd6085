import type { DialectName } from '../dialect.ts';

/** How types behave when a mart's groups are grouped again; what is not known is refused. */
export interface RewriteRules {
  /** The type COUNT has: a sum of counts is cast back to it. */
  readonly countType: string;
  /** The type SUM of a sum must be cast back to: `same`, `unknown`, or a type. */
  readonly sumBack: (argument: { readonly type: string; readonly isInteger: boolean }) => string;
  /** The floating-point type an average has; absent where it is none, or not surely. */
  readonly averageOfIntegers?: string;
  readonly averageOfDecimals?: string;
  /** A type wide enough for a product of an integer and a count. */
  readonly wideInteger?: string;
  /** Whether `len(list_distinct(flatten(list(x))))` counts what lists hold between them. */
  readonly unitesLists?: boolean;
  /** Whether texts that differ compare unequal without a declared collation. */
  readonly textsCompareByIdentity: boolean;
  /** Whether a decimal declared without a scale keeps each value's own: then 1.0 and 1.00 are equal, and not the same. */
  readonly decimalsKeepTheirScale?: true;
}

const closed = () => 'same';

function widensSmallIntegers({
  type,
  isInteger,
}: {
  readonly type: string;
  readonly isInteger: boolean;
}): string {
  return isInteger && /^(small|medium)?int(eger|2|4)?\b/.test(type) ? 'bigint' : 'same';
}

function widensDecimals({
  type,
  isInteger,
}: {
  readonly type: string;
  readonly isInteger: boolean;
}): string {
  const match = /\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)/.exec(type);
  if (isInteger) {
    return 'same';
  }
  return match === null
    ? 'unknown'
    : `decimal(${Math.min(38, Number(match[1]) + 10)},${match[2] ?? '0'})`;
}

const embedded: RewriteRules = {
  countType: 'bigint',
  sumBack: closed,
  averageOfIntegers: 'double',
  averageOfDecimals: 'double',
  wideInteger: 'hugeint',
  textsCompareByIdentity: true,
};

const rowStore: RewriteRules = {
  countType: 'bigint',
  sumBack: widensSmallIntegers,
  textsCompareByIdentity: true,
};

const lake: RewriteRules = {
  countType: 'bigint',
  sumBack: widensDecimals,
  averageOfIntegers: 'double',
  textsCompareByIdentity: true,
};

/** The rules of every dialect we read; `generic` is written as the embedded engine reads it. */
export const REWRITE_RULES: Readonly<Record<DialectName, RewriteRules>> = {
  duckdb: { ...embedded, unitesLists: true },
  generic: embedded,
  postgres: { ...rowStore, decimalsKeepTheirScale: true },
  redshift: rowStore,
  spark: lake,
  databricks: lake,
  trino: { ...lake, sumBack: closed },
  bigquery: {
    countType: 'int64',
    sumBack: closed,
    averageOfIntegers: 'float64',
    textsCompareByIdentity: true,
  },
  snowflake: { countType: 'number(18,0)', sumBack: closed, textsCompareByIdentity: true },
  mysql: { countType: 'signed', sumBack: () => 'unknown', textsCompareByIdentity: false },
};

/** How names are written. */
export interface NameWriting {
  /** What a name must look like to stay itself unquoted. */
  readonly plain: RegExp;
  readonly quote: '"' | '`';
  /** Quotes and backslashes inside a name are escaped by a backslash instead of doubled. */
  readonly backslash: boolean;
}

const anyCase: NameWriting = { plain: /^[A-Za-z_][A-Za-z0-9_]*$/, quote: '"', backslash: false };
const lowerOnly: NameWriting = { ...anyCase, plain: /^[a-z_][a-z0-9_]*$/ };
const ticked: NameWriting = { ...anyCase, quote: '`' };

/** How each dialect writes names. */
export const NAME_WRITING: Readonly<Record<DialectName, NameWriting>> = {
  duckdb: anyCase,
  generic: anyCase,
  postgres: lowerOnly,
  redshift: lowerOnly,
  trino: lowerOnly,
  snowflake: { ...anyCase, plain: /^[A-Z_][A-Z0-9_]*$/ },
  bigquery: { ...ticked, backslash: true },
  databricks: ticked,
  spark: ticked,
  mysql: ticked,
};

/** The keyword of a cast that gives NULL where the value does not fit. */
export const SAFE_CAST: Readonly<Partial<Record<DialectName, string>>> = { bigquery: 'safe_cast' };
