import { Dialect, transpile } from '@polyglot-sql/sdk';

/** What a statement does here: statements of DuckDB to run in turn, the last one's result is the answer. */
export interface Recognised {
  readonly kind: 'run' | 'setting' | 'history';
  /** Whose history. */
  readonly of?: string;
  readonly sql: readonly string[];
  /** What was set, for settings. */
  readonly setting?: readonly [name: string, value: string];
}

const NAME = '((?:`[^`]+`|\\w+)(?:\\.(?:`[^`]+`|\\w+)){0,2})';
const TEXT = "'((?:[^'\\\\]|\\\\.)*)'";

/** The statements DuckDB has no word for, by their form; everything else is translated. */
export function recognise(statement: string): Recognised {
  const sql = statement
    .replace(/^(\s*\/\*[\s\S]*?\*\/)+/, '')
    .trim()
    .replace(/;$/, '');
  const [, setting, value] = /^set\s+([\w.]+)\s*=\s*(.+)$/is.exec(sql) ?? [];
  if (setting !== undefined && value !== undefined) {
    const plain = value.replaceAll("'", '');
    return { kind: 'setting', sql: [], setting: [setting.toLowerCase(), plain] };
  }
  const [, detailOf] = new RegExp(`^describe\\s+detail\\s+${NAME}$`, 'i').exec(sql) ?? [];
  if (detailOf !== undefined) {
    const { schema, name } = partsOf(detailOf);
    return run(`select 'delta' as format, estimated_size * 8 as "sizeInBytes", 1 as "numFiles"
from duckdb_tables() where schema_name = ${schema} and table_name = '${name}'`);
  }
  const [, createdOf] = new RegExp(`^show\\s+create\\s+table\\s+${NAME}$`, 'i').exec(sql) ?? [];
  if (createdOf !== undefined) {
    const { schema, name } = partsOf(createdOf);
    return run(`select 'CREATE VIEW ${name} WITH SCHEMA ' || coalesce((
  select p.value from lakehouse.unity.view_properties as p where p.name = schema_name || '.' || view_name and p.key = 'view.schemaMode'
), 'COMPENSATION') || ' AS ' || regexp_replace(sql, '^.*? AS ', '') as createtab_stmt
from duckdb_views() where schema_name = ${schema} and view_name = '${name}'`);
  }
  const [, historyOf] =
    new RegExp(`^describe\\s+history\\s+${NAME}\\s+limit\\s+1$`, 'i').exec(sql) ?? [];
  if (historyOf !== undefined) {
    return { kind: 'history', of: historyOf, sql: [] };
  }
  const [, , ownedBy, owner] =
    new RegExp(`^alter\\s+(view|table)\\s+${NAME}\\s+owner\\s+to\\s+(\\S+)$`, 'i').exec(sql) ?? [];
  if (ownedBy !== undefined && owner !== undefined) {
    return run(...ownerIs(ownedBy, owner.replaceAll('`', '')), 'select 1');
  }
  const access = new RegExp(
    `^(grant|revoke)\\s+(.+?)\\s+on\\s+(?:table|materialized\\s+view)\\s+${NAME}\\s+(?:to|from)\\s+(.+)$`,
    'i',
  ).exec(sql);
  if (access !== null) {
    return run(accessOf(access), 'select 1');
  }
  const made = createdAs(sql);
  if (made !== undefined) {
    return made;
  }
  const [, overwritten, rows] =
    new RegExp(`^insert\\s+overwrite\\s+(?:table\\s+)?${NAME}\\s+([\\s\\S]+)$`, 'i').exec(sql) ??
    [];
  if (overwritten !== undefined && rows !== undefined) {
    const table = quoted(overwritten);
    return run(
      'begin',
      `create or replace temp table overwriting as ${toDuckdb(rows)}`,
      `delete from ${table}`,
      `insert into ${table} from overwriting`,
      'commit',
    );
  }
  return run(toDuckdb(sql));
}

/** `CREATE ... AS` with what comes between the name and AS: using, cluster by, comment, tblproperties. */
function createdAs(sql: string): Recognised | undefined {
  const head = new RegExp(
    `^create\\s+(or\\s+replace\\s+)?(table|view)\\s+(if\\s+not\\s+exists\\s+)?${NAME}`,
    'i',
  ).exec(sql);
  if (head === null) {
    return undefined;
  }
  const [whole, replace = '', kind = '', unless = '', name = ''] = head;
  let rest = sql.slice(whole.length).trim();
  let comment: string | undefined;
  let list: string | undefined;
  for (;;) {
    const part =
      /^using\s+delta/i.exec(rest) ??
      /^cluster\s+by\s+\([^)]*\)/i.exec(rest) ??
      /^tblproperties\s*\((?:[^()']|'[^']*')*\)/i.exec(rest);
    const said = new RegExp(`^comment\\s+${TEXT}`, 'i').exec(rest);
    const listed = list === undefined ? /^\((?:[^()']|'(?:[^'\\]|\\.)*')*\)/.exec(rest) : null;
    const found = part ?? said ?? listed;
    if (found === null) {
      break;
    }
    comment = said?.[1] ?? comment;
    list = listed?.[0] ?? list;
    rest = rest.slice(found[0].length).trim();
  }
  const [, select] = /^as\s+([\s\S]+)$/i.exec(rest) ?? [];
  if (select === undefined) {
    return undefined;
  }
  const as = toDuckdb(select);
  const columns = [...(list ?? '').matchAll(COLUMN)].map(([, column = '', said]) => ({
    column: quoted(column),
    said,
  }));
  const names = columns.length === 0 ? '' : `(${columns.map(({ column }) => column).join(', ')})`;
  const key = `'${keyOf(name)}'`;
  return {
    ...run(
      `create ${replace}${kind} ${unless}${quoted(name)} ${names} as ${as}`,
      ...ownerIs(name, "' || getvariable('user') || '"),
      `delete from lakehouse.unity.typed where name = ${key}`,
      ...(kind.toLowerCase() === 'view'
        ? [
            `insert into lakehouse.unity.typed values (${key}, '${select.replaceAll("'", "''")}')`,
            // Replaced is dropped and made anew.
            `delete from lakehouse.unity.view_properties where name = ${key}`,
            ...['table_tags', 'column_tags'].map(
              (tags) =>
                `delete from lakehouse.unity.${tags} where schema_name || '.' || table_name = ${key}`,
            ),
          ]
        : []),
      ...(comment === undefined
        ? []
        : [`comment on ${kind} ${quoted(name)} is '${unescaped(comment)}'`]),
      ...columns.flatMap(({ column, said }) =>
        said === undefined
          ? []
          : [`comment on column ${quoted(name)}.${column} is '${unescaped(said)}'`],
      ),
    ),
  };
}

/** In a list of a view's columns. */
const COLUMN = new RegExp(
  `(\`[^\`]+\`|\\b(?!comment\\b)\\w+)(?:\\s+comment\\s+${TEXT})?\\s*[,)]`,
  'gi',
);

export function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, '$1').replaceAll("'", "''");
}

export function keyOf(dotted: string): string {
  const { schema, name } = partsOf(dotted);
  return `${schema.replaceAll("'", '')}.${name}`;
}

export function ownerIs(dotted: string, owner: string): readonly string[] {
  const key = keyOf(dotted);
  return [
    `delete from lakehouse.unity.owners where name = '${key}'`,
    `insert into lakehouse.unity.owners values ('${key}', '${owner}')`,
  ];
}

function accessOf([, verb = '', what = '', on = '', whom = '']: RegExpExecArray): string {
  const { schema, name } = partsOf(on);
  const grantee = whom.replaceAll('`', '');
  const privilege = what.toUpperCase().replaceAll(' ', '_');
  return verb.toLowerCase() === 'grant'
    ? `insert into lakehouse.unity.table_privileges values ('people', '${grantee}', current_database(), ${schema}, '${name}', '${privilege}', 'NO', 'NONE')`
    : `delete from lakehouse.unity.table_privileges where grantee = '${grantee}' and table_schema = ${schema} and table_name = '${name}' and privilege_type = '${privilege}'`;
}

function run(...sql: readonly string[]): Recognised {
  return { kind: 'run', sql };
}

function partsOf(dotted: string): { readonly schema: string; readonly name: string } {
  const parts = [...dotted.matchAll(/`([^`]+)`|(\w+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? '',
  );
  const [name = '', schema] = parts.toReversed();
  return { schema: schema === undefined ? 'current_schema()' : `'${schema}'`, name };
}

export function quoted(dotted: string): string {
  return dotted.replaceAll(/`([^`]+)`/g, '"$1"');
}

/** Functions DuckDB names differently or lacks; what they compute is the same kind of thing. */
const FUNCTIONS: readonly (readonly [RegExp, string])[] = [
  [/\bTRY_CAST\(/g, 'CAST('],
  [/\bCURRENT_TIMESTAMP\(\)/gi, 'now()'],
  [/\bCURRENT_CATALOG(\(\))?/gi, 'current_database()'],
  [/\bDOUBLE\(('[^']*')\)/gi, 'CAST($1 AS DOUBLE)'],
  [/\bREGEXP_REPLACE\(/gi, 'memory.main.replace_all('],
  [/\bREGEXP_LIKE\(/gi, 'regexp_matches('],
  [/\bPMOD\(/gi, 'memory.main.pmod('],
  [/\bMAP_CONTAINS_KEY\(/gi, 'map_contains('],
  [/\bUNIX_MICROS\(/gi, 'epoch_us('],
  [/\bCURRENT_USER(\(\))?/gi, "getvariable('user')"],
  [/\bxxhash64\(/gi, 'hash('],
  [/\bSTARTSWITH\(/gi, 'starts_with('],
  [/\bUNIX_MILLIS\(/gi, 'epoch_ms('],
  [/\bTIMESTAMP_MILLIS\(/gi, 'memory.main.timestamp_ms('],
];

/** The ledger holds texts of views that raise errors: there nothing is replaced. */
function raising(sql: string): string {
  return sql.replaceAll(/'(?:[^']|'')*'|\bRAISE_ERROR\(/gi, (found) =>
    found.startsWith("'") ? found : 'error(',
  );
}

/** Databricks' own catalogs and schemas under names DuckDB has no use of its own for. */
export function toDuckdb(sql: string): string {
  const { success, sql: texts, error } = transpile(sql, Dialect.Databricks, Dialect.DuckDB);
  const [text] = texts ?? [];
  if (!success || text === undefined) {
    throw new Error(`Parser Error: ${String(error)}`);
  }
  const isTried = /\btry_cast\b/i.test(sql);
  return FUNCTIONS.slice(isTried ? 1 : 0)
    .reduce((result, [from, to]) => result.replaceAll(from, to), raising(text))
    .replaceAll(
      /\bCOUNT\((DISTINCT )?((?:"[^"]*"|\w+)(?:, (?:"[^"]*"|\w+))+)\)/g,
      (_all, distinct: string | undefined, list: string) =>
        `COUNT(${distinct === undefined ? '*' : `DISTINCT (${list})`}) FILTER (WHERE ${list.split(', ').join(' IS NOT NULL AND ')} IS NOT NULL)`,
    )
    .replaceAll(/\bhash\(CAST\(TO_JSON\(\{'': (\w+)\.\*\}\) AS TEXT\)\)/g, 'hash($1)')
    .replaceAll(/\bsystem\.(query|billing|access|compute)\./gi, 'lakehouse.$1.')
    .replaceAll(/(?:"?\w+"?\.)?\binformation_schema\./gi, 'lakehouse.unity.');
}
