import { cellText } from '../cell-text.ts';
import type { Finding, Needs, QueryResult, SchemaNeed } from '../connector.ts';
import { quoteName } from '../quote.ts';
import { diagnoseHandingOn, diagnoseReading } from './diagnose-reading.ts';
import { diagnoseAdoptable, diagnoseSchemas } from './diagnose-schemas.ts';
import { isHidden } from './hidden.ts';
import { idleWords } from './idle-credits.ts';
import { listedDependents } from './listed-dependents.ts';

interface Identity {
  readonly role: string;
  /** As configured; the account tells none to who may not use it. */
  readonly database: string;
  readonly warehouse: string;
  readonly ask: (sql: string) => Promise<QueryResult>;
}

interface Identities {
  readonly reader: Identity;
  /** Absent where nothing is written. */
  readonly writer?: Identity;
}

interface Asked extends Needs {
  readonly now: () => number;
}

/** Looks whether both roles may do what they will have to; what is missing comes as the statements that grant it. Changes nothing. */
export async function diagnoseSnowflake(
  { reader, writer }: Identities,
  needs: Asked,
): Promise<readonly Finding[]> {
  const reads = await session(reader, 'the reader');
  if (!reads.ok) {
    return [reads];
  }
  const findings = [
    reads,
    await clock(reader, needs.now),
    ...(needs.history === undefined
      ? []
      : [
          ...(await history(reader, needs)),
          await attribution(reader),
          ...(await sessions(reader, needs)),
        ]),
  ];
  const looking = { ...reader, who: 'the reader' } as const;
  if (!needs.writes) {
    return [...findings, ...(await diagnoseReading([looking], []))];
  }
  if (writer === undefined) {
    return [...findings, bad('warehouse.snowflake.writer is not set, so nothing can be built', [])];
  }
  const writes = await session(writer, 'the writer');
  if (!writes.ok) {
    return [...findings, writes];
  }
  const makes = makesOf(needs);
  return [
    ...findings,
    writes,
    ...(await diagnoseReading([looking, { ...writer, who: 'the writer' }], makes)),
    ...(await diagnoseHandingOn(looking, makes)),
    ...(await diagnoseSchemas(writer, makes)),
    ...(await diagnoseAdoptable(writer, needs.adoptable)),
    ...(await policies(writer)),
    await dependents(writer),
  ];
}

function makesOf({ makes, schemas }: Needs): readonly SchemaNeed[] {
  return makes ?? schemas.map((schema) => ({ schema, kinds: ['table', 'view'] }));
}

function good(detail: string): Finding {
  return { ok: true, isWarning: false, detail, remedy: [] };
}

function bad(detail: string, remedy: readonly string[]): Finding {
  return { ok: false, isWarning: false, detail, remedy };
}

function odd(detail: string, remedy: readonly string[] = []): Finding {
  return { ok: true, isWarning: true, detail, remedy };
}

/** Roles that may do everything, which is far more than Goldsmith needs. */
const GREAT_ROLES = new Set(['ACCOUNTADMIN', 'SYSADMIN', 'SECURITYADMIN', 'ORGADMIN']);

/** A role or warehouse we may not use is told by the account as none at all. */
async function session(
  { role, warehouse, database, ask }: Identity,
  who: string,
): Promise<Finding> {
  const { rows } = await ask(
    'select current_user(), current_role(), current_warehouse(), current_database()',
  );
  const [user, runsAs, runsOn, runsIn] = (rows[0] ?? []).map(cellText);
  if (runsAs !== role) {
    const remedy = [`grant role ${quoteName(role)} to user ${quoteName(user ?? '')};`];
    return bad(`${who} runs as ${runsAs === '' ? 'no role' : runsAs}, not as ${role}`, remedy);
  }
  if (runsOn !== warehouse) {
    const remedy = [`grant usage on warehouse ${quoteName(warehouse)} to role ${quoteName(role)};`];
    return bad(`${who} ${role} has no warehouse ${warehouse} to run on`, remedy);
  }
  if (runsIn !== database) {
    const remedy = [`grant usage on database ${quoteName(database)} to role ${quoteName(role)};`];
    return bad(`${who} ${role} sees no database ${database}`, remedy);
  }
  return GREAT_ROLES.has(role)
    ? odd(`${who} runs as ${role}, and need not: config/grants/snowflake.sql makes a lesser one`)
    : good(`${who} runs as ${role} on ${warehouse}`);
}

const MOST_SKEW_MS = 5_000;

async function clock({ ask }: Identity, now: () => number): Promise<Finding> {
  const before = now();
  const { rows } = await ask("select date_part('epoch_millisecond', current_timestamp())");
  const middle = (before + now()) / 2;
  const skew = Math.round(Number(rows[0]?.[0]) - middle);
  return Math.abs(skew) <= MOST_SKEW_MS
    ? good(`clocks agree within ${Math.abs(skew)} ms`)
    : bad(
        `the account's clock is ${Math.abs(skew)} ms ${skew > 0 ? 'ahead of' : 'behind'} ours, so hours would be read before they are closed; let our host follow a time server`,
        [],
      );
}

/** What is expected of the account's own views; hours are read an hour after they close. */
const MOST_LATENCY_MS = 3 * 3_600_000;

async function history({ role, ask }: Identity, needs: Asked): Promise<readonly Finding[]> {
  const relation = needs.history ?? '';
  try {
    const { rows } = await ask(
      `select count(*), date_part('epoch_millisecond', max(end_time)) from ${relation} where end_time >= dateadd('day', -1, current_timestamp())`,
    );
    const [count, newest] = rows[0] ?? [];
    const age = needs.now() - Number(newest);
    if (Number(count) === 0) {
      return [odd(`${relation} may be read, and told of no statement in the last day`)];
    }
    return age > MOST_LATENCY_MS
      ? [odd(`${relation} is ${Math.round(age / 60_000)} minutes behind, more than it should be`)]
      : [good(`${relation} may be read and is ${Math.round(age / 60_000)} minutes behind`)];
  } catch (error) {
    if (!isHidden(error)) {
      throw error;
    }
    return [
      bad(`the reader ${role} may not read ${relation}, so there is no history`, [
        `grant database role SNOWFLAKE.GOVERNANCE_VIEWER to role ${quoteName(role)};`,
      ]),
    ];
  }
}

/** Without them, costs rest on how long statements ran, by the size of their warehouse. */
async function attribution({ role, ask }: Identity): Promise<Finding> {
  const grant = [`grant database role SNOWFLAKE.USAGE_VIEWER to role ${quoteName(role)};`];
  try {
    await ask('select count(*) from snowflake.account_usage.query_attribution_history where 1 = 0');
    const idle = await idleWords(ask);
    return idle === undefined
      ? odd(
          `the reader ${role} may not read WAREHOUSE_METERING_HISTORY, so nobody is told how many credits were idle; attributed credits may be read`,
          grant,
        )
      : good(`attributed credits may be read; ${idle}`);
  } catch (error) {
    if (!isHidden(error)) {
      throw error;
    }
    return odd(
      `the reader ${role} may not read attributed credits, so costs rest on execution times alone`,
      grant,
    );
  }
}

/** They are asked for by a setting, so that a history without them is not what was meant. */
async function sessions({ role, ask }: Identity, needs: Asked): Promise<readonly Finding[]> {
  if (needs.sessions === undefined) {
    return [];
  }
  try {
    await ask(`select count(*) from ${needs.sessions} where 1 = 0`);
    return [good('client applications may be read')];
  } catch (error) {
    if (!isHidden(error)) {
      throw error;
    }
    return [
      bad(`the reader ${role} may not read ${needs.sessions}, so there is no history`, [
        `grant database role SNOWFLAKE.SECURITY_VIEWER to role ${quoteName(role)};`,
      ]),
    ];
  }
}

/** A policy that is not seen would be lost in a mart, so whoever builds asks the account for them. */
async function policies({ role, ask }: Identity): Promise<readonly Finding[]> {
  try {
    await ask('select count(*) from snowflake.account_usage.policy_references where 1 = 0');
    return [good('the writer sees row policies and masks, up to two hours late')];
  } catch (error) {
    if (!isHidden(error)) {
      throw error;
    }
    return [
      bad(`the writer ${role} may not see policies, so it builds nothing`, [
        `grant database role SNOWFLAKE.GOVERNANCE_VIEWER to role ${quoteName(role)};`,
      ]),
    ];
  }
}

/** Views of other databases, and secure ones of others, are told by that list alone. */
async function dependents({ role, ask }: Identity): Promise<Finding> {
  const { name } = listedDependents;
  try {
    await ask(`select count(*) from ${name.toLowerCase()} where 1 = 0`);
    return good('the writer sees what reads a mart from other databases, up to three hours late');
  } catch (error) {
    if (!isHidden(error)) {
      throw error;
    }
    return odd(
      `the writer ${role} may not read ${name}, so readers of marts in other databases are not seen, and beside views whose text it does not see nothing is published`,
      [`grant database role SNOWFLAKE.OBJECT_VIEWER to role ${quoteName(role)};`],
    );
  }
}
