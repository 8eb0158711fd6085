import { Dialect, transpile } from '@polyglot-sql/sdk';
import { whyNotKept } from './bigquery-kept-rules.ts';

/** A statement of GoogleSQL as this server carries it out. */
export interface Understood {
  readonly statementType: string;
  /** What DuckDB is asked; several where options are kept beside the object. */
  readonly sql: readonly string[];
  /** Rows come back. */
  readonly returnsRows: boolean;
  /** It changes something people keep: refused to who may only read. */
  readonly writes: boolean;
  /** It makes, changes or drops a permanent object: refused within a transaction. */
  readonly isDdl: boolean;
  /** It asks for the last change of this table. */
  readonly lastChangeOf?: string;
}

export class GoogleSqlError extends Error {}

const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^create\s+(or\s+replace\s+)?materialized\s+view\b/i, 'CREATE_MATERIALIZED_VIEW'],
  [/^create\s+(or\s+replace\s+)?view\b/i, 'CREATE_VIEW'],
  [/^create\s+(or\s+replace\s+)?table\b[\s\S]*\bas\b/i, 'CREATE_TABLE_AS_SELECT'],
  [/^create\s+(or\s+replace\s+)?table\b/i, 'CREATE_TABLE'],
  [/^create\s+schema\b/i, 'CREATE_SCHEMA'],
  [/^alter\s+(table|(materialized\s+)?view)\b/i, 'ALTER_TABLE'],
  [/^drop\s+materialized\s+view\b/i, 'DROP_MATERIALIZED_VIEW'],
  [/^drop\s+view\b/i, 'DROP_VIEW'],
  [/^drop\b/i, 'DROP_TABLE'],
  [/^insert\b/i, 'INSERT'],
  [/^update\b/i, 'UPDATE'],
  [/^delete\b/i, 'DELETE'],
  [/^merge\b/i, 'MERGE'],
  [/^truncate\b/i, 'TRUNCATE_TABLE'],
  [/^begin\b/i, 'BEGIN_TRANSACTION'],
  [/^commit\b/i, 'COMMIT_TRANSACTION'],
  [/^rollback\b/i, 'ROLLBACK_TRANSACTION'],
  [/^call\b/i, 'CALL'],
  [/^grant\b/i, 'GRANT'],
  [/^revoke\b/i, 'REVOKE'],
];

const DML = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'TRUNCATE_TABLE']);

/** Reads a statement far enough to carry it out in DuckDB. Raises `GoogleSqlError` where it is no GoogleSQL. */
export function understand(text: string): Understood {
  const sql = withoutLeadingComments(text).replace(/[;\s]+$/, '');
  const statementType = KINDS.find(([pattern]) => pattern.test(sql))?.[1] ?? 'SELECT';
  const isDdl = /^(CREATE|ALTER|DROP)_/.test(statementType);
  const changed =
    /^select[\s\S]*\bfrom\s+(\S+)\.__TABLES__ as t where t\.table_id = '([^']*)'$/i.exec(sql);
  if (changed !== null) {
    return {
      statementType: 'SELECT',
      returnsRows: true,
      writes: false,
      isDdl: false,
      sql: ['select null as changed'],
      lastChangeOf: `${changed[1] ?? ''}.${changed[2] ?? ''}`,
    };
  }
  const common = {
    statementType,
    returnsRows: statementType === 'SELECT',
    writes: isDdl || DML.has(statementType),
    isDdl,
  };
  if (statementType.endsWith('_TRANSACTION')) {
    return { ...common, sql: [statementType.replace('_', ' ').toLowerCase()] };
  }
  if (statementType === 'GRANT' || statementType === 'REVOKE') {
    return { ...common, writes: true, sql: access(sql) };
  }
  if (statementType === 'CALL') {
    return { ...common, sql: [] };
  }
  return { ...common, sql: isDdl ? ddl(sql) : [toDuckdb(sql)] };
}

/** Roles on tables, views and datasets, to one grantee at a time. */
function access(sql: string): readonly string[] {
  const [, verb = '', role = '', kind = '', on = '', grantee = ''] =
    /^(grant|revoke)\s+`([^`]+)`\s+on\s+(table|(?:materialized\s+)?view|schema)\s+(\S+)\s+(?:to|from)\s+'([^']*)'$/i.exec(
      sql,
    ) ?? [];
  if (verb === '') {
    throw new GoogleSqlError('Syntax error: Unexpected GRANT');
  }
  const [schema, name] = lastTwo(on);
  const row = [
    kind.toLowerCase() === 'schema' ? 'null' : text(schema),
    text(name),
    text(role),
    text(grantee),
  ];
  return verb.toLowerCase() === 'grant'
    ? [`insert into bq_info.object_privileges values (${row.join(', ')})`]
    : [
        `delete from bq_info.object_privileges where object_schema is not distinct from ${row[0] ?? ''} and object_name = ${row[1] ?? ''} and privilege_type = ${row[2] ?? ''} and grantee = ${row[3] ?? ''}`,
      ];
}

/** DDL: options are cut out and kept in a table; partitions, clusters and NOT ENFORCED mean nothing here. */
function ddl(sql: string): readonly string[] {
  const setOptions =
    /^alter\s+(?:table|(?:materialized\s+)?view)\s+(\S+)\s+set\s+options\s*(\([\s\S]*)$/i.exec(sql);
  const column =
    /^alter\s+view\s+(\S+)\s+alter\s+column\s+(\S+)\s+set\s+options\s*\(description\s*=\s*('(?:[^'\\]|\\.)*')\)$/i.exec(
      sql,
    );
  if (column !== null) {
    const [, target = '', name = '', description = ''] = column;
    return keepColumn(target, { name, description });
  }
  if (setOptions !== null) {
    return keepOptions(setOptions[1] ?? '', balanced(setOptions[2] ?? ''));
  }
  const dropped = /^drop\s+materialized\s+view\s+(\S+)$/i.exec(sql)?.[1];
  if (dropped !== undefined) {
    return dropMaterialized(dropped);
  }
  const name =
    /^create\s+(?:or\s+replace\s+)?(?:materialized\s+)?(?:table|view|schema)\s+(?:if\s+not\s+exists\s+)?((?:`[^`]+`|[\w-]+)(?:\.(?:`[^`]+`|[\w-]+))*)/i;
  const target = name.exec(sql)?.[1];
  const [whole, body] = splitAtAs(sql);
  const isKept = /^create\s+materialized\s+view\b/i.test(sql);
  const isAnew = /^create\s+or\s+replace\s+table\b/i.test(sql);
  const isView = /^create\s+(or\s+replace\s+)?view\b/i.test(sql);
  const { head, columns } = isView ? withoutColumns(whole) : { head: whole, columns: [] };
  const at = head.search(/\boptions\s*\(/i);
  const options = at < 0 ? '' : balanced(head.slice(head.indexOf('(', at)));
  const bare = (
    at < 0 ? head : head.slice(0, at) + head.slice(head.indexOf('(', at) + options.length)
  )
    .replaceAll(/\bnot\s+enforced\b/gi, '')
    .replace(/\b(partition|cluster)\s+by\b[\s\S]*$/i, '')
    .replace(/\bmaterialized\s+view\b/i, 'view');
  const list = columns.length === 0 ? '' : `(${columns.map((each) => each.name).join(', ')})`;
  const made = toDuckdb(body === undefined ? bare : `${bare} ${list} as ${body}`);
  return [
    ...(isKept ? [EDITION] : []),
    made,
    ...(target === undefined || !/^create/i.test(sql) ? [] : forget(target)),
    ...(target === undefined || at < 0 ? [] : keepOptions(target, options)),
    ...(isView && target !== undefined ? [keepView(target, body ?? '')] : []),
    ...(isKept && target !== undefined ? [keepMaterialized(target, body ?? '')] : []),
    ...(isAnew && target !== undefined ? [keepMaking(target)] : []),
    ...(target === undefined ? [] : columns.flatMap((each) => keepColumn(target, each))),
  ];
}

interface ListedColumn {
  readonly name: string;
  readonly description: string | undefined;
}

/** A view's list of columns, each perhaps with a description. */
function withoutColumns(whole: string): {
  readonly head: string;
  readonly columns: readonly ListedColumn[];
} {
  const before = /^(create\s+(?:or\s+replace\s+)?view\s+[^\s(]+\s*)\(/i.exec(whole)?.[1];
  if (before === undefined) {
    return { head: whole, columns: [] };
  }
  const list = balanced(whole.slice(before.length));
  const columns = [
    ...list.matchAll(
      /[(,]\s*(`[^`]+`|\w+)(?:\s+options\s*\(description\s*=\s*('(?:[^'\\]|\\.)*')\))?(?=\s*[,)])/gi,
    ),
  ].map(([, name = '', description]) => ({ name, description }));
  return { head: `${before}${whole.slice(before.length + list.length)}`, columns };
}

/** An object made anew has nothing of the old one's but its grants. */
function forget(target: string): readonly string[] {
  const [schema, name] = lastTwo(target);
  const own = `table_schema = ${text(schema)} and table_name = ${text(name)}`;
  return ['recorded_options', 'recorded_columns'].map(
    (table) => `delete from bq_info.${table} where ${own}`,
  );
}

function keepColumn(target: string, { name, description }: ListedColumn): readonly string[] {
  const [schema, table] = lastTwo(target);
  return description === undefined
    ? []
    : [
        `insert into bq_info.recorded_columns values (${text(schema)}, ${text(table)}, ${text(name.replaceAll('`', ''))}, ${text(unescaped(description.slice(1, -1)))})`,
      ];
}

function unescaped(value: string): string {
  return value.replaceAll(/\\([\s\S])/g, (_all, one: string) => (one === 'n' ? '\n' : one));
}

/** CREATE ... AS: what stands before the first AS outside parentheses, and the query. */
function splitAtAs(sql: string): readonly [string, string | undefined] {
  let depth = 0;
  for (const { 0: token, index } of sql.matchAll(/[()]|'(?:[^'\\]|\\.)*'|`[^`]*`|\bas\b/gi)) {
    depth += token === '(' ? 1 : token === ')' ? -1 : 0;
    if (depth === 0 && token.toLowerCase() === 'as') {
      return [sql.slice(0, index), sql.slice(index + 2)];
    }
  }
  return [sql, undefined];
}

/** The text up to the parenthesis that closes the first one. */
function balanced(text: string): string {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/[()]|'(?:[^'\\]|\\.)*'/g)) {
    depth += token === '(' ? 1 : token === ')' ? -1 : 0;
    if (depth === 0) {
      return text.slice(0, index + 1);
    }
  }
  throw new GoogleSqlError('Syntax error: Expected ")"');
}

function keepOptions(target: string, options: string): readonly string[] {
  const [schema, name] = lastTwo(target);
  return [
    ...options.matchAll(/(\w+)\s*=\s*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\[[^\]]*\]|[\w.]+)/g),
  ].flatMap(([, option = '', value = '']) => [
    `delete from bq_info.recorded_options where table_schema = ${text(schema)} and table_name = ${text(name)} and option_name = ${text(option)}`,
    `insert into bq_info.recorded_options values (${text(schema)}, ${text(name)}, ${text(option)}, ${text(asTold(value))})`,
  ]);
}

/** A text is told as a literal in double quotes. */
function asTold(value: string): string {
  return value.startsWith("'") ? JSON.stringify(unescaped(value.slice(1, -1))) : value;
}

function keepView(target: string, definition: string): string {
  const [schema, name] = lastTwo(target);
  return `insert or replace into bq_info.recorded_views values (${text(schema)}, ${text(name)}, ${text(definition.trim())})`;
}

/** Some editions have none. */
const EDITION =
  "select error('Materialized views are not supported by the STANDARD edition') from bq_info.edition where name = 'STANDARD'";

/** A view here, and what is told of it; its rows come with its first refresh. */
function keepMaterialized(target: string, definition: string): string {
  const [schema, name] = lastTwo(target);
  const refusal = whyNotKept(definition);
  if (refusal !== undefined) {
    throw new GoogleSqlError(refusal);
  }
  return `insert into bq_info.recorded_materialized values (${text(schema)}, ${text(name)}, ${text(toDuckdb(definition))}, ${text(definition.trim())}, nextval('bq_info.makings'))`;
}

/** When a table was made anew, counted as the making of materialized views is. */
export function keepMaking(target: string): string {
  const [schema, name] = lastTwo(target);
  return `insert into bq_info.recorded_makings values (${text(schema)}, ${text(name)}, nextval('bq_info.makings'))`;
}

function dropMaterialized(target: string): readonly string[] {
  const [schema, name] = lastTwo(target);
  return [
    `drop view "${schema}"."${name}"`,
    `delete from bq_info.recorded_materialized where table_schema = ${text(schema)} and table_name = ${text(name)}`,
    `drop table if exists kept."${schema}__${name}"`,
    ...forget(target),
  ];
}

function lastTwo(target: string): readonly [string, string] {
  const parts = target.replaceAll('`', '').split('.');
  return [parts.at(-2) ?? '', parts.at(-1) ?? ''];
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** Subqueries over a job's labels as functions of the list: DuckDB would join all jobs with themselves for each. */
const LABELS_TOLD = [
  /\(select string_agg\(concat\(l\.key, '=', l\.value\), ',' order by l\.key\) from unnest\((\w+\.labels)\) as l\s+where not regexp_contains\(l\.key, ('[^']*')\)\)/gi,
  'labels_told($1, $2)',
] as const;
const HAS_LABEL = [
  /\bexists \(select 1 from unnest\((\w+\.labels)\) as l where l\.key = ('[^']*')\)/gi,
  'has_label($1, $2)',
] as const;

/** The project is this one; INFORMATION_SCHEMA is a schema of ours, of one dataset where one is named. */
function toDuckdb(sql: string): string {
  const own = sql
    .replaceAll(
      /\bjson_value\((\w+\.\w+)\)/gi,
      (_all, value: string) => `json_extract_string(${value}, '$')`,
    )
    .replaceAll(
      /(?:`[\w-]+`\.)?`([\w-]+)`\.`?INFORMATION_SCHEMA`?\.`?(\w+)`?/gi,
      (_all, where: string, view: string) =>
        where.startsWith('region-')
          ? `bq_info.${view.toLowerCase()}`
          : `(select * from bq_info.${view.toLowerCase()} where table_schema = '${where}')`,
    )
    .replaceAll(/`[a-z][\w-]*-[\w-]+`\.(?=`|\w)/g, '')
    .replaceAll(...LABELS_TOLD)
    .replaceAll(...HAS_LABEL);
  const { success, sql: written, error } = transpile(own, Dialect.BigQuery, Dialect.DuckDB);
  const [only, second] = written ?? [];
  if (!success || only === undefined || second !== undefined) {
    throw new GoogleSqlError(`Syntax error: ${String(error ?? 'one statement is expected')}`);
  }
  return (
    only
      .replaceAll(/\bAS (NUMERIC|DECIMAL|bignumeric)\)/gi, 'AS DECIMAL(38, 9))')
      // Anywhere in the text.
      .replaceAll(/\bREGEXP_FULL_MATCH\(/g, 'REGEXP_MATCHES(')
      .replaceAll(/\bMAKE_TIMESTAMP\(/g, 'make_timestamp(')
      .replaceAll(/\bOPTIONS \([^)]*\)/g, '')
  );
}

function withoutLeadingComments(text: string): string {
  return text.replace(/^(\s|--[^\n]*\n|#[^\n]*\n|\/\*[\s\S]*?\*\/)+/, '');
}
