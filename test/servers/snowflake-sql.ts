/** What the server does with a statement, told by a small recogniser; the rest is sent to DuckDB as it stands. */
export type Recognised =
  | { readonly kind: 'run'; readonly sql: string; readonly comment?: { on: string; text: string } }
  | { readonly kind: 'grant'; readonly privilege: string; readonly on: string; readonly to: string }
  | {
      readonly kind: 'revoke';
      readonly privilege: string;
      readonly on: string;
      readonly to: string;
    }
  | { readonly kind: 'keys'; readonly which: 'PRIMARY' | 'UNIQUE' | 'IMPORTED' }
  | { readonly kind: 'nothing' };

/** Quoted names, texts, dollar texts and comments: everything else is upper case to Snowflake. */
const TOKEN =
  /("(?:[^"]|"")*"|'(?:[^'\\]|\\[\s\S]|'')*'|\$\$[\s\S]*?\$\$|--[^\n]*|\/\*[\s\S]*?\*\/)|([^"'$\-/]+|[$\-/])/g;

/** Names without quotes are stored in upper case, as Snowflake stores them. */
export function upperCased(sql: string): string {
  return sql.replaceAll(TOKEN, (_all, kept: string | undefined, plain: string | undefined) => {
    if (kept !== undefined) {
      return /^(--|\/\*)/.test(kept) ? ' ' : kept;
    }
    return (plain ?? '').toUpperCase();
  });
}

const NAME = String.raw`((?:"(?:[^"]|"")*"|[A-Z0-9_$]+)(?:\.(?:"(?:[^"]|"")*"|[A-Z0-9_$]+))*)`;

/** Understands what DuckDB does not have: transient tables, COPY GRANTS, comments within CREATE, grants, SHOW KEYS. */
export function recognise(text: string): Recognised {
  const sql = upperCased(text).trim().replace(/;$/, '');
  const keys = /^SHOW (PRIMARY|UNIQUE|IMPORTED) KEYS/.exec(sql)?.[1];
  if (keys === 'PRIMARY' || keys === 'UNIQUE' || keys === 'IMPORTED') {
    return { kind: 'keys', which: keys };
  }
  if (/^(ALTER SESSION|USE ROLE|USE WAREHOUSE|USE SECONDARY)/.test(sql)) {
    return { kind: 'nothing' };
  }
  const grant = new RegExp(
    `^(GRANT|REVOKE) ([A-Z ]+) ON (?:TABLE|VIEW) ${NAME} (?:TO|FROM) ROLE ${NAME}`,
  ).exec(sql);
  if (grant !== null) {
    const [, verb, privilege = '', on = '', to = ''] = grant;
    return { kind: verb === 'GRANT' ? 'grant' : 'revoke', privilege, on, to };
  }
  return withoutOptions(sql);
}

function withoutOptions(sql: string): Recognised {
  const head = new RegExp(
    `^CREATE( OR REPLACE)?( TRANSIENT| SECURE)? (TABLE|VIEW)( IF NOT EXISTS)? ${NAME}`,
  ).exec(sql);
  if (head === null) {
    return { kind: 'run', sql: functionsOf(sql) };
  }
  const [all, replace = '', , what = '', unless = '', name = ''] = head;
  let rest = sql.slice(all.length);
  const comment =
    /^((?:\s*\([^()]*(?:\([^()]*\)[^()]*)*\))?(?:(?!\bAS\b)[\s\S])*?)COMMENT\s*=\s*('(?:[^']|'')*')/.exec(
      rest,
    );
  if (comment !== null) {
    rest = `${comment[1]}${rest.slice(comment[0].length)}`;
  }
  rest = rest
    .replace(/\bCOPY GRANTS\b/, ' ')
    .replace(/\bDATA_RETENTION_TIME_IN_DAYS\s*=\s*\d+/, ' ')
    .replace(/\bCLUSTER BY\s*\([^()]*\)/, ' ');
  const created = `CREATE${replace} ${what}${unless} ${name}${functionsOf(rest)}`;
  return comment === null
    ? { kind: 'run', sql: created }
    : {
        kind: 'run',
        sql: created,
        comment: { on: `${what} ${name}`, text: comment[2] ?? "''" },
      };
}

/** Functions and schemas with other names here. */
function functionsOf(sql: string): string {
  return sql
    .replaceAll(/\bINFORMATION_SCHEMA\./g, 'SNOW_INFORMATION.')
    .replaceAll(/\bTABLE\s*\(\s*SNOW_INFORMATION\.(\w+)\s*\(/g, '(SELECT * FROM $1(')
    .replaceAll(/\bCURRENT_(DATABASE|SCHEMA|TIMESTAMP|USER)\(\)/g, (all, what: string) =>
      what === 'TIMESTAMP' ? 'now()' : all.toLowerCase(),
    )
    .replaceAll(/\bDATE_PART\('epoch_millisecond', /g, 'EPOCH_MS(')
    .replaceAll(/\bHASH\((\w+)\.\*\)/g, 'HASH(*COLUMNS($1.*))')
    .replaceAll(
      /\bCOUNT\(DISTINCT ([^(),]+(?:, [^(),]+)+)\)/g,
      (_all, list: string) =>
        `COUNT(DISTINCT (${list})) FILTER (WHERE ${list.split(', ').join(' IS NOT NULL AND ')} IS NOT NULL)`,
    )
    .replaceAll(/\bSTARTSWITH\(/g, 'STARTS_WITH(')
    .replaceAll(
      /\bDATEADD\('(\w+)', (-?\d+), /g,
      (_all, unit: string, count: string) => `DATE_ADD(INTERVAL '${count} ${unit}', `,
    )
    .replaceAll(/\bAPPROX_PERCENTILE\b/g, 'APPROX_QUANTILE')
    .replaceAll(/::\s*NUMBER\b(?!\s*\()/g, '::DECIMAL(38, 0)')
    .replaceAll(/\bNUMBER\s*\(/g, 'DECIMAL(')
    .replaceAll(/\bTIMESTAMP_(NTZ|LTZ|TZ)(\(\d\))?/g, (_all, zone: string) =>
      zone === 'NTZ' ? 'TIMESTAMP' : 'TIMESTAMPTZ',
    );
}
