import { GoldsmithError } from '../base/goldsmith-error.ts';
import type { CallOptions, Connector, Session } from '../connectors/connector.ts';
import { type SchemasThere, useGrantFor } from './dry-run-schemas.ts';

/** What became of the statements of one kind. */
export interface Checked {
  /** Statements the warehouse looked at and did not refuse. */
  accepted: number;
  /** Why the others could not be looked at. */
  readonly untried: Set<string>;
  /** What it said to those that it refused. */
  readonly refused: Set<string>;
}

export interface CheckParts {
  readonly connector: Connector;
  readonly session: Session;
  /** Only what reads is sent. */
  readonly reads: boolean;
  readonly checked: Checked;
  /** What is missing may be what kinds before it make. */
  readonly mayBeUnmade: boolean;
  readonly there: SchemasThere;
}

const UNMADE =
  'it is about what the kinds before it make, and looking at a statement makes nothing';

/**
 * A session whose statements are looked at: by the warehouse's own dry run, by EXPLAIN, or, where a transaction undoes it, by being
 * carried out. What is only looked at is answered by nothing.
 */
export function checkingSession(parts: CheckParts): Session {
  const { reads, connector } = parts;
  return !reads && !isOnlyLooked(connector) ? carryingOut(parts) : lookingAt(parts);
}

/** Nothing is carried out here, so that kinds cannot rest on what others make, and none ends what comes after it. */
export function isOnlyLooked({ dryRun, wording }: Pick<Connector, 'dryRun' | 'wording'>): boolean {
  return dryRun !== undefined || wording.explain !== undefined;
}

function carryingOut({ session, checked }: CheckParts): Session {
  const counted = async <Result>(work: Promise<Result>): Promise<Result> => {
    try {
      const result = await work;
      checked.accepted += 1;
      return result;
    } catch (error) {
      checked.refused.add(saidBy(error));
      throw error;
    }
  };
  return {
    wording: session.wording,
    stream: (sql, options) => session.stream(sql, options),
    query: (sql, options) => counted(session.query(sql, options)),
    execute: (sql, options) => counted(session.execute(sql, options)),
  };
}

function lookingAt(parts: CheckParts): Session {
  const cost = { durationMs: 0, cpuMs: 0, rowsReturned: 0 };
  return {
    wording: parts.session.wording,
    async *stream(sql, options) {
      await lookAt(sql, { ...parts, options });
      yield [];
    },
    async query(sql, options) {
      await lookAt(sql, { ...parts, options });
      return { columns: [], rows: [], cost };
    },
    async execute(sql, options) {
      await lookAt(sql, { ...parts, options });
      return cost;
    },
  };
}

type Look = CheckParts & { readonly options: CallOptions };

/** A refusal ends the kind where it ends a transaction; where statements are only looked at, those after it are looked at too. */
async function lookAt(sql: string, look: Look): Promise<void> {
  const { connector, session, reads, checked, mayBeUnmade, there } = look;
  const { explain } = session.wording;
  if (connector.dryRun === undefined && !reads && explain?.takes.test(sql) !== true) {
    checked.untried.add(explain?.otherwise ?? '');
    return;
  }
  try {
    await ask(sql, look);
    checked.accepted += 1;
  } catch (error) {
    const grant = useGrantFor(error, there);
    if (mayBeUnmade && isMissing(error) && grant === undefined) {
      checked.untried.add(UNMADE);
      return;
    }
    checked.refused.add(
      grant === undefined ? saidBy(error) : `${saidBy(error)}; it is there: ${grant};`,
    );
    if (!isOnlyLooked(connector) || look.options.signal?.aborted === true) {
      throw error;
    }
  }
}

export function saidBy(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function ask(sql: string, { connector, session, options }: Look): Promise<void> {
  const { explain } = session.wording;
  if (connector.dryRun !== undefined) {
    await connector.dryRun(sql, options);
    return;
  }
  if (explain !== undefined && !explain.takes.test(sql)) {
    // It only looks: what EXPLAIN does not take is asked.
    await session.query(sql, options);
    return;
  }
  const { rows } = await session.query(`explain ${sql}`, options);
  const failure = explain?.failure?.(rows);
  if (failure !== undefined) {
    throw failure;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof GoldsmithError && error.code === 'CONNECTOR_RELATION_MISSING';
}
