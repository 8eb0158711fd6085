import { existsSync, readFileSync } from 'node:fs';
import { answerShapeLine, type ShapeAnswer } from '../src/cli/shape-line.ts';
import { parseOne } from '../src/parsers/parse-one.ts';
import type { ParseSql } from '../src/sql/parse-sql.ts';

/**
 * Exact-match shares over the recorded lineage cases: input tables, column lineage. Names compare without case.
 * `node bench/lineage-score.ts [--misses]`; the corpus is where GOLDSMITH_CORPUS says, else ../shared/data.
 */
const corpus = process.env['GOLDSMITH_CORPUS'] ?? '../shared/data';
const showsMisses = process.argv.includes('--misses');

interface Case {
  readonly id: string;
  readonly dialect: string;
  readonly sql: string;
  readonly default_db?: string | null;
  readonly default_schema?: string | null;
  readonly schema: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly expected: {
    readonly kind?: 'table' | 'column';
    readonly in_tables?: readonly string[];
    readonly source?: readonly string[];
    readonly lineage?: readonly unknown[] | null;
  };
}

const parse: ParseSql = (requests) => Promise.all(requests.map(parseOne));

async function score(file: string): Promise<void> {
  const path = `${corpus}/lineage/${file}.jsonl`;
  if (!existsSync(path)) {
    print(`${file}: skipped, ${path} is absent`);
    return;
  }
  const cases = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Case);
  const tally = { tables: [0, 0], lineage: [0, 0], parsed: 0, full: 0 };
  for (const each of cases) {
    const answer = await answerShapeLine(lineOf(each), { parse });
    tally.parsed += answer.unparsed === undefined ? 1 : 0;
    tally.full += answer.level === 'full' ? 1 : 0;
    const tables = each.expected.in_tables ?? each.expected.source;
    if (tables !== undefined) {
      count(tally.tables, each, { of: 'tables', want: tables, got: answer.tables ?? [], answer });
    }
    const want = wantedEdges(each);
    if (want !== undefined) {
      count(tally.lineage, each, { of: 'lineage', want, got: edgesOf(answer), answer });
    }
  }
  print(
    `${file}: ${cases.length} cases, parsed ${tally.parsed}, full ${tally.full}; ` +
      `tables ${shareOf(tally.tables)}; lineage ${shareOf(tally.lineage)}`,
  );
}

function lineOf(each: Case) {
  const ddl = Object.entries(each.schema).map(([table, columns]) => {
    const name = table.split('.').map(quote).join('.');
    const list = Object.keys(columns).map((column) => `${quote(column)} varchar`);
    return `create table ${name} (${list.join(', ')});`;
  });
  return {
    id: each.id,
    dialect: each.dialect,
    sql: each.sql,
    database: each.default_db,
    schema: each.default_schema,
    ddl: ddl.join('\n'),
  };
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Edges `output <- table.column`; outputs without a source are no edge. */
function wantedEdges({ expected }: Case): readonly string[] | undefined {
  if (expected.in_tables !== undefined) {
    const outputs = expected.lineage as
      | readonly { readonly col: string; readonly up: readonly (readonly string[])[] }[]
      | null;
    return outputs?.flatMap(({ col, up }) => up.map((source) => `${col} <- ${source.join('.')}`));
  }
  if (expected.kind !== 'column') {
    return undefined;
  }
  const pairs = expected.lineage as readonly (readonly [readonly string[], readonly string[]])[];
  return pairs.map(([[column, table], [output]]) => `${output} <- ${table}.${column}`);
}

function edgesOf(answer: ShapeAnswer): readonly string[] {
  return (answer.lineage ?? []).flatMap(({ column, sources }) =>
    sources.map((source) => `${column} <- ${source}`),
  );
}

interface Comparison {
  readonly of: string;
  readonly want: readonly string[];
  readonly got: readonly string[];
  readonly answer: ShapeAnswer;
}

function count(tally: number[], each: Case, { of, want, got, answer }: Comparison): void {
  const isExact = textOf(want) === textOf(got);
  tally[0] = (tally[0] ?? 0) + (isExact ? 1 : 0);
  tally[1] = (tally[1] ?? 0) + 1;
  if (!isExact && showsMisses) {
    print(`--- ${of} ${each.id}\n${each.sql.trim()}`);
    print(`    want ${textOf(want)}\n    got  ${textOf(got)}`);
    print(`    ${answer.unparsed ?? answer.error ?? (answer.notUnderstood ?? []).join('; ')}`);
  }
}

function textOf(names: readonly string[]): string {
  return [...new Set(names.map((name) => name.toLowerCase()))].toSorted().join(' | ');
}

function shareOf([hits = 0, all = 0]: readonly number[]): string {
  return `${hits}/${all} (${((100 * hits) / Math.max(1, all)).toFixed(1)} %)`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

await score('datahub');
await score('sqllineage');
