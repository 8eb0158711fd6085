import type { BoundQuery } from '../sql/bound.ts';
import type { TypeFamily } from '../sql/match/column-types.ts';
import { familyOf } from '../sql/match/column-types.ts';
import { expressionsOf, someExpr } from '../sql/normalize/walk.ts';

/** Literals that stand in statements, as their texts. */
export interface SeenLiterals {
  readonly numbers: readonly string[];
  readonly strings: readonly string[];
  readonly dates: readonly string[];
}

/** The literals of some queries; strings that look like dates count as both. */
export function literalsOf(queries: readonly BoundQuery[]): SeenLiterals {
  const numbers = new Set<string>();
  const strings = new Set<string>();
  const dates = new Set<string>();
  for (const expr of queries.flatMap(expressionsOf)) {
    someExpr(expr, (part) => {
      if (part.kind === 'literal') {
        const day = /^\d{4}-\d{2}-\d{2}/.exec(part.text)?.[0];
        if (part.type === 'number') {
          numbers.add(part.text);
        } else if (part.type === 'string') {
          strings.add(part.text);
        }
        if (day !== undefined) {
          dates.add(day);
        }
      }
      return false;
    });
  }
  return { numbers: [...numbers], strings: [...strings], dates: [...dates] };
}

const DAY_MS = 86_400_000;
const TIMES = ['00:00:00', '12:30:00', '23:59:59', '18:45:00.4'];

/** Texts of SQL literals to draw a column's values from: few, so that joins and groups meet. */
export function poolFor(type: string, literals: SeenLiterals): readonly string[] {
  const family = familyOf(type);
  return POOLS[family](literals, type);
}

const POOLS: Readonly<
  Record<TypeFamily, (literals: SeenLiterals, type: string) => readonly string[]>
> = {
  integer: (literals, type) => integers(literals, type),
  decimal: (literals) => decimals(literals),
  float: (literals) => decimals(literals),
  date: (literals) => days(literals).map((day) => `'${day}'`),
  timestamp: (literals) => days(literals).flatMap((day) => TIMES.map((time) => `'${day} ${time}'`)),
  timestamptz: (literals) =>
    days(literals).flatMap((day) => TIMES.map((time) => `'${day} ${time}+00'`)),
  text: strings,
  boolean: () => ['true', 'false'],
  other: strings,
  unknown: strings,
};

function integers({ numbers }: SeenLiterals, type: string): readonly string[] {
  const most = /tiny/.test(type) ? 127 : /small/.test(type) ? 32_767 : 2_000_000_000;
  const near = numbers
    .filter((text) => /^\d+$/.test(text) && Number(text) < most)
    .flatMap((text) => [Number(text) - 1, Number(text), Number(text) + 1]);
  return unique([0, 1, 2, ...near].filter((value) => value >= 0).map(String));
}

function decimals({ numbers }: SeenLiterals): readonly string[] {
  const near = numbers
    .map(Number)
    .filter((value) => Number.isFinite(value) && Math.abs(value) < 1_000_000)
    .flatMap((value) => [value - 0.5, value, value + 0.5]);
  return unique([0, 1, 2.5, ...near].map(String));
}

function days({ dates }: SeenLiterals): readonly string[] {
  const near = dates.flatMap((day) => {
    const at = Date.parse(`${day}T00:00:00Z`);
    return Number.isNaN(at)
      ? []
      : [-1, 0, 1, 15].map((step) => new Date(at + step * DAY_MS).toISOString().slice(0, 10));
  });
  return unique([...near, '2024-01-31', '2024-02-01', '2024-12-30']);
}

function strings({ strings: seen, numbers }: SeenLiterals): readonly string[] {
  const near = seen.slice(0, 6).flatMap((text) => [text, text.toUpperCase(), `${text} `]);
  const texts = near.length > 0 ? [...near, ''] : ['a', 'A', 'b', ''];
  return unique([...texts, ...numbers.slice(0, 2)]).map(
    (text) => `'${text.replaceAll("'", "''")}'`,
  );
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
