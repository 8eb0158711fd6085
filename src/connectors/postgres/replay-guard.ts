import type pg from 'pg';
import { ConnectorError } from '../connector-error.ts';

/**
 * Refuses what a replayed statement of a stranger must not do (rule 15): it must call the server's own functions only, none that
 * does more than compute. That it is one SELECT is the port's to judge and the protocol's to hold; that it writes nothing, the
 * read-only transaction's. Names are read from the text: one too many refuses a harmless statement, none is missed.
 */
export class ReplayGuard {
  readonly #name: string;
  #known: Promise<ReadonlySet<string>> | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  /** Raises CONNECTOR_UNSAFE_REPLAY with the reason. */
  async check(client: pg.ClientBase, sql: string): Promise<void> {
    const called = calledNames(sql);
    if (called === undefined) {
      throw this.#unsafe(
        'it has quoted names that are called, or a text that cannot be told apart',
      );
    }
    this.#known ??= readHarmless(client);
    const harmless = await this.#known;
    const strange = called.find((name) => !harmless.has(name) && !GRAMMAR.has(name));
    if (strange !== undefined) {
      throw this.#unsafe(
        `it may not call ${strange}, which is not one of the warehouse's own functions that only compute`,
      );
    }
  }

  #unsafe(addition: string): ConnectorError {
    return new ConnectorError('CONNECTOR_UNSAFE_REPLAY', this.#name, { addition });
  }
}

/** Volatile, yet they only read a clock or draw a number. */
const HARMLESS_VOLATILE = "'random', 'clock_timestamp', 'timeofday', 'gen_random_uuid'";

/**
 * Immutable and stable functions of the server whose name nobody else uses for one of theirs. Those that run a text as SQL are
 * not among them.
 */
async function readHarmless(client: pg.ClientBase): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ readonly proname: string }>(`select p.proname
from pg_catalog.pg_proc as p
group by p.proname
having bool_and(p.pronamespace = 'pg_catalog'::regnamespace)
  and (bool_and(p.provolatile <> 'v') or p.proname in (${HARMLESS_VOLATILE}))
  and p.proname !~ '^(pg_|lo_|dblink|has_|txid_|currtid)|_to_xml|_to_xmlschema|^(database|schema|table|query|cursor)_to_'`);
  return new Set(rows.map(({ proname }) => proname));
}

/** Words before a parenthesis that are no call. */
const GRAMMAR = new Set(
  `and or not in any some all exists select from where on using as over filter within group by order partition rows range groups
values with recursive materialized join left right full inner cross lateral union intersect except limit offset having case when
then else end between like ilike similar is distinct row array coalesce nullif greatest least cast extract overlay position
substring trim grouping sets rollup cube window interval numeric decimal varchar char character varying timestamp time bit float
precision ordinality rows tablesample bernoulli system fetch first next only key collate escape at zone current_time
current_timestamp localtime localtimestamp xmlelement xmlconcat normalize treat`.split(/\s+/),
);

/** Lower-case names that stand before a parenthesis, outside texts and comments, and not as an alias; nothing where the text is not understood. */
function calledNames(sql: string): readonly string[] | undefined {
  const open = sql.replaceAll(
    /\$(\w*)\$[\s\S]*?\$\1\$|[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\//g,
    ' ',
  );
  if (/['$]|\/\*/.test(open.replaceAll(/\$\d+/g, ' '))) {
    return undefined;
  }
  const called: string[] = [];
  for (const [, name = ''] of open.matchAll(
    /(?<!\bas\s+)(?<![\w$\u0080-\uffff])("(?:[^"]|"")*"|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)\s*\(/g,
  )) {
    if (name.startsWith('"')) {
      return undefined;
    }
    called.push(name.toLowerCase());
  }
  return called;
}
