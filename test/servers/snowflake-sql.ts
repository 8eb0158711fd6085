/** What the server does with a statement, told by a small recogniser; the rest is sent to DuckDB as it stands. */
export type Recognised =
  | {
      readonly kind: 'run';
      readonly sql: string;
      /** Comments said within it. */
      readonly comments: readonly string[];
      readonly created?: Created;
    }
  | { readonly kind: 'owner'; readonly on: string; readonly to: string }
  | { readonly kind: 'last-change'; readonly of: string }
  | { readonly kind: 'grant'; readonly privilege: string; readonly on: string; readonly to: string }
  | {
      readonly kind: 'revoke';
      readonly privilege: string;
      readonly on: string;
      readonly to: string;
    }
  | { readonly kind: 'keys'; readonly which: 'PRIMARY' | 'UNIQUE' | 'IMPORTED' }
  | { readonly kind: 'future-grants'; readonly of: string }
  | { readonly kind: 'nothing' };

/** A table or view that a statement makes. */
export interface Created {
  readonly what: 'TABLE' | 'VIEW';
  readonly name: string;
  readonly replaces: boolean;
  readonly copiesGrants: boolean;
  readonly isSecure: boolean;
  /** The statement, as it was typed. */
  readonly typed: string;
}

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
  const grantsOn = new RegExp(`^SHOW GRANTS ON SCHEMA (?:[^.]+\\.)?${NAME}$`).exec(sql)?.[1];
  if (grantsOn !== undefined) {
    const name = grantsOn.replaceAll('"', '');
    const shown = `SELECT "privilege", "granted_to", "grantee_name" FROM SNOW_INFORMATION.own_schema_shown WHERE schema_name = '${name}'`;
    return { kind: 'run', sql: shown, comments: [] };
  }
  const future = new RegExp(`^SHOW FUTURE GRANTS TO ROLE ${NAME}$`).exec(sql)?.[1];
  if (future !== undefined) {
    return { kind: 'future-grants', of: future.replaceAll('"', '') };
  }
  if (/^(ALTER SESSION|USE ROLE|USE WAREHOUSE|USE SECONDARY)/.test(sql)) {
    return { kind: 'nothing' };
  }
  const change = /^SELECT SYSTEM\$LAST_CHANGE_COMMIT_TIME\('((?:[^']|'')*)'\)/.exec(sql)?.[1];
  if (change !== undefined) {
    return { kind: 'last-change', of: change };
  }
  const owned = new RegExp(
    `^GRANT OWNERSHIP ON (?:TABLE|VIEW) ${NAME} TO ROLE ${NAME} COPY CURRENT GRANTS$`,
  ).exec(sql);
  if (owned !== null) {
    return { kind: 'owner', on: owned[1] ?? '', to: owned[2] ?? '' };
  }
  const grant = new RegExp(
    `^(GRANT|REVOKE) ([A-Z ]+) ON (?:DYNAMIC TABLE|MATERIALIZED VIEW|TABLE|VIEW) ${NAME} (?:TO|FROM) ROLE ${NAME}`,
  ).exec(sql);
  if (grant !== null) {
    const [, verb, privilege = '', on = '', to = ''] = grant;
    return { kind: verb === 'GRANT' ? 'grant' : 'revoke', privilege, on, to };
  }
  return withoutOptions(sql, text.trim());
}

function withoutOptions(sql: string, typed: string): Recognised {
  const head = new RegExp(
    `^CREATE( OR REPLACE)?( TRANSIENT| SECURE)? (TABLE|VIEW)( IF NOT EXISTS)? ${NAME}`,
  ).exec(sql);
  if (head === null) {
    return { kind: 'run', sql: functionsOf(sql), comments: [] };
  }
  const [all, replace = '', option = '', what = '', unless = '', name = ''] = head;
  const { list, options, rest } = partsOf(sql.slice(all.length));
  const columns = list === undefined || what === 'TABLE' ? undefined : columnsOf(list);
  const bare = options
    .replace(COMMENT, ' ')
    .replace(/\bCOPY GRANTS\b/, ' ')
    .replace(/\bDATA_RETENTION_TIME_IN_DAYS\s*=\s*\d+/, ' ')
    .replace(/\bCLUSTER BY\s*\([^()]*\)/, ' ');
  const named =
    columns === undefined ? (list ?? '') : `(${columns.map((each) => each.name).join(', ')})`;
  const said = COMMENT.exec(options)?.[1];
  return {
    kind: 'run',
    sql: `CREATE${replace} ${what}${unless} ${name} ${functionsOf(`${named}${bare}${rest}`)}`,
    comments: [
      ...(said === undefined ? [] : [`comment on ${what} ${name} is ${said}`]),
      ...(columns ?? []).flatMap((each) =>
        each.comment === undefined
          ? []
          : [`comment on column ${name}.${each.name} is ${each.comment}`],
      ),
    ],
    created: {
      what: what === 'VIEW' ? 'VIEW' : 'TABLE',
      name,
      replaces: replace !== '',
      copiesGrants: /\bCOPY GRANTS\b/.test(options),
      isSecure: option === ' SECURE',
      typed,
    },
  };
}

const COMMENT = /\bCOMMENT\s*=\s*('(?:[^']|'')*')/;

/** Behind the name: a list in brackets, options up to the first AS outside brackets, and the rest. */
function partsOf(text: string): {
  readonly list: string | undefined;
  readonly options: string;
  readonly rest: string;
} {
  const listed = /^\s*(\([^()']*(?:(?:\([^()]*\)|'(?:[^']|'')*')[^()']*)*\))/.exec(text);
  const behind = text.slice(listed?.[0].length ?? 0);
  const as = /^((?:'(?:[^']|'')*'|(?!\bAS\b)[^'])*)(\bAS\b[\s\S]*)$/.exec(behind);
  return {
    list: listed?.[1],
    options: as?.[1] ?? behind,
    rest: as?.[2] ?? '',
  };
}

/** A view's columns: names, and comments where they have some. */
function columnsOf(list: string): readonly { name: string; comment: string | undefined }[] {
  return [
    ...list.matchAll(/("(?:[^"]|"")*"|[A-Z0-9_$]+)(?:\s+COMMENT\s+('(?:[^']|'')*'))?\s*(?:,|\)$)/g),
  ].map(([, name = '', comment]) => ({ name, comment }));
}

/** Functions and schemas with other names here; in texts nothing is replaced, but a backslash begins an escape there. */
function functionsOf(sql: string): string {
  const texts: string[] = [];
  const open = sql.replaceAll(/'(?:[^'\\]|\\[\s\S]|'')*'/g, (text) => {
    if (/^'[\w ./]*'$/.test(text)) {
      return text;
    }
    texts.push(text.replaceAll(/\\([\s\S])/g, '$1'));
    return `'#${texts.length - 1}#'`;
  });
  return renamed(open).replaceAll(/'#(\d+)#'/g, (_all, at: string) => texts[Number(at)] ?? '');
}

function renamed(sql: string): string {
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
    .replaceAll(
      /\bSCHEDULING_STATE:(\w+)::VARCHAR/g,
      (_all, field: string) => `JSON_EXTRACT_STRING(SCHEDULING_STATE, '$.${field.toLowerCase()}')`,
    )
    .replaceAll(
      /\bTABLE\(SNOW_INFORMATION\.(DYNAMIC_TABLES\(RESULT_LIMIT) => (\d+)\)\)/g,
      '$1 := $2)',
    )
    .replaceAll(
      /\bTRY_PARSE_JSON\((\w+)\):(\w+)::VARCHAR/g,
      (_all, text: string, field: string) =>
        `CASE WHEN JSON_VALID(${text}) THEN JSON_EXTRACT_STRING(${text}, '$.${field}') END`,
    )
    .replaceAll(/\bSTARTSWITH\(/g, 'STARTS_WITH(')
    .replaceAll(
      /\bDATEADD\('(\w+)', (-?\d+), /g,
      (_all, unit: string, count: string) => `DATE_ADD(INTERVAL '${count} ${unit}', `,
    )
    .replaceAll(
      /\bIS_ROLE_IN_SESSION\(([^()]+)\)/g,
      '($1 IN (SELECT CURRENT_ROLE() UNION ALL SELECT of_role FROM SNOW_INFORMATION.own_members WHERE member = CURRENT_ROLE()))',
    )
    .replaceAll(/\bAPPROX_PERCENTILE\b/g, 'APPROX_QUANTILE')
    .replaceAll(/::\s*NUMBER\b(?!\s*\()/g, '::DECIMAL(38, 0)')
    .replaceAll(/\bNUMBER\s*\(/g, 'DECIMAL(')
    .replaceAll(/\bTIMESTAMP_(NTZ|LTZ|TZ)(\(\d\))?/g, (_all, zone: string) =>
      zone === 'NTZ' ? 'TIMESTAMP' : 'TIMESTAMPTZ',
    );
}
