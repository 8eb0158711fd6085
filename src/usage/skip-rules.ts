import { biHeartbeats } from './skip/bi-heartbeats.ts';
import { cancelledStatements } from './skip/cancelled-statements.ts';
import { ddl } from './skip/ddl.ts';
import { emptyStatements } from './skip/empty-statements.ts';
import { failedStatements } from './skip/failed-statements.ts';
import { metadataQueries } from './skip/metadata-queries.ts';
import { ownStatements } from './skip/own-statements.ts';
import { previews } from './skip/previews.ts';
import { sessions } from './skip/sessions.ts';
import { transactions } from './skip/transactions.ts';
import type { SkipInput, SkipRule } from './skip-rule.ts';

/** In the order they are asked; the first that skips gives the reason that is counted. */
export const SKIP_RULES: readonly SkipRule[] = [
  ownStatements,
  emptyStatements,
  transactions,
  sessions,
  ddl,
  metadataQueries,
  biHeartbeats,
  previews,
  failedStatements,
  cancelledStatements,
];

/** The id of the first rule that skips it; nothing where it tells something about demand. */
export function skipReason(input: SkipInput): string | undefined {
  return SKIP_RULES.find((rule) => rule.skips(input))?.id;
}
