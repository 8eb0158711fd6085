import type { NativeWording } from '../wording.ts';
import { named, databricksNames as names } from './names.ts';

/** How long a pipeline takes to start at most: waiting for it is no work. */
export const PIPELINE_START_MS = 5 * 60_000;

/** What a pipeline of the account's own does, and is billed for apart. */
export const BY_PIPELINE = /^\s*(create|refresh)\s+materialized\s+view\b/i;

/**
 * Materialized views of Databricks SQL, without a schedule. The refresh policy is said, for left to itself the account computes all
 * of it where that seems cheaper, and where changes cannot be computed alone; so that is refused, when it is made and with each
 * refresh. SYNC is said, too: what returns before it is done could not be proved. The definition stands as it is: a GROUP BY below
 * anything else is not certainly followed.
 */
export const nativeWording: NativeWording = {
  kind: 'materialized view',
  create: ({ relation, comment, definition }) => [
    `create materialized view ${names.relation(relation)} comment ${names.text(comment)} refresh policy incremental strict as\n${definition}`,
  ],
  refresh: (relation) => `refresh materialized view ${names.relation(relation)} sync`,
  text: (relation) =>
    `select view_definition from information_schema.views where ${named(relation)} and view_definition is not null`,
};
