import { randomUUID } from 'node:crypto';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { keepInterrupting } from './keep-interrupting.ts';
import {
  changeDynamic,
  commentOnDynamic,
  type DynamicStatement,
  ddlOf,
  isDynamic,
  makeDynamic,
  recogniseDynamic,
  refreshDynamic,
  whyNotMade,
} from './snowflake-dynamic.ts';
import {
  type MaterializedStatement,
  type Refused,
  recogniseMaterialized,
  SHOWN,
} from './snowflake-materialized.ts';
import { lastTwoOf } from './snowflake-names.ts';
import type { ObjectKeeper } from './snowflake-objects.ts';
import { ownerOf, policiesAskedOf } from './snowflake-policies.ts';
import { textResult, type WireResult, wireResult } from './snowflake-results.ts';
import { recognise } from './snowflake-sql.ts';
import { DATABASE, SHOWN_KEYS } from './snowflake-world.ts';

export interface SessionUser {
  readonly user: string;
  readonly role: string;
  /** May only read. */
  readonly readOnly: boolean;
}

/** A schema that is made is from then on the one of the session that made it. */
const MADE_SCHEMA = /^\s*create\s+schema\s+(?:if\s+not\s+exists\s+)?("[^"]+"|\w+)\s*$/i;
const USED_SCHEMA = /^\s*use\s+schema\s+("[^"]+"|\w+)\s*$/i;

/** One session: a connection of its own, one statement after the other. */
export class SnowflakeSession {
  readonly token = randomUUID();
  readonly masterToken = randomUUID();
  readonly who: SessionUser;
  readonly #connection: DuckDBConnection;

  readonly #keeper: ObjectKeeper;
  /** Tables that a temporary one of their name hides here. */
  readonly #hidden = new Set<string>();
  #running: Promise<WireResult> | undefined;

  private constructor(
    who: SessionUser,
    parts: { readonly connection: DuckDBConnection; readonly keeper: ObjectKeeper },
  ) {
    this.who = who;
    this.#connection = parts.connection;
    this.#keeper = parts.keeper;
  }

  static async open(
    instance: DuckDBInstance,
    { who, keeper }: { readonly who: SessionUser; readonly keeper: ObjectKeeper },
  ): Promise<SnowflakeSession> {
    const connection = await instance.connect();
    await connection.run(`use "${DATABASE}"."PUBLIC"`);
    return new SnowflakeSession(who, { connection, keeper });
  }

  async run(text: string): Promise<WireResult> {
    const running = this.#carryOut(text);
    this.#running = running;
    try {
      return await running;
    } finally {
      this.#running = undefined;
    }
  }

  /** Stops the statement that runs, if one does. */
  interrupt(): void {
    if (this.#running !== undefined) {
      keepInterrupting(this.#connection, this.#running);
    }
  }

  /** Stops what runs and waits for its end: DuckDB crashes where a connection is closed under its statement. */
  async close(): Promise<void> {
    this.interrupt();
    await this.#running?.catch(() => {});
    this.#connection.disconnectSync();
  }

  async #carryOut(text: string): Promise<WireResult> {
    const used = USED_SCHEMA.exec(text)?.[1];
    if (used !== undefined) {
      return await this.#send(`use "${DATABASE}".${used}`);
    }
    const explained = /^\s*explain\s+([^]*)$/i.exec(text)?.[1];
    if (explained !== undefined) {
      return await this.#explain(explained);
    }
    const { role, readOnly } = this.who;
    const hiding = hidingIn(text);
    if (
      readOnly &&
      hiding === undefined &&
      /^\s*(create|alter|drop|insert|update|delete|merge|grant|revoke|truncate|comment|call)\b/i.test(
        text,
      )
    ) {
      throw new SnowflakeFailure(
        '003001',
        '42501',
        `SQL access control error:\nInsufficient privileges to operate on schema 'PUBLIC'`,
      );
    }
    const { materialized } = this.#keeper;
    await materialized.settle(this.#connection);
    if (hiding !== undefined) {
      return await this.#hide(hiding);
    }
    const kept = recogniseMaterialized(text);
    if (kept !== undefined) {
      return await this.#materialized(kept, text);
    }
    if (await materialized.isWrittenTo(this.#connection, text)) {
      throw new SnowflakeFailure(
        '001003',
        '42601',
        'SQL compilation error:\nMaterialized views do not support the requested operation.',
      );
    }
    const dynamic = recogniseDynamic(text);
    if (dynamic !== undefined) {
      return await this.#dynamic(dynamic, text);
    }
    if (await isDynamic(this.#connection, text)) {
      throw new SnowflakeFailure(
        '001003',
        '42601',
        'SQL compilation error:\nDynamic Tables do not support the requested operation.',
      );
    }
    const found = recognise(text);
    switch (found.kind) {
      case 'nothing':
        return textResult(['status'], [['Statement executed successfully.']]);
      case 'future-grants': {
        const sql = this.#keeper.grants.futureOf(found.of);
        if (sql === undefined) {
          throw hiddenFrom(found.of);
        }
        return this.#send(sql);
      }
      case 'keys':
        return this.#send(SHOWN_KEYS[found.which]);
      case 'grant':
      case 'revoke':
        return this.#grants(found);
      case 'owner':
        return this.#changeOwner(found);
      case 'last-change': {
        const mark = this.#keeper.changes.lastOf(lastTwoOf(found.of).join('.'));
        return textResult(['LAST_CHANGE'], [[String(mark)]]);
      }
      case 'run': {
        const sql = this.#ofSession(found.sql);
        await this.#requireOwnerOf(policiesAskedOf(sql));
        const result = await this.#send(await this.#asCarriedOut(sql));
        const made = MADE_SCHEMA.exec(sql)?.[1];
        if (made !== undefined) {
          await this.#send(`use "${DATABASE}".${made}`);
        }
        this.#keeper.changes.note(sql);
        for (const comment of found.comments) {
          await this.#send(comment);
        }
        if (found.created !== undefined) {
          await this.#keeper.made(this.#connection, { created: found.created, role });
        }
        return result;
      }
    }
  }

  #ofSession(text: string): string {
    const { role, user } = this.who;
    const seen = this.#keeper.grants.asSeenBy(this.who, text);
    if ('denied' in seen) {
      throw hiddenFrom(seen.denied);
    }
    const sql = seen.sql
      .replaceAll(/\bcurrent_user\(\)|\bCURRENT_USER\(\)/g, `'${user}'`)
      .replaceAll(/\bCURRENT_ROLE\(\)/g, `'${role}'`)
      .replaceAll(/\bCURRENT_WAREHOUSE\(\)/g, "'GOLDSMITH_WH'")
      .replaceAll(/\bCURRENT_ACCOUNT\(\)/g, "'TEST'");
    if ([...this.#keeper.denied].some((text) => sql.includes(text))) {
      const message =
        "SQL compilation error:\nObject 'SHOP.PUBLIC.ORDERS' does not exist or not authorized.";
      throw new SnowflakeFailure('002003', '02000', message);
    }
    return sql;
  }

  /** What has a plan is bound, with the rights that carrying it out would take; nothing is done. */
  async #explain(text: string): Promise<WireResult> {
    const verb = /^\s*(\w+)/.exec(text)?.[1]?.toLowerCase() ?? '';
    const isPlanned =
      /^(select|with|insert|update|delete|merge)$/.test(verb) ||
      /^\s*create\s+(or\s+replace\s+)?(transient\s+|secure\s+)?(table|view)\b[^]*\bas\b/i.test(
        text,
      );
    if (!isPlanned) {
      const message = `SQL compilation error:\nsyntax error line 1 at position 8 unexpected '${verb}'.`;
      throw new SnowflakeFailure('001003', '42000', message);
    }
    if (this.who.readOnly && !/^(select|with)$/.test(verb)) {
      const message = `SQL access control error:\nInsufficient privileges to operate on schema 'PUBLIC'`;
      throw new SnowflakeFailure('003001', '42501', message);
    }
    const schema = MADE_IN.exec(text)?.[1];
    if (
      schema !== undefined &&
      !(await this.#keeper.grants.mayUse(this.#connection, { role: this.who.role, schema }))
    ) {
      const message = `SQL compilation error:\nSchema '${DATABASE}.${schema}' does not exist or not authorized.`;
      throw new SnowflakeFailure('002003', '02000', message);
    }
    const isOurs = recogniseDynamic(text) ?? recogniseMaterialized(text);
    const found = recognise(text);
    if (found.kind === 'run' && isOurs === undefined) {
      const sql = this.#ofSession(found.sql);
      await this.#requireOwnerOf(policiesAskedOf(sql));
      await this.#send(`EXPLAIN ${await this.#asCarriedOut(sql)}`);
    }
    return textResult(['step', 'operation'], [['GlobalStats', 'Result']]);
  }

  /** Policies on an object are told to who owns it. */
  async #requireOwnerOf(entity: string | undefined): Promise<void> {
    const [schema, name] = lastTwoOf(entity ?? '');
    if (
      entity !== undefined &&
      (await ownerOf(this.#connection, { schema, name })) !== this.who.role
    ) {
      throw hiddenFrom(name);
    }
  }

  /** From here on the table is hidden from this session by a copy of it. */
  async #hide(table: string): Promise<WireResult> {
    const [schema, name] = lastTwoOf(table);
    const hiding = `create temporary table ${table} clone ${table}`;
    if ([...this.#keeper.denied].some((text) => hiding.includes(text))) {
      throw new SnowflakeFailure(
        '002003',
        '02000',
        `SQL compilation error:\nObject '${table}' does not exist or not authorized.`,
      );
    }
    if (await this.#keeper.materialized.isUncloned(this.#connection, name)) {
      throw new SnowflakeFailure(
        '002203',
        '42601',
        `SQL compilation error:\nInvalid clone of ${name}.`,
      );
    }
    await this.#send(
      `create temporary table "${name}" as select * from "${DATABASE}"."${schema}"."${name}"`,
    );
    this.#hidden.add(`${schema}.${name}`);
    return textResult(['status'], [[`Table ${name} successfully created.`]]);
  }

  async #asCarriedOut(sql: string): Promise<string> {
    const answering = await this.#keeper.materialized.answering(this.#connection, {
      sql,
      hidden: this.#hidden,
    });
    return [...this.#hidden].reduce((text, table) => {
      const [schema = '', name = ''] = table.split('.');
      const named = new RegExp(
        `(?<![\\w".])(?:"?${DATABASE}"?\\.)?"?${schema}"?\\."?${name}"?(?![\\w".(])`,
        'g',
      );
      return text.replaceAll(named, `temp.main."${name}"`);
    }, answering);
  }

  async #materialized(statement: MaterializedStatement, typed: string): Promise<WireResult> {
    const { materialized } = this.#keeper;
    if (statement.kind === 'show') {
      return await this.#send(SHOWN);
    }
    if (statement.kind === 'ddl') {
      const ddl = await materialized.ddlOf(this.#connection, statement.name);
      return textResult(['DDL'], ddl === undefined ? [] : [[ddl]]);
    }
    let refused: Refused | undefined;
    try {
      refused =
        statement.kind === 'create'
          ? await materialized.make(this.#connection, { statement, typed })
          : await materialized.change(this.#connection, statement);
    } catch (error) {
      throw failureOf(error);
    }
    if (refused !== undefined) {
      throw new SnowflakeFailure(refused.code, refused.sqlState, refused.message);
    }
    if (statement.kind === 'create') {
      const made = { name: statement.name, replaces: false, copiesGrants: false } as const;
      await this.#keeper.made(this.#connection, {
        created: { ...made, what: 'TABLE', isSecure: false, typed },
        role: this.who.role,
      });
    }
    return textResult(['status'], [['Statement executed successfully.']]);
  }

  async #dynamic(statement: DynamicStatement, typed: string): Promise<WireResult> {
    const { name } = statement;
    try {
      switch (statement.kind) {
        case 'create': {
          const why = whyNotMade(statement);
          if (why !== undefined) {
            throw new SnowflakeFailure('002715', '42601', `SQL compilation error:\n${why}.`);
          }
          await makeDynamic(this.#connection, { statement, typed });
          const made = { what: 'TABLE', name, replaces: false, copiesGrants: false } as const;
          await this.#keeper.made(this.#connection, {
            created: { ...made, isSecure: false, typed },
            role: this.who.role,
            kind: 'DYNAMIC TABLE',
          });
          break;
        }
        case 'refresh':
          await refreshDynamic(this.#connection, name);
          break;
        case 'comment':
          await commentOnDynamic(this.#connection, statement);
          break;
        case 'suspend':
        case 'resume':
        case 'drop':
          await changeDynamic(this.#connection, { kind: statement.kind, name });
          break;
        case 'ddl': {
          const [schema, bare] = lastTwoOf(name);
          const asked = { role: this.who.role, schema, name: bare };
          if (!(await this.#keeper.grants.mayMonitor(this.#connection, asked))) {
            throw hiddenFrom(name);
          }
          const ddl = await ddlOf(this.#connection, name);
          return textResult(['DDL'], ddl === null ? [] : [[ddl]]);
        }
      }
    } catch (error) {
      throw error instanceof SnowflakeFailure ? error : failureOf(error);
    }
    return textResult(['status'], [['Statement executed successfully.']]);
  }

  async #send(sql: string): Promise<WireResult> {
    try {
      return await wireResult(await this.#connection.stream(sql));
    } catch (error) {
      const message = error instanceof Error ? error.message : '';
      const told = await this.#keeper.materialized.whyNoAnswer(this.#connection, message);
      throw told === undefined
        ? failureOf(error)
        : new SnowflakeFailure(told.code, told.sqlState, told.message);
    }
  }

  async #changeOwner({ on, to }: { on: string; to: string }): Promise<WireResult> {
    const [schema, name] = lastTwoOf(on);
    await this.#send(
      `update "${DATABASE}"."SNOW_INFORMATION".own_owners set owner = '${to.replaceAll('"', '')}' where schema_name = '${schema}' and object_name = '${name}'`,
    );
    return textResult(['status'], [['Statement executed successfully.']]);
  }

  async #grants({
    kind,
    privilege,
    on,
    to,
  }: {
    kind: 'grant' | 'revoke';
    privilege: string;
    on: string;
    to: string;
  }) {
    const [schema, name] = lastTwoOf(on);
    const role = to.replaceAll('"', '');
    const grants = `"${DATABASE}"."SNOW_INFORMATION".own_grants`;
    await this.#send(
      kind === 'grant'
        ? `insert into ${grants} values ('${role}', '${privilege}', '${schema}', '${name}')`
        : `delete from ${grants} where grantee = '${role}' and privilege = '${privilege}' and schema_name = '${schema}' and object_name = '${name}'`,
    );
    return textResult(['status'], [['Statement executed successfully.']]);
  }
}

/** The schema of what is made. */
const MADE_IN =
  /^\s*create\s+(?:or\s+replace\s+)?(?:transient\s+|secure\s+)?(?:table|view)\s+(?:if\s+not\s+exists\s+)?(?:"?\w+"?\.)?"?(\w+)"?\."?\w+"?/i;

/** Of `create temporary table <name> clone <name>`: the name. */
function hidingIn(text: string): string | undefined {
  const found = /^\s*create temporary table (\S+) clone (\S+)\s*$/i.exec(text);
  return found !== null && found[1] === found[2] ? found[1] : undefined;
}

/** An error as Snowflake tells it. */
export class SnowflakeFailure extends Error {
  readonly code: string;
  readonly sqlState: string;

  constructor(code: string, sqlState: string, message: string) {
    super(message);
    this.code = code;
    this.sqlState = sqlState;
  }
}

function hiddenFrom(name: string): SnowflakeFailure {
  const message = `SQL compilation error:\nObject '${name}' does not exist or not authorized.`;
  return new SnowflakeFailure('002003', '02000', message);
}

function failureOf(error: unknown): SnowflakeFailure {
  const message = error instanceof Error ? error.message : String(error);
  const missing =
    /(?:Table|View|Schema|Catalog Error: \w+) (?:with name )?"?([^\s"!]+)"? does not exist/.exec(
      message,
    );
  if (missing !== null) {
    return new SnowflakeFailure(
      '002003',
      '42S02',
      `SQL compilation error:\nObject '${missing[1]}' does not exist or not authorized.`,
    );
  }
  if (/INTERRUPT/i.test(message)) {
    return new SnowflakeFailure('000604', '57014', 'SQL execution canceled');
  }
  if (/Conversion Error/.test(message)) {
    return new SnowflakeFailure('100038', '22018', message);
  }
  if (/Conflict/.test(message)) {
    return new SnowflakeFailure(
      '000625',
      '57014',
      'Statement has locked table in another transaction',
    );
  }
  return new SnowflakeFailure('001003', '42000', `SQL compilation error:\n${message}`);
}
