import type { TypeFamily } from '../sql/match/column-types.ts';
import { familyOf } from '../sql/match/column-types.ts';
import type { LiteralTexts } from './seen-literals.ts';

const DAY_MS = 86_400_000;
const TIMES = ['00:00:00', '12:30:00', '23:59:59', '18:45:00.4'];
/** More literals than these say nothing new, and make it rarer that two rows meet. */
const MOST_STRINGS = 8;

/** Texts of SQL literals to draw a column's values from: few, so that joins and groups meet. */
export function poolFor(type: string, literals: LiteralTexts): readonly string[] {
  const lower = type.toLowerCase().trim();
  const list = /^(.*)\[\d*\]$/.exec(lower)?.[1];
  if (list !== undefined) {
    const [first = 'NULL', second = 'NULL'] = poolFor(list, literals);
    return ['[]', `[${first}]`, `[${first}, ${second}]`];
  }
  if (lower.startsWith('enum(')) {
    return [...type.matchAll(/'(?:[^']|'')*'/g)].map(([text]) => text);
  }
  const special = SPECIAL.find(([pattern]) => pattern.test(lower));
  return special === undefined ? POOLS[familyOf(lower)](literals, lower) : special[1];
}

const SPECIAL: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^time\b/, ["'00:00:00'", "'12:30:00'", "'23:59:59'"]],
  [/^interval\b/, ["'1 day'", "'1 month'", "'0 days'"]],
  [/^uuid\b/, ["'00000000-0000-0000-0000-000000000001'", "'00000000-0000-0000-0000-000000000002'"]],
  [/^jsonb?\b/, [`'{"a": 1}'`, `'{"a": null}'`, "'{}'", "'null'"]],
  [/^(struct|map|union|row)\b/, ['NULL']],
];

/** As `poolFor`, of texts that are cast to a type: also numbers that sort otherwise as texts. */
export function textPoolFor(castTo: string, literals: LiteralTexts): readonly string[] {
  const values = poolFor(castTo, literals);
  const isNumber = ['integer', 'decimal', 'float'].includes(familyOf(castTo.toLowerCase()));
  return unique([...values, ...(isNumber ? ['10', '100', '007'] : [])]).map((literal) =>
    literal.startsWith("'") ? literal : `'${literal}'`,
  );
}

const POOLS: Readonly<
  Record<TypeFamily, (literals: LiteralTexts, type: string) => readonly string[]>
> = {
  integer: (literals, type) => integers(literals, type),
  decimal: (literals) => decimals(literals),
  float: (literals) => decimals(literals),
  date: (literals) => days(literals).map((day) => `'${day}'`),
  timestamp: (literals) => moments(literals).map((moment) => `'${moment}'`),
  timestamptz: (literals) => moments(literals).map((moment) => `'${moment}+00'`),
  text: strings,
  boolean: () => ['true', 'false'],
  other: strings,
  unknown: strings,
};

function integers({ numbers }: LiteralTexts, type: string): readonly string[] {
  const most = /tiny/.test(type) ? 127 : /small/.test(type) ? 32_767 : 2_000_000_000;
  const least = type.startsWith('u') ? 0 : -most;
  const near = numbers
    .map(Number)
    .filter((value) => Number.isInteger(value))
    .flatMap((value) => [value - 1, value, value + 1, -value]);
  return unique(
    [0, 1, 2, -1, ...near].filter((value) => value >= least && value < most).map(plain),
  );
}

function decimals({ numbers }: LiteralTexts): readonly string[] {
  const near = numbers
    .map(Number)
    .filter((value) => Number.isFinite(value) && Math.abs(value) < 1_000_000)
    .flatMap((value) => [value - 0.5, value, value + 0.5]);
  return unique([0, 1, 2.5, -1, ...near].map(plain));
}

/** Without the sign of a negative zero. */
function plain(value: number): string {
  return String(value === 0 ? 0 : value);
}

function days({ dates }: LiteralTexts): readonly string[] {
  const near = dates.flatMap((moment) => {
    const at = Date.parse(`${moment.slice(0, 10)}T00:00:00Z`);
    return Number.isNaN(at)
      ? []
      : [-1, 0, 1, 15].map((step) => new Date(at + step * DAY_MS).toISOString().slice(0, 10));
  });
  return unique([...near, '2024-01-31', '2024-02-01', '2024-12-30']);
}

/** Times of the days, and a tenth of a second around each time that is written. */
function moments(literals: LiteralTexts): readonly string[] {
  const near = literals.dates
    .filter((moment) => moment.length > 10)
    .flatMap((moment) => {
      const at = Date.parse(`${moment.replace(' ', 'T')}Z`);
      return Number.isNaN(at)
        ? []
        : [-100, 0, 100].map((step) =>
            new Date(at + step).toISOString().slice(0, -1).replace('T', ' '),
          );
    });
  return unique([
    ...near,
    ...days(literals).flatMap((day) => TIMES.map((time) => `${day} ${time}`)),
  ]);
}

function strings({ strings: seen, numbers }: LiteralTexts): readonly string[] {
  const near = seen.slice(0, MOST_STRINGS).flatMap((text) => [text, ...variantsOf(text)]);
  const texts = near.length > 0 ? [...near, ''] : ['a', 'A', 'b', ''];
  return unique([...texts, ...numbers.slice(0, 2)]).map(
    (text) => `'${text.replaceAll("'", "''")}'`,
  );
}

/** A pattern of LIKE stands for texts that match it, and one that only just does not. */
function variantsOf(text: string): readonly string[] {
  if (/[%_]/.test(text)) {
    const matching = text.replaceAll('%', 'x').replaceAll('_', 'y');
    return [matching, text.replaceAll(/[%_]/g, ''), `z${matching}`];
  }
  return [text.toUpperCase(), text.toLowerCase(), `${text} `];
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
