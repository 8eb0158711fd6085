import type { DialectName } from '../sql/dialect.ts';

/**
 * Who binds tighter, from the loosest to the tightest; operators of one line are equals and bind to
 * the left. `compare`: `=`, `<>`, `<` and kin. `is`: IS NULL, IS DISTINCT FROM. `like`: LIKE, ILIKE,
 * RLIKE, SIMILAR TO, GLOB. `other`: any operator not named. `negate`: a sign before its operand.
 */
type Levels = readonly (readonly string[])[];

const POSTGRES: Levels = [
  ['or'],
  ['and'],
  ['not'],
  ['is'],
  ['compare'],
  ['like', 'in', 'between'],
  ['other', '||', '|', '&', 'shift', '~'],
  ['add'],
  ['multiply'],
  ['^'],
  ['at time zone'],
  ['collate'],
  ['negate'],
  ['cast', 'access'],
];

/**
 * DuckDB took PostgreSQL's grammar and put the arrows of lambdas and JSON below everything; only to
 * its right `->>` binds like any other operator (`c and a ->> 'x'` is `(c and a) ->> 'x'`, yet
 * `a ->> 'x' = 'y'` is `(a ->> 'x') = 'y'`).
 */
const DUCKDB: Levels = [['->', '->>'], ...POSTGRES];

/** PostgreSQL 8: IS binds tighter than any comparison, `=` looser than `<`. */
const REDSHIFT: Levels = [
  ['or'],
  ['and'],
  ['not'],
  ['='],
  ['<'],
  ['like', 'in', 'between'],
  ['other', 'compare', '||', '|', '&', 'shift', '~'],
  ['is'],
  ['add'],
  ['multiply'],
  ['^'],
  ['at time zone'],
  ['collate'],
  ['negate'],
  ['cast', 'access'],
];

const MYSQL: Levels = [
  ['or', '||'],
  ['xor'],
  ['and', '&&'],
  ['not'],
  ['between'],
  ['compare', 'is', 'like', 'in', 'other'],
  ['|'],
  ['&'],
  ['shift'],
  ['add'],
  ['multiply'],
  ['^'],
  ['negate', '~'],
  ['collate', 'at time zone'],
  ['cast', 'access'],
];

const BIGQUERY: Levels = [
  ['or'],
  ['and'],
  ['not'],
  ['compare', 'is', 'like', 'in', 'between', 'other'],
  ['|'],
  ['^'],
  ['&'],
  ['shift'],
  ['add'],
  ['multiply', '||'],
  ['negate', '~'],
  ['at time zone', 'collate', 'cast', 'access'],
];

/** Spark's predicates (IS, LIKE, IN, BETWEEN) stand over whole comparisons. */
const SPARK: Levels = [
  ['or'],
  ['and'],
  ['not'],
  ['is', 'like', 'in', 'between'],
  ['compare', 'other'],
  ['|'],
  ['^'],
  ['&'],
  ['shift'],
  ['add', '||'],
  ['multiply'],
  ['negate', '~'],
  ['at time zone', 'collate', 'cast', 'access'],
];

const TRINO: Levels = [
  ['or'],
  ['and'],
  ['not'],
  ['compare', 'is', 'like', 'in', 'between', 'other'],
  ['||'],
  ['add'],
  ['multiply', '|', '&', '^', 'shift'],
  ['negate', '~'],
  ['at time zone', 'collate', 'cast', 'access'],
];

const LEVELS: Readonly<Record<DialectName, Levels>> = {
  duckdb: DUCKDB,
  postgres: POSTGRES,
  redshift: REDSHIFT,
  snowflake: TRINO,
  trino: TRINO,
  bigquery: BIGQUERY,
  databricks: SPARK,
  spark: SPARK,
  mysql: MYSQL,
  generic: POSTGRES,
};

const CLASSES: Readonly<Record<string, string>> = {
  '=': 'compare',
  '<>': 'compare',
  '<': 'compare',
  '>': 'compare',
  '<=': 'compare',
  '>=': 'compare',
  '+': 'add',
  '-': 'add',
  '*': 'multiply',
  '/': 'multiply',
  '%': 'multiply',
  '//': 'multiply',
  div: 'multiply',
  '<<': 'shift',
  '>>': 'shift',
  'is distinct from': 'is',
  'is not distinct from': 'is',
  like: 'like',
  ilike: 'like',
  rlike: 'like',
  regexp: 'like',
  glob: 'like',
  'similar to': 'like',
};

const OWN: ReadonlySet<string> = new Set(['=', '<', '>']);

/** How tightly an operator binds in a dialect: greater is tighter. */
export interface Binding {
  readonly toLeft: (operator: string) => number;
  /** The loosest that what follows it may bind. */
  readonly toRight: (operator: string) => number;
}

const bindings = new Map<DialectName, Binding>();

export function bindingOf(dialect: DialectName): Binding {
  const known = bindings.get(dialect);
  if (known) {
    return known;
  }
  const levels = new Map<string, number>();
  for (const [level, operators] of LEVELS[dialect].entries()) {
    for (const operator of operators) {
      levels.set(operator, level);
    }
  }
  const other = levels.get('other') ?? 0;
  const toLeft = (operator: string) => {
    const plain = operator.startsWith('not ') ? operator.slice(4) : operator;
    const own = OWN.has(plain) ? levels.get(plain === '>' ? '<' : plain) : undefined;
    return own ?? levels.get(CLASSES[plain] ?? plain) ?? other;
  };
  const binding: Binding = {
    toLeft,
    toRight: (operator) =>
      1 + (operator === '->>' && dialect === 'duckdb' ? other : toLeft(operator)),
  };
  bindings.set(dialect, binding);
  return binding;
}
