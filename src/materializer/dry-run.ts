import { GoldsmithError } from '../base/goldsmith-error.ts';
import type { CallOptions, Connector, Session } from '../connectors/connector.ts';
import { type DryRunKind, type DryRunTarget, readingKinds } from './dry-run-reading.ts';
import { writingKinds } from './dry-run-writing.ts';

/** One kind of statement, and what the warehouse said to it. */
export interface DryRunResult {
  readonly kind: string;
  readonly outcome: 'accepted' | 'refused' | 'not-tried';
  readonly detail: string;
}

/**
 * Has the warehouse check every kind of statement Goldsmith would send, changing nothing: what reads is explained, what writes
 * runs on objects of its own in a transaction that is always rolled back. A warehouse with a dry run of its own is asked for that.
 */
export async function dryRunStatements(
  connector: Connector,
  target: DryRunTarget,
): Promise<readonly DryRunResult[]> {
  const results: DryRunResult[] = [];
  await rolledBack(connector, { readOnly: true, purpose: 'facts' }, async (session) => {
    results.push(...(await tryAll(readingKinds(target), { connector, session, reads: true })));
  });
  if (target.writes && !connector.capabilities.transactionalDdl && connector.dryRun === undefined) {
    const detail = 'not tried: here every statement that writes is kept';
    const kinds = writingKinds(target).map(({ kind }) => kind);
    results.push(...kinds.map((kind) => ({ kind, outcome: 'not-tried' as const, detail })));
  } else if (target.writes) {
    await rolledBack(connector, { readOnly: false, purpose: 'publish' }, async (session) => {
      const onlyChecked = connector.dryRun !== undefined;
      const kinds = writingKinds({ ...target, onlyChecked });
      results.push(...(await tryAll(kinds, { connector, session, reads: false })));
    });
  }
  return results;
}

/** One that fails ends its transaction, so those after it are not tried where it is a real one. */
async function tryAll(
  kinds: readonly DryRunKind[],
  parts: { readonly connector: Connector; readonly session: Session; readonly reads: boolean },
): Promise<readonly DryRunResult[]> {
  const results: DryRunResult[] = [];
  const checked = checkedSession(parts);
  let refused: string | undefined;
  for (const { kind, run } of kinds) {
    if (refused !== undefined) {
      results.push({ kind, outcome: 'not-tried', detail: `not tried after: ${refused}` });
      continue;
    }
    try {
      await run(checked);
      results.push({ kind, outcome: 'accepted', detail: '' });
    } catch (error) {
      if (error instanceof Checked) {
        results.push({ kind, outcome: 'accepted', detail: '' });
        continue;
      }
      if (isUnmade(error, parts)) {
        results.push({ kind, outcome: 'not-tried', detail: UNMADE });
        continue;
      }
      const detail = error instanceof Error ? error.message : String(error);
      results.push({ kind, outcome: 'refused', detail });
      refused = parts.connector.dryRun === undefined ? kind : undefined;
    }
  }
  return results;
}

/** A dry run makes nothing, so what those before it would have made is missing. */
function isUnmade(
  error: unknown,
  { connector, reads }: { readonly connector: Connector; readonly reads: boolean },
): boolean {
  return (
    !reads &&
    connector.dryRun !== undefined &&
    error instanceof GoldsmithError &&
    error.code === 'CONNECTOR_RELATION_MISSING'
  );
}

const UNMADE = 'not tried: it is about what the kinds before it make, and a dry run makes nothing';

/** The statement was checked, and there is no answer to go on with. */
class Checked extends Error {}

/** As the kinds see it: what only reads is explained, or everything goes to the warehouse's own dry run. */
function checkedSession({
  connector,
  session,
  reads,
}: {
  readonly connector: Connector;
  readonly session: Session;
  readonly reads: boolean;
}): Session {
  const hasOwn = connector.dryRun !== undefined;
  if (!hasOwn && !reads) {
    return session;
  }
  const check = async (sql: string, options: CallOptions): Promise<void> => {
    if (hasOwn) {
      await connector.dryRun?.(sql, options);
    } else {
      await session.query(`explain ${sql}`, options);
    }
  };
  return {
    wording: session.wording,
    stream: (sql, options) => session.stream(sql, options),
    async query(sql, options) {
      await check(sql, options);
      throw new Checked();
    },
    async execute(sql, options) {
      await check(sql, options);
      return { durationMs: 0, cpuMs: 0, rowsReturned: 0 };
    },
  };
}

class RolledBack extends Error {}

/** Runs the work in a transaction that never commits. */
async function rolledBack(
  connector: Connector,
  options: { readonly readOnly: boolean; readonly purpose: 'facts' | 'publish' },
  work: (session: Session) => Promise<void>,
): Promise<void> {
  try {
    await connector.transaction(async (session) => {
      await work(session);
      throw new RolledBack();
    }, options);
  } catch (error) {
    if (!(error instanceof RolledBack)) {
      throw error;
    }
  }
}
