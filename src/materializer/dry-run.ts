import type { Connector, Session } from '../connectors/connector.ts';
import { type Checked, checkingSession, isOnlyLooked, saidBy } from './dry-run-check.ts';
import type { DryRunKind, DryRunTarget } from './dry-run-kind.ts';
import { askedKinds, historyKinds, readingKinds } from './dry-run-reading.ts';
import { type SchemasThere, schemasThere } from './dry-run-schemas.ts';
import { writingKinds } from './dry-run-writing.ts';

/** One kind of statement, and what the warehouse said to it. A kind that this warehouse needs no statement for is left out. */
export interface DryRunResult {
  readonly kind: string;
  readonly outcome: 'accepted' | 'refused' | 'not-tried';
  readonly detail: string;
}

/**
 * Has the warehouse check every kind of statement Goldsmith would send, changing nothing: what reads is explained, what writes
 * runs on objects of its own in a transaction that is always rolled back. A warehouse with a dry run of its own is asked for that; one
 * whose statements commit by themselves explains what writes too, as far as it can.
 */
export async function dryRunStatements(
  connector: Connector,
  target: DryRunTarget,
): Promise<readonly DryRunResult[]> {
  const results: DryRunResult[] = [];
  await rolledBack(connector, { readOnly: true, purpose: 'facts' }, async (session) => {
    const kinds = [
      ...readingKinds(target, connector.wording),
      ...(await historyKinds(connector, target.history)),
    ];
    results.push(...(await tryAll(kinds, { connector, session, reads: true })));
  });
  for (const kind of askedKinds(connector, target)) {
    results.push(...(await tryOne(kind, { connector, session: connector, reads: true })));
  }
  if (target.writes) {
    const onlyChecked = isOnlyLooked(connector);
    const kinds = writingKinds({ ...target, onlyChecked });
    const commits = connector.wording.explain === undefined ? {} : { commits: 'each' as const };
    const options = { readOnly: false, purpose: 'publish', ...commits } as const;
    await rolledBack(connector, options, async (session) => {
      const there = await schemasThere(session, target);
      results.push(...(await tryAll(kinds, { connector, session, reads: false, there })));
    });
  }
  return results;
}

interface TryParts {
  readonly connector: Connector;
  readonly session: Session;
  readonly reads: boolean;
  /** Absent: what is missing is not looked for. */
  readonly there?: SchemasThere;
}

/** One that fails ends its transaction, so those after it are not tried where it is a real one. */
async function tryAll(
  kinds: readonly DryRunKind[],
  parts: TryParts,
): Promise<readonly DryRunResult[]> {
  const results: DryRunResult[] = [];
  let ended: string | undefined;
  for (const kind of kinds) {
    if (ended !== undefined) {
      results.push({ kind: kind.kind, outcome: 'not-tried', detail: `after: ${ended}` });
      continue;
    }
    const tried = await tryOne(kind, parts);
    results.push(...tried);
    const isRefused = tried.some(({ outcome }) => outcome === 'refused');
    ended = isRefused && !isOnlyLooked(parts.connector) ? kind.kind : undefined;
  }
  return results;
}

async function tryOne(
  { kind, run, isAsked, needsNothing, otherwise }: DryRunKind,
  parts: TryParts,
): Promise<readonly DryRunResult[]> {
  const { connector, session, there = new Map() } = parts;
  const checked: Checked = { accepted: 0, untried: new Set(), refused: new Set() };
  const mayBeUnmade = !parts.reads && needsNothing !== true;
  try {
    await run(
      checkingSession({ ...parts, there, checked, mayBeUnmade }),
      isOnlyLooked(connector) ? connector : session,
    );
    checked.accepted += isAsked === true ? 1 : 0;
  } catch (error) {
    // What was accepted answered nothing, and a kind that goes on with answers ends there.
    const isAnswered = checked.accepted > 0 && isOnlyChecked(parts);
    if (checked.refused.size === 0 && !isAnswered) {
      checked.refused.add(saidBy(error));
    }
  }
  const { accepted, untried, refused } = checked;
  if (refused.size > 0) {
    const said = [...refused].join('; ');
    return otherwise === undefined
      ? [{ kind, outcome: 'refused', detail: said }]
      : [{ kind, outcome: 'not-tried', detail: `refused, and ${otherwise} (${said})` }];
  }
  if (untried.size > 0) {
    return [{ kind, outcome: 'not-tried', detail: [...untried].join('; ') }];
  }
  return accepted === 0 ? [] : [{ kind, outcome: 'accepted', detail: '' }];
}

function isOnlyChecked({ connector, reads }: TryParts): boolean {
  return reads || isOnlyLooked(connector);
}

class RolledBack extends Error {}

/** Runs the work in a transaction that never commits. */
async function rolledBack(
  connector: Connector,
  options: {
    readonly readOnly: boolean;
    readonly purpose: 'facts' | 'publish';
    readonly commits?: 'each';
  },
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
