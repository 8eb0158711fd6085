import type { Witness } from './determinacy.ts';
import type { RandomDatabase } from './random-databases.ts';
import type { AnswerRows } from './scratch-database.ts';
import type { CounterExample } from './small-scope.ts';
import { rawText } from './sql-value.ts';

/** A counter-example as small tables in text: the rows, what the query answers on them, and what the rewrite does. */
export function showCounterExample({ tables, query, rewritten, failure }: CounterExample): string {
  return [
    showTables(tables),
    showAnswer('the query answers', query),
    failure === undefined
      ? showAnswer('the rewrite answers', rewritten)
      : `the rewrite fails: ${failure}`,
  ].join('\n\n');
}

/** Two databases on which the marts are equal and the answers are not, as small tables in text. */
export function showWitness({ left, right }: Witness): string {
  return [
    'ONE DATABASE',
    showTables(left.tables),
    showAnswer('the query answers', left.query),
    'ANOTHER, EQUAL ON EVERY MART',
    showTables(right.tables),
    showAnswer('the query answers', right.query),
  ].join('\n\n');
}

function showTables(tables: RandomDatabase): string {
  const filled = tables.filter(({ rows }) => rows.length > 0);
  return filled.length === 0
    ? 'all tables empty'
    : filled
        .map(({ relation, columns, rows }) =>
          showTable({ title: relation, columns, rows: rows.map((row) => row.map(shown)) }),
        )
        .join('\n\n');
}

function showAnswer(title: string, rows: AnswerRows): string {
  return rows.length === 0
    ? `${title}: no row`
    : showTable({ title, columns: [], rows: rows.map((row) => row.map(answered)) });
}

export interface ShownTable {
  readonly title: string;
  /** None: only the rows are shown. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function showTable({ title, columns, rows }: ShownTable): string {
  const lines = columns.length === 0 ? rows : [columns, ...rows];
  const widths = (lines[0] ?? []).map((_cell, at) =>
    Math.max(...lines.map((line) => (line[at] ?? '').length)),
  );
  return [
    `${title}:`,
    ...lines.map((line) =>
      `  ${line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')}`.trimEnd(),
    ),
  ].join('\n');
}

/** An empty text and one with blanks at its ends keep their quotes: they are often what matters. */
function shown(literal: string): string {
  const text = rawText(literal);
  return text === null ? 'NULL' : text === text.trim() && text !== '' ? text : `'${text}'`;
}

function answered(value: string | null): string {
  return value === null ? 'NULL' : value.replace(/^"(.+)"$/, '$1');
}
