import type { Expr, FromItem, Ident, Statement } from '../../sql/ir.ts';
import { column, opaque } from '../make-expr.ts';
import { GrammarError } from '../reader.ts';
import type { Tree } from '../tree.ts';
import { isTree, listOf, textOf, treeOf } from '../tree.ts';

const BECAUSE = 'read for its tables and columns only';

type Table = Extract<FromItem, { readonly kind: 'table' }>;

/** What one tree names. */
interface Names {
  readonly tables: Map<string, Table>;
  readonly columns: Map<string, Expr>;
  readonly ctes: Set<string>;
}

/**
 * DuckDB's own tree of a text as IR: its tables side by side and its columns in one opaque expression, so
 * that both are seen and nothing is ever matched. Throws `GrammarError` where it writes no tree: it
 * does for queries alone.
 */
export function readStatements(tree: unknown): readonly Statement[] {
  const { error, error_message: message, statements } = treeOf(tree);
  if (error !== false) {
    throw new GrammarError(textOf(message) || 'it writes no tree');
  }
  return listOf(statements).map((statement) => readQuery(treeOf(statement)['node']));
}

function readQuery(node: unknown): Statement {
  const names: Names = { tables: new Map(), columns: new Map(), ctes: new Set() };
  collect(node, names);
  const from = [...names.tables]
    .filter(([, { path }]) => path.length > 1 || !names.ctes.has(path[0]?.name.toLowerCase() ?? ''))
    .map(([, table]) => table);
  const select = {
    kind: 'select',
    items: [{ expr: opaque(BECAUSE, [...names.columns.values()]) }],
    from,
    windows: [],
    opaqueClauses: [BECAUSE],
  } as const;
  return { kind: 'query', query: { ctes: [], recursive: false, body: select, orderBy: [] } };
}

function collect(node: unknown, names: Names): void {
  if (Array.isArray(node)) {
    node.forEach((part: unknown) => collect(part, names));
    return;
  }
  if (!isTree(node)) {
    return;
  }
  if (node['type'] === 'BASE_TABLE') {
    noteTable(node, names);
  } else if (node['type'] === 'COLUMN_REF') {
    const path = listOf(node['column_names']).map((name) => identOf(textOf(name)));
    names.columns.set(JSON.stringify(path), column(path));
  }
  for (const entry of listOf(treeOf(node['cte_map'])['map'])) {
    names.ctes.add(textOf(treeOf(entry)['key']).toLowerCase());
  }
  Object.values(node).forEach((part) => collect(part, names));
}

function noteTable(node: Tree, { tables }: Names): void {
  const parts = ['catalog_name', 'schema_name', 'table_name'].map((key) => textOf(node[key]));
  const path = parts.filter(Boolean).map(identOf);
  const alias = textOf(node['alias']);
  const aliased = alias === '' ? {} : { alias: identOf(alias) };
  const key = `${parts.filter(Boolean).join('.')}${alias === '' ? '' : ` ${alias}`}`;
  tables.set(key, { kind: 'table', path, ...aliased, columnAliases: [], modifiers: [] });
}

/** Names compare without case in DuckDB, whether quoted or not. */
function identOf(name: string): Ident {
  return { name, quoted: !/^[a-z_]\w*$/i.test(name) };
}
