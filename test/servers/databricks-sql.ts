import { Dialect, transpile } from '@polyglot-sql/sdk';

/** What a statement does here: statements of DuckDB to run in turn, the last one's result is the answer. */
export interface Recognised {
  readonly kind: 'run' | 'setting';
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
  const [whole, replace = '', kind = '', , name = ''] = head;
  let rest = sql.slice(whole.length).trim();
  let comment: string | undefined;
  for (;;) {
    const part =
      /^using\s+delta/i.exec(rest) ??
      /^cluster\s+by\s+\([^)]*\)/i.exec(rest) ??
      /^tblproperties\s*\((?:[^()']|'[^']*')*\)/i.exec(rest);
    const said = new RegExp(`^comment\\s+${TEXT}`, 'i').exec(rest);
    if (part === null && said === null) {
      break;
    }
    comment = said?.[1] ?? comment;
    rest = rest.slice((part ?? said)?.[0].length).trim();
  }
  const [, columns = '', select] = /^(\([^()]*\))?\s*as\s+([\s\S]+)$/i.exec(rest) ?? [];
  if (select === undefined) {
    return undefined;
  }
  const as = toDuckdb(select);
  const list = columns.replaceAll('`', '"');
  return run(
    `create ${replace}${kind} ${quoted(name)} ${list} as ${as}`,
    ...(comment === undefined
      ? []
      : [
          `comment on ${kind} ${quoted(name)} is '${comment.replaceAll(/\\(.)/g, '$1').replaceAll("'", "''")}'`,
        ]),
  );
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

function quoted(dotted: string): string {
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
  [/\bCURRENT_USER(\(\))?/gi, "getvariable('user')"],
  [/\bxxhash64\(/gi, 'hash('],
  [/\bSTARTSWITH\(/gi, 'starts_with('],
  [/\bUNIX_MILLIS\(/gi, 'epoch_ms('],
  [/\bTIMESTAMP_MILLIS\(/gi, 'memory.main.timestamp_ms('],
];

/** Databricks' own catalogs and schemas under names DuckDB has no use of its own for. */
function toDuckdb(sql: string): string {
  const { success, sql: texts, error } = transpile(sql, Dialect.Databricks, Dialect.DuckDB);
  const [text] = texts ?? [];
  if (!success || text === undefined) {
    throw new Error(`Parser Error: ${String(error)}`);
  }
  const isTried = /\btry_cast\b/i.test(sql);
  return FUNCTIONS.slice(isTried ? 1 : 0)
    .reduce((result, [from, to]) => result.replaceAll(from, to), text)
    .replaceAll(/\bsystem\.(query|billing|access|compute)\./gi, 'lakehouse.$1.')
    .replaceAll(/(?:"?\w+"?\.)?\binformation_schema\./gi, 'lakehouse.unity.');
}
