import type { Clock, EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { Connector, Purpose, Session } from '../connectors/connector.ts';
import type { MartDefinition, SourceColumn, SourceState } from '../marts/mart.ts';
import type { FetchTexts, IsSafeToReplay, RewriteForReplay } from '../prove/replay.ts';
import { isConflict } from './is-conflict.ts';
import type { Lease } from './lease.ts';
import type { Ledger } from './ledger.ts';
import type { CapsSettings } from './settings.ts';

/** What every handler works with. */
export interface Work {
  readonly connector: Connector;
  readonly ledger: Ledger;
  readonly lease: Lease;
  readonly clock: Clock;
  readonly caps: CapsSettings;
  readonly replay: ReplayPorts;
  readonly freshness: FreshnessPorts;
  readonly signal?: AbortSignal | undefined;
  /** Between two statements of a step: renews the lease, and is where tests interrupt. */
  readonly inside: () => Promise<void>;
}

export interface ReplayPorts {
  readonly fetchTexts: FetchTexts;
  readonly isSafeToReplay: IsSafeToReplay;
  /**
   * Both texts for a build: `base` must read the sources or the logical definition, never a version of the mart;
   * `served` must read the hidden table.
   */
  readonly rewriteForReplay: (
    fingerprint: string,
    text: string,
    build: {
      readonly mart: RelationId;
      readonly table: RelationId;
      readonly definition: MartDefinition;
    },
  ) => ReturnType<RewriteForReplay>;
  /** Told the kinds of statement a build that passed has answered equally on both sides. */
  readonly onProved?: (fingerprints: readonly string[], definition: MartDefinition) => void;
}

export interface FreshnessPorts {
  /** Columns of a source the definition reads; absent or `undefined`: all are compared, which costs more and notices more. */
  readonly usedColumns?: (
    definition: MartDefinition,
    source: RelationId,
  ) => Promise<readonly SourceColumn[] | undefined>;
  /** A state measured earlier in this cycle over the same columns, so that renewing an expiry need not read the sources twice. */
  readonly observed?: (
    measure: Pick<SourceState, 'relation' | 'columns'>,
  ) => { readonly state: SourceState; readonly at: EpochMs } | undefined;
}

const ATTEMPTS = 3;

/**
 * One writing transaction: the lease is checked first and fenced last, and what lost against another transaction is tried
 * again. Whatever rejects leaves nothing behind. Where a warehouse commits each statement by itself, what was done stays, and the
 * step's `resume` finds by looking what that is; the lease is checked before each of them then.
 */
export async function writing<Result>(
  { connector, lease, signal }: Pick<Work, 'connector' | 'lease' | 'signal'>,
  { purpose, run }: { purpose: Purpose; run: (session: Session) => Promise<Result> },
): Promise<Result> {
  if (!connector.capabilities.transactionalDdl) {
    return await connector.transaction((session) => run(checkedEach(session, lease)), {
      readOnly: false,
      commits: 'each',
      purpose,
      signal,
    });
  }
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await connector.transaction(
        async (session) => {
          await lease.check(session);
          const result = await run(session);
          await lease.fence(session);
          return result;
        },
        { readOnly: false, purpose, signal },
      );
    } catch (error) {
      if (attempt >= ATTEMPTS || !isConflict(error)) {
        throw error;
      }
    }
  }
}

/** A row of the ledger that another statement wrote at the same moment was not written by us: that one is sent again. */
function checkedEach(session: Session, lease: Lease): Session {
  return {
    wording: session.wording,
    query: (sql, options) => session.query(sql, options),
    stream: (sql, options) => session.stream(sql, options),
    ...(session.rowPolicies === undefined
      ? {}
      : { rowPolicies: session.rowPolicies.bind(session) }),
    ...(session.lentTo === undefined ? {} : { lentTo: session.lentTo.bind(session) }),
    async execute(sql, options) {
      for (let attempt = 1; ; attempt += 1) {
        await lease.check(session);
        try {
          return await session.execute(sql, options);
        } catch (error) {
          if (attempt >= ATTEMPTS || options.purpose !== 'ledger' || !isConflict(error)) {
            throw error;
          }
        }
      }
    },
  };
}
