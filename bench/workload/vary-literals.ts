import { dialectOf } from '../../src/sql/dialects.ts';
import { tokenize } from '../../src/sql/lexer.ts';
import { NUMBER, STRING, type Tokens, tokenText } from '../../src/sql/tokens.ts';

/** Some rows of a table, told as texts by column: where other literals come from. */
export interface TablePool {
  readonly table: string;
  readonly columns: readonly {
    readonly name: string;
    readonly kind: 'text' | 'whole' | 'decimal' | 'date' | 'other';
  }[];
  readonly rows: readonly Readonly<Record<string, string | null>>[];
}

interface Parameter {
  readonly at: number;
  readonly column: string;
  readonly text: string;
}

/** Most a decimal bound is moved either way. */
const DECIMAL_STEP = 10;
/** Enough for the longest lists of texts: those over this stay. */
const ROWS_DRAWN = 24;
const ENDS = new Set(
  'or then else end select from where group order having limit on when'.split(' '),
);
const COMPARES = new Set(['=', '<', '>', '<=', '>=', '<>', '!=', 'between', 'in']);

/**
 * The statement with other literals where a literal is compared with a column of a table: all columns of one table take
 * their first literal from one row of it, so that a state goes with its county and a class with its category; numbers and
 * dates move together by one step, so that a window keeps its width; further texts of a list come from further rows.
 */
export function varyLiterals(
  sql: string,
  { pools, random }: { readonly pools: readonly TablePool[]; readonly random: () => number },
): string {
  const tokens = tokenize(sql, dialectOf('duckdb').lexical);
  const byColumn = Map.groupBy(parametersOf(tokens, pools), ({ column }) => column);
  const changed = new Map<number, string>();
  for (const pool of pools) {
    const rows = Array.from(
      { length: ROWS_DRAWN },
      () => pool.rows[Math.floor(random() * pool.rows.length)],
    );
    for (const { name, kind } of pool.columns) {
      const parameters = byColumn.get(name) ?? [];
      const values = [...new Set(rows.flatMap((row) => row?.[name] ?? []))];
      const others = new Map(
        [...new Set(parameters.map(({ text }) => text))].map((text, at) => [text, values[at]]),
      );
      const step = stepOf(parameters, { kind, row: rows[0]?.[name] ?? undefined, random });
      for (const { at, text } of parameters) {
        const other =
          kind === 'text' ? quoted(others.get(text)) : step === undefined ? undefined : step(text);
        if (other !== undefined) {
          changed.set(at, other);
        }
      }
    }
  }
  return spliced(sql, { tokens, changed });
}

/** Literals compared with a column, up to where its condition ends. */
function parametersOf(tokens: Tokens, pools: readonly TablePool[]): readonly Parameter[] {
  const names = new Set(pools.flatMap(({ columns }) => columns.map(({ name }) => name)));
  const found: Parameter[] = [];
  let column: string | undefined;
  let isCompared = false;
  let betweens = 0;
  let depth = 0;
  for (let at = 0; at < tokens.count; at += 1) {
    const text = tokenText(tokens, at).toLowerCase();
    const kind = tokens.kinds[at];
    if (names.has(text) && !isCompared) {
      column = text;
      depth = 0;
    } else if (COMPARES.has(text)) {
      isCompared = column !== undefined;
      betweens += text === 'between' ? 1 : 0;
    } else if (text === 'and' && betweens > 0) {
      betweens -= 1;
      continue;
    } else if (text === '(') {
      depth += 1;
    } else if (text === ')') {
      depth -= 1;
    } else if (column !== undefined && isCompared && (kind === NUMBER || kind === STRING)) {
      // Days of an interval, and what is added to a bound, stay as they are: the window keeps its width.
      const before = tokenText(tokens, Math.max(0, at - 1)).toLowerCase();
      if (!['interval', '+', '-', '*', '/'].includes(before)) {
        found.push({ at, column, text: tokenText(tokens, at) });
      }
    }
    if (ENDS.has(text) || text === 'and' || depth < 0) {
      column = undefined;
      isCompared = false;
      betweens = 0;
      depth = 0;
    } else if (names.has(text) && isCompared && column !== text) {
      // Compared with another column: a join.
      column = undefined;
      isCompared = false;
    }
  }
  return found;
}

interface StepParts {
  readonly kind: TablePool['columns'][number]['kind'];
  /** The value the least literal becomes. */
  readonly row: string | undefined;
  readonly random: () => number;
}

/** How numbers and dates of one column move, all by the same step; undefined where they stay. */
function stepOf(
  parameters: readonly Parameter[],
  { kind, row, random }: StepParts,
): ((text: string) => string) | undefined {
  if (parameters.length === 0 || row === undefined) {
    return undefined;
  }
  if (kind === 'date') {
    const days = parameters.map(({ text }) => Date.parse(text.replaceAll("'", '')));
    const step = Date.parse(row) - Math.min(...days);
    return Number.isFinite(step)
      ? (text) => {
          const moved = new Date(Date.parse(text.replaceAll("'", '')) + step);
          return `'${moved.toISOString().slice(0, 10)}'`;
        }
      : undefined;
  }
  const numbers = parameters.map(({ text }) => Number(text));
  if ((kind !== 'whole' && kind !== 'decimal') || !numbers.every(Number.isFinite)) {
    return undefined;
  }
  const least = Math.min(...numbers);
  const step =
    kind === 'whole'
      ? Math.max(-least, Number(row) - least)
      : Math.max(-least, Math.round((2 * random() - 1) * DECIMAL_STEP));
  return (text) => {
    const decimals = text.split('.')[1]?.length ?? 0;
    return (Number(text) + step).toFixed(decimals);
  };
}

function quoted(text: string | undefined): string | undefined {
  return text === undefined ? undefined : `'${text.replaceAll("'", "''")}'`;
}

function spliced(
  sql: string,
  { tokens, changed }: { readonly tokens: Tokens; readonly changed: ReadonlyMap<number, string> },
): string {
  let text = '';
  let end = 0;
  for (const [at, other] of [...changed].toSorted(([a], [b]) => a - b)) {
    text += sql.slice(end, tokens.starts[at]) + other;
    end = tokens.ends[at] ?? end;
  }
  return text + sql.slice(end);
}
