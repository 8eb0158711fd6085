import pg from 'pg';
import { shortName } from '../src/daemon/cycle-report.ts';
import type { RouteAnswer } from '../src/http/service.ts';
import { isSame } from './is-same.ts';
import type { PostgresAsk } from './postgres-asks.ts';
import type { Night } from './postgres-daemon-process.ts';
import { definitionsOf } from './postgres-shop.ts';

/** One statement that a mart answered, and the same on base right after it. */
export interface PostgresReached {
  readonly sql: string;
  readonly road: 'route' | 'stable-name';
  readonly baseMs: number;
  readonly servedMs: number;
  readonly isEqual: boolean;
}

interface Answered {
  readonly rows: readonly string[];
  readonly ms: number;
}

/** The applications around the warehouse: each person signs in as itself, and says by which application. */
export class PostgresClients {
  readonly #server: { readonly host: string; readonly port: number; readonly database: string };
  readonly #open = new Map<string, pg.Client>();

  constructor(server: { readonly host: string; readonly port: number; readonly database: string }) {
    this.#server = server;
  }

  /** Sends it as its person would; where a mart answered, the base too, which nobody counts as asked. */
  async ask(
    ask: PostgresAsk,
    world: { readonly marts: Night['marts']; readonly route: () => Promise<RouteAnswer> },
  ): Promise<PostgresReached | undefined> {
    const route = ask.asksRoute ? await world.route() : undefined;
    const sent = await this.#run(ask, route?.sql ?? ask.sql);
    const isRouted = route?.answer === 'mart';
    const base = isRouted ? ask.sql : withDefinitions(ask.sql, world.marts);
    if (base === undefined) {
      return undefined;
    }
    const told = await this.#run({ user: 'hammer', client: 'beside' }, base);
    return {
      sql: ask.sql,
      road: isRouted ? 'route' : 'stable-name',
      baseMs: told.ms,
      servedMs: sent.ms,
      isEqual: isSame(sent.rows, told.rows),
    };
  }

  /** The rows a dashboard is answered with. */
  async answer(sql: string): Promise<readonly string[]> {
    return (await this.#run({ user: 'metabase_emea', client: 'metabase' }, sql)).rows;
  }

  /** What an engineer does to the sources, at a prompt. */
  async act(sql: string): Promise<void> {
    await this.#run({ user: 'ana', client: 'psql' }, sql);
  }

  async close(): Promise<void> {
    for (const client of this.#open.values()) {
      await client.end();
    }
  }

  async #run(
    { user, client: application }: Pick<PostgresAsk, 'user' | 'client'>,
    sql: string,
  ): Promise<Answered> {
    const key = `${user}/${application}`;
    let client = this.#open.get(key);
    if (client === undefined) {
      client = new pg.Client({ ...this.#server, user, application_name: application });
      this.#open.set(key, client);
      await client.connect();
    }
    const startedAt = performance.now();
    const { rows } = await client.query<Record<string, unknown>>(sql);
    const ms = performance.now() - startedAt;
    return { ms, rows: rows.map((row) => JSON.stringify(plainNumbers(row))).toSorted() };
  }
}

/** Decimals come as text with as many zeros as they were computed with: 1.50 is 1.5. */
function plainNumbers(row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'string' && /^-?\d+\.\d+$/.test(value) ? value.replace(/\.?0+$/, '') : value,
    ]),
  );
}

/** The statement over definitions in place of marts that are tables; nothing where it reads none. */
function withDefinitions(sql: string, marts: Night['marts']): string | undefined {
  const definitions = definitionsOf();
  const read = marts
    .filter(({ stage }) => stage === 'physical')
    .map(({ definition }) => shortName(definition.relation))
    .filter((relation) => sql.includes(relation));
  return read.length === 0
    ? undefined
    : read.reduce(
        (text, relation) =>
          text.replaceAll(relation, `(\n${definitions[relation] ?? ''}\n) as as_defined`),
        sql,
      );
}
