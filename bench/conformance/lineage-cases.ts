import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ShapeAnswer } from '../../src/cli/shape-line.ts';

export const LINEAGE_SUITES = ['datahub', 'sqllineage'] as const;
export type LineageSuite = (typeof LINEAGE_SUITES)[number];

/** A recorded statement with the tables and the column lineage it is known to have. */
export interface LineageCase {
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

/** What somebody says a statement reads: tables, and edges `output <- table.column`. */
export interface LineageFound {
  readonly tables: readonly string[];
  readonly edges: readonly string[];
  /** Why nothing was found, where that is known. */
  readonly because?: string;
}

export interface LineageScore {
  readonly of: 'tables' | 'lineage';
  readonly want: readonly string[];
  readonly got: readonly string[];
  readonly isExact: boolean;
}

/** The cases of a suite; `undefined` where the corpus is absent. */
export function readLineageCases(
  corpus: string,
  suite: LineageSuite,
): readonly LineageCase[] | undefined {
  const path = join(corpus, 'lineage', `${suite}.jsonl`);
  return existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as LineageCase)
    : undefined;
}

/** The case as a line of `goldsmith shape`. */
export function shapeLineOf(each: LineageCase) {
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

/** What an answer of `goldsmith shape` found. */
export function foundBy(answer: ShapeAnswer): LineageFound {
  const because = answer.unparsed ?? answer.error ?? (answer.notUnderstood ?? []).join('; ');
  return {
    tables: answer.tables ?? [],
    edges: (answer.lineage ?? []).flatMap(({ column, sources }) =>
      sources.map((source) => `${column} <- ${source}`),
    ),
    ...(because === '' ? {} : { because }),
  };
}

/** A case asks for tables, for column lineage, or for both. Names compare without case, lists as sets. */
export function scoreLineage(each: LineageCase, found: LineageFound): readonly LineageScore[] {
  const tables = each.expected.in_tables ?? each.expected.source;
  const edges = wantedEdges(each);
  return [
    ...(tables === undefined ? [] : [compare('tables', { want: tables, got: found.tables })]),
    ...(edges === undefined ? [] : [compare('lineage', { want: edges, got: found.edges })]),
  ];
}

function compare(
  of: LineageScore['of'],
  { want, got }: Pick<LineageScore, 'want' | 'got'>,
): LineageScore {
  const [wanted, gotten] = [folded(want), folded(got)];
  return { of, want: wanted, got: gotten, isExact: wanted.join(' | ') === gotten.join(' | ') };
}

function folded(names: readonly string[]): readonly string[] {
  return [...new Set(names.map((name) => name.toLowerCase()))].toSorted();
}

/** Outputs without a source are no edge. */
function wantedEdges({ expected }: LineageCase): readonly string[] | undefined {
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
