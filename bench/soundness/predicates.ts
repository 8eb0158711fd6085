import type { RandomNumbers } from '../../src/prove/random-numbers.ts';
import { pick } from '../../src/prove/random-numbers.ts';

const VALUES: Readonly<Record<string, readonly string[]>> = {
  int: ['0', '1', '2', '3', '-1'],
  dec: ['0', '1', '2', '2.5'],
  float: ['0', '1.5', '2'],
  text: ["'a'", "'b'", "''", "'A'"],
  date: ["date '2024-01-31'", "date '2024-02-01'", "date '2024-03-01'", "'2024-02-01'"],
  time: [
    "timestamp '2024-01-31 12:30:00'",
    "timestamp '2024-02-01'",
    "'2024-02-01'",
    "date '2024-03-01'",
  ],
  bool: ['true', 'false'],
};

const COMPARISONS = ['=', '=', '<>', '<', '<=', '>', '>='];

export interface PredicateParts {
  readonly column: string;
  readonly kind: string;
  /** Columns of the same kind. */
  readonly others: readonly string[];
}

/** A condition on a column, in one of the many ways there are to write one. */
export function predicateOn(parts: PredicateParts, random: RandomNumbers): string {
  const how = random();
  if (how < 0.1) {
    return `(${predicateOn(parts, random)} or ${simple(parts, random)})`;
  }
  if (how < 0.16) {
    return `not (${simple(parts, random)})`;
  }
  if (how < 0.2) {
    return `(${simple(parts, random)} and ${simple(parts, random)})`;
  }
  return simple(parts, random);
}

function simple({ column, kind, others }: PredicateParts, random: RandomNumbers): string {
  const value = () => pick(VALUES[kind] ?? ['1'], random) ?? 'null';
  const other = pick(others, random);
  if (kind === 'bool' && random() < 0.5) {
    return column;
  }
  const ways = [
    () => `${column} ${pick(COMPARISONS, random) ?? '='} ${value()}`,
    () => `${column} ${pick(COMPARISONS, random) ?? '='} ${value()}`,
    () => `${column} ${pick(COMPARISONS, random) ?? '='} ${value()}`,
    () => `${value()} ${pick(COMPARISONS, random) ?? '='} ${column}`,
    () => `${column} is null`,
    () => `${column} is not null`,
    () => `${column} is not null`,
    () => `${column} in (${value()}, ${value()})`,
    () => `${column} not in (${value()}, ${value()})`,
    () => `${column} between ${value()} and ${value()}`,
    () => `${column} is distinct from ${value()}`,
    () => `${column} is not distinct from ${value()}`,
    () => `coalesce(${column}, ${value()}) = ${value()}`,
    () => `case when ${column} = ${value()} then true else false end`,
    () =>
      other === undefined
        ? `${column} = ${value()}`
        : `${column} ${pick(COMPARISONS, random) ?? '='} ${other}`,
    () =>
      kind === 'text'
        ? `${column} like ${pick(["'a%'", "'%b'", "'_'", "'a_'"], random) ?? "'%'"}`
        : `${column} is not null`,
    () =>
      kind === 'date' || kind === 'time'
        ? `date_trunc('month', ${column}) = date '2024-02-01'`
        : `${column} = ${value()}`,
  ];
  return (pick(ways, random) ?? (() => 'true'))();
}
