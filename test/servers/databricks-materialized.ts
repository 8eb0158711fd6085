import type { DuckDBConnection } from '@duckdb/node-api';
import { keyOf, ownerIs, quoted, toDuckdb, unescaped } from './databricks-sql.ts';

const KEPT = 'lakehouse.unity.materialized';
const NAME = '((?:`[^`]+`|\\w+)(?:\\.(?:`[^`]+`|\\w+)){0,2})';
const CLAUSES =
  /^(?:comment\s+'((?:[^'\\]|\\.)*)'|refresh\s+policy\s+(auto|incremental\s+strict|incremental|full)|cluster\s+by\s+\([^)]*\))\s*/i;

/** A statement about materialized views. */
export type MaterializedStatement =
  | {
      readonly kind: 'create';
      readonly name: string;
      readonly comment: string | undefined;
      readonly isIncremental: boolean;
      readonly select: string;
    }
  | {
      readonly kind: 'refresh' | 'drop' | 'properties' | 'detail' | 'history' | 'write';
      readonly name: string;
    };

/** Only about those that are there, but for one that is to be made. */
export function recogniseMaterialized(statement: string): MaterializedStatement | undefined {
  const sql = statement.replace(/^(\s*\/\*[\s\S]*?\*\/)+/, '').trim();
  const [head, name] =
    new RegExp(`^create\\s+materialized\\s+view\\s+${NAME}\\s+`, 'i').exec(sql) ?? [];
  if (head !== undefined && name !== undefined) {
    return created(name, sql.slice(head.length));
  }
  for (const [kind, verb] of VERBS) {
    const about = new RegExp(`^${verb}\\s+${NAME}`, 'i').exec(sql)?.[1];
    if (about !== undefined) {
      return { kind, name: about };
    }
  }
  return undefined;
}

const VERBS = [
  ['refresh', 'refresh\\s+materialized\\s+view'],
  ['drop', 'drop\\s+materialized\\s+view'],
  ['properties', 'show\\s+tblproperties'],
  ['detail', 'describe\\s+detail'],
  ['history', 'describe\\s+history'],
  [
    'write',
    '(?:insert\\s+into|insert\\s+overwrite|update|delete\\s+from|merge\\s+into|drop\\s+table|drop\\s+view)',
  ],
] as const;

function created(name: string, clauses: string): MaterializedStatement {
  let rest = clauses;
  let comment: string | undefined;
  let policy = 'auto';
  for (let found = CLAUSES.exec(rest); found !== null; found = CLAUSES.exec(rest)) {
    comment = found[1] ?? comment;
    policy = found[2]?.toLowerCase() ?? policy;
    rest = rest.slice(found[0].length);
  }
  const select = rest.replace(/^as\s+/i, '');
  return { kind: 'create', name, comment, isIncremental: policy.startsWith('incremental'), select };
}

/** What its incremental refresh does not take, by the name the account gives the reason. */
const NOT_BY_CHANGES: readonly (readonly [RegExp, string])[] = [
  [/\b(limit|rollup|cube|grouping sets|except|intersect)\b/i, 'OPERATOR_NOT_INCREMENTALIZABLE'],
  [/\b(exists|in)\s*\(\s*select\b/i, 'SUBQUERY_EXPRESSION_NOT_INCREMENTALIZABLE'],
  [/\b(rand|uuid|current_user|current_timestamp)\s*\(/i, 'EXPRESSION_NOT_DETERMINISTIC'],
];

const REASONS: Readonly<Record<string, string>> = {
  ROW_TRACKING_NOT_ENABLED: 'Tables do not have row tracking enabled',
};

/** Carries it out, and gives the rows it answers with; nothing where it is about no materialized view. Fails as the account says it does. */
export async function carryOutMaterialized(
  connection: DuckDBConnection,
  statement: MaterializedStatement,
): Promise<readonly (readonly [string, string])[] | undefined> {
  const { kind, name } = statement;
  if (kind === 'create') {
    await make(connection, statement);
    return [];
  }
  const query = await only(connection, `select query from ${KEPT} where ${named(name)}`);
  if (query === undefined && kind === 'properties') {
    const own = await propertiesOf(connection, name);
    if (own !== undefined) {
      return own;
    }
    throw new Error(`[TABLE_OR_VIEW_NOT_FOUND] The table or view ${name} cannot be found`);
  }
  if (query === undefined) {
    return undefined;
  }
  switch (kind) {
    case 'refresh':
      await refill(connection, { name, query });
      return [];
    case 'drop':
      await connection.run(`drop table ${quoted(name)}`);
      await connection.run(`delete from ${KEPT} where ${named(name)}`);
      return [];
    case 'properties':
      return [['pipelines.pipelineId', `pipeline of ${keyOf(name)}`]];
    case 'detail':
    case 'history':
    case 'write':
      throw new Error(
        `[MATERIALIZED_VIEW_OPERATION_NOT_ALLOWED] The materialized view operation ${kind} is not allowed`,
      );
  }
}

/** Of a view or table; nothing where there is none. What the warehouse keeps among them for itself is not shown. */
async function propertiesOf(
  connection: DuckDBConnection,
  name: string,
): Promise<readonly (readonly [string, string])[] | undefined> {
  const key = keyOf(name);
  const stands = `select 1 from (
  select schema_name, view_name as name from duckdb_views() union all select schema_name, table_name from duckdb_tables()
) where schema_name || '.' || name = '${key}'`;
  if ((await only(connection, stands)) === undefined) {
    return undefined;
  }
  const told = await connection.runAndReadAll(
    `select key, value from lakehouse.unity.view_properties where ${named(name)} and key not like 'view.%' order by key`,
  );
  return told.getRows().map(([of, value]) => [String(of), String(value)]);
}

async function make(
  connection: DuckDBConnection,
  { name, comment, isIncremental, select }: MaterializedStatement & { readonly kind: 'create' },
): Promise<void> {
  const untracked = await connection.runAndReadAll('select * from lakehouse.unity.untracked');
  const without = untracked
    .getRows()
    .find(([of]) => select.replaceAll('`', '').includes(String(of)));
  const odd = NOT_BY_CHANGES.find(([form]) => form.test(select))?.[1];
  const why = odd ?? (without === undefined ? undefined : 'ROW_TRACKING_NOT_ENABLED');
  if (isIncremental && without?.[1] === true) {
    await register(connection, { name, comment, select });
  }
  if (isIncremental && why !== undefined) {
    throw new Error(
      `[MATERIALIZED_VIEW_NOT_INCREMENTALIZABLE.${why}] Cannot create the materialized view with INCREMENTAL STRICT refresh policy because it is not supported for incremental refresh. Reason: ${REASONS[why] ?? why}`,
    );
  }
  await register(connection, { name, comment, select });
}

async function register(
  connection: DuckDBConnection,
  {
    name,
    comment,
    select,
  }: { readonly name: string; readonly comment: string | undefined; readonly select: string },
): Promise<void> {
  const query = toDuckdb(select);
  await connection.run(`create table ${quoted(name)} as ${query}`);
  for (const sql of ownerIs(name, "' || getvariable('user') || '")) {
    await connection.run(sql);
  }
  if (comment !== undefined) {
    await connection.run(`comment on table ${quoted(name)} is '${unescaped(comment)}'`);
  }
  await connection.run(
    `insert into ${KEPT} values ('${keyOf(name)}', ${text(select)}, ${text(query)})`,
  );
}

/** All or nothing, as a refresh is. */
async function refill(
  connection: DuckDBConnection,
  { name, query }: { readonly name: string; readonly query: string },
): Promise<void> {
  await connection.run('begin');
  try {
    await connection.run(`delete from ${quoted(name)}`);
    await connection.run(`insert into ${quoted(name)} ${query}`);
    await connection.run('commit');
  } catch (error) {
    await connection.run('rollback');
    throw error;
  }
}

async function only(connection: DuckDBConnection, sql: string): Promise<string | undefined> {
  const [row] = (await connection.runAndReadAll(sql)).getRows();
  return row === undefined ? undefined : String(row[0]);
}

function named(name: string): string {
  return `name = '${keyOf(name)}'`;
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
