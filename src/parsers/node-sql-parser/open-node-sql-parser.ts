import type { DialectName } from '../../sql/dialect.ts';
import type { Path, Statement } from '../../sql/ir.ts';
import type { Reader } from '../reader.ts';
import { GrammarError } from '../reader.ts';
import { listOf, textOf, treeOf } from '../tree.ts';

/** What its build files export. */
interface Grammar {
  readonly Parser: new () => { readonly parse: (sql: string) => unknown };
}

/** The dialects it has a grammar for, or a neighbour's that cuts strings and quotes the same way. */
const GRAMMARS: Readonly<Partial<Record<DialectName, () => Promise<unknown>>>> = {
  duckdb: () => import('node-sql-parser/build/postgresql.js'),
  postgres: () => import('node-sql-parser/build/postgresql.js'),
  redshift: () => import('node-sql-parser/build/redshift.js'),
  snowflake: () => import('node-sql-parser/build/snowflake.js'),
  bigquery: () => import('node-sql-parser/build/bigquery.js'),
  mysql: () => import('node-sql-parser/build/mysql.js'),
  trino: () => import('node-sql-parser/build/trino.js'),
};

/**
 * Opens the grammar of one dialect. The library is an independent witness of which relations a text
 * reads, and no more: it alters names and drops clauses without a word, so of what it alone accepts
 * the tables are kept and the rest is opaque. Undefined where it has no grammar for the dialect.
 */
export async function openNodeSqlParser(dialect: DialectName): Promise<Reader | undefined> {
  const load = GRAMMARS[dialect];
  if (load === undefined) {
    return undefined;
  }
  const module = treeOf(await load());
  const { Parser } = (module['default'] ?? module) as Grammar;
  const parser = new Parser();
  return { read: (sql) => readStatements(parsed(() => parser.parse(sql))) };
}

/** Its messages list every token it would have taken: of no use to anybody. */
function parsed(parse: () => unknown): unknown {
  try {
    return parse();
  } catch (error) {
    throw new GrammarError('that is no syntax', { cause: error });
  }
}

function readStatements(result: unknown): readonly Statement[] {
  const { ast, tableList } = treeOf(result);
  const nodes = Array.isArray(ast) ? ast : [ast];
  const verbs = nodes.map((node) => textOf(treeOf(node)['type']).toLowerCase());
  if (verbs.length !== 1 || verbs[0] !== 'select') {
    return verbs.map((verb) => ({ kind: 'other', verb }));
  }
  const because = 'read for its tables only';
  const ctes = cteNames(ast);
  const tables = listOf(tableList)
    .map(pathOf)
    .filter(([first, ...more]) => more.length > 0 || !ctes.has(first?.name.toLowerCase() ?? ''));
  const body = { kind: 'opaque-query', because, tables } as const;
  return [{ kind: 'query', query: { ctes: [], recursive: false, body, orderBy: [] } }];
}

/** `select::schema::table`, with `null` for no schema; a database stands before the schema with a dot. */
function pathOf(entry: unknown): Path {
  const [, ...names] = textOf(entry).split('::');
  return names
    .filter((name) => name !== 'null' && name !== '')
    .flatMap((name) => name.split('.'))
    .map((name) => ({ name, quoted: false }));
}

/** The names WITH defines at any depth, lower case: its list of tables holds them, too. */
function cteNames(ast: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  const open: unknown[] = [ast];
  while (open.length > 0) {
    const node = open.pop();
    if (typeof node !== 'object' || node === null) {
      continue;
    }
    for (const [key, part] of Object.entries(node)) {
      if (key === 'with' && Array.isArray(part)) {
        part.forEach((cte) =>
          names.add(textOf(treeOf(treeOf(cte)['name'])['value']).toLowerCase()),
        );
      }
      open.push(part);
    }
  }
  return names;
}
