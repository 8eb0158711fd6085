import type { EpochMs } from '../base/clock.ts';
import type { Session } from '../connectors/connector.ts';
import type { MartDefinition } from '../marts/mart.ts';
import { fingerprintContent } from '../prove/content-fingerprint.ts';
import { describeQuery } from '../prove/describe-query.ts';
import { groupsBeyondTolerance } from '../prove/last-digits.ts';
import { quoteRelation } from '../prove/quote.ts';
import { verifyObligations } from '../prove/verify-obligations.ts';
import type { ActionOf } from './action-handler.ts';
import type { BuildEvidence } from './check.ts';
import { selectLogical } from './statements.ts';
import type { Work } from './work.ts';

export interface EvidenceRequest {
  readonly work: Pick<Work, 'signal'>;
  readonly action: ActionOf<'build-version'>;
  readonly definition: MartDefinition;
  readonly cpuMs: () => number;
  readonly at: EpochMs;
  /** What the facts' certificates cite. */
  readonly source: string;
}

/** What the checks of a build look at, over the build's own snapshot; the costly pieces only when a check asks. */
export async function gatherEvidence(
  session: Session,
  { work, action, definition, cpuMs, at, source }: EvidenceRequest,
): Promise<BuildEvidence> {
  const { signal } = work;
  const sql = `select * from ${quoteRelation(action.table)}`;
  const tableColumns = await describeQuery(session, { sql, purpose: 'verify', signal });
  return {
    action,
    definition,
    tableColumns,
    cpuMs,
    verified: once(() =>
      verifyObligations(session, {
        obligations: definition.obligations,
        source,
        at,
        purpose: 'facts',
        signal,
      }),
    ),
    beyondTolerance: once(() =>
      groupsBeyondTolerance(session, {
        left: selectLogical(definition),
        right: sql,
        columns: definition.columns,
        purpose: 'verify',
        signal,
      }),
    ),
    contents: once(async () => {
      const options = { columns: definition.columns, purpose: 'verify', signal } as const;
      return {
        logical: await fingerprintContent(session, { sql: selectLogical(definition), ...options }),
        table: await fingerprintContent(session, { sql, ...options }),
      };
    }),
  };
}

function once<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}
