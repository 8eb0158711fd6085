import { cellText } from '../cell-text.ts';
import type { CallOptions, QueryResult, Session } from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';
import { isHidden } from './hidden.ts';
import type { KeptTable } from './kept-tables.ts';
import { namesIn } from './names-in.ts';
import type { PooledConnection, SnowflakePool } from './snowflake-pool.ts';
import { type ConnectionLender, SnowflakeSession } from './snowflake-session.ts';
import { textLiteral } from './text-literal.ts';

export interface ApartParts {
  readonly pool: SnowflakePool;
  readonly lender: Omit<ConnectionLender, 'borrow' | 'giveBack'>;
  /** Tables the account may answer from a materialized view of instead. */
  readonly keptTables: (options: CallOptions) => Promise<readonly KeptTable[]>;
}

/** Where statements run that no materialized view may answer. */
export interface Apart {
  /** A session in which the tables a statement names are themselves; absent where there are no materialized views: any session will do. */
  sessionFor(sql: string, options: CallOptions): Promise<Session | undefined>;
  end(): Promise<void>;
}

/**
 * The account answers statements on a table from a materialized view of it as it likes, and has no setting against that. A clone is a
 * table of its own, without the views of what it was made from, and a temporary table hides the table of its name from its session: in
 * a session of their own, statements read clones, as they stand. The session ends with them; nothing there is ever dropped by name, for
 * the name is that of somebody's table.
 *
 * What reads a view that leads to such a table is refused (`CONNECTOR_UNSAFE_REPLAY`): what a view reads there is not documented.
 */
export function apartFromKept({ pool, lender, keptTables }: ApartParts): Apart {
  const cloned = new Set<string>();
  let opened: PooledConnection | undefined;

  function sessionOn(pooled: PooledConnection, check: ConnectionLender['check']): SnowflakeSession {
    return new SnowflakeSession({
      ...lender,
      check,
      borrow: async () => pooled,
      giveBack: () => undefined,
    });
  }

  return {
    async sessionFor(sql, options) {
      const { signal } = options;
      const ours = { purpose: 'verify', signal } as const;
      // Asked each time: one may have been made a moment ago.
      const kept = await keptTables(ours);
      if (kept.length === 0) {
        return undefined;
      }
      opened ??= await pool.acquireBeside();
      const pooled = opened;
      const control = sessionOn(pooled, async () => undefined);
      const names = namesIn(sql);
      await refuseViews(names, {
        kept,
        name: lender.name,
        ask: (text) => control.query(text, ours),
      });
      const named = kept.filter(({ name }) => names.has(name.toUpperCase()));
      for (const { quoted } of named.filter((each) => !cloned.has(each.quoted))) {
        await clone(quoted, { control, options: ours });
        cloned.add(quoted);
      }
      return sessionOn(pooled, lender.check);
    },
    async end() {
      if (opened !== undefined) {
        await pool.endBeside(opened);
      }
    },
  };
}

/**
 * One of that name that we may not read is none the statement reads. Any other that is not cloned would leave the statement to be answered
 * from a materialized view.
 */
async function clone(
  quoted: string,
  { control, options }: { readonly control: Session; readonly options: CallOptions },
): Promise<void> {
  try {
    await control.execute(`create temporary table ${quoted} clone ${quoted}`, options);
  } catch (error) {
    if (!isHidden(error) || (await isReadable(quoted, { control, options }))) {
      throw error;
    }
  }
}

async function isReadable(
  quoted: string,
  { control, options }: { readonly control: Session; readonly options: CallOptions },
): Promise<boolean> {
  try {
    await control.query(`select 1 from ${quoted} limit 0`, options);
    return true;
  } catch (error) {
    if (isHidden(error)) {
      return false;
    }
    throw error;
  }
}

/** Views by their names, whatever their schema: one refused too many does no harm. */
async function refuseViews(
  names: ReadonlySet<string>,
  {
    kept,
    name,
    ask,
  }: {
    readonly kept: readonly KeptTable[];
    readonly name: string;
    readonly ask: (sql: string) => Promise<QueryResult>;
  },
): Promise<void> {
  const seen = new Set<string>();
  let next = [...names];
  while (next.length > 0) {
    const { rows } = await ask(viewsSql(next));
    next = [];
    for (const [view, text] of rows) {
      const definition = cellText(text);
      const within = namesIn(definition);
      if (definition === '' || kept.some((table) => within.has(table.name.toUpperCase()))) {
        const addition = `${cellText(view)} is a view, through which a materialized view may answer it`;
        throw new ConnectorError('CONNECTOR_UNSAFE_REPLAY', name, { addition });
      }
      next.push(...[...within].filter((each) => !seen.has(each) && !names.has(each)));
      for (const each of within) {
        seen.add(each);
      }
    }
  }
}

function viewsSql(names: readonly string[]): string {
  return `select table_name, view_definition from information_schema.views
where table_schema <> 'INFORMATION_SCHEMA' and upper(table_name) in (${names.map(textLiteral).join(', ')})`;
}
