import { type Asker, tagOf } from '../recogniser.ts';

/**
 * Whether dbt builds and tests a change here that nobody merged yet: the name of its target, the schema it writes to, or what
 * started the run says so. Such load is no demand, and what it builds is thrown away.
 */
export function isDbtCi(asker: Asker): boolean {
  const target = tagOf(asker, 'target_name', 'dbt_target_name') ?? '';
  const schemas = [
    asker.schema,
    tagOf(asker, 'target_schema', 'schema_name', 'dbt_schema') ?? '',
    tagOf(asker, 'target_database', 'dbt_database') ?? '',
  ];
  return (
    CI_TARGET.test(target) ||
    schemas.some((schema) => CI_SCHEMA.test(schema)) ||
    PULL_REQUEST.test(tagOf(asker, ...REASONS) ?? '') ||
    tagOf(asker, 'dbt_cloud_pr_id', 'DBT_CLOUD_PR_ID') !== undefined ||
    asker.namesCiSchema
  );
}

/** `ci`, `slim_ci`, `ci-staging`, `pr`, `pull_request`: a word of its own in the name of a target. */
const CI_TARGET = /(^|[^a-z])(ci|pr|pull_?request|merge_?request)([^a-z]|$)/i;

/** `dbt_cloud_pr_12_34`, `dbt_ci`, `pr_12`, `analytics_pr_12`, `ci_12`, `slim_ci`. */
const CI_SCHEMA = /^(dbt_cloud_pr_\w+|(\w+_)?pr_?\d+(_\w+)?|(dbt_|slim_)?ci(_\w+)?|\w+_ci)$/i;

/** What dbt Cloud says of the cause of a run, as the usual packages for query tags write it. */
const REASONS = [
  'dbt_cloud_run_reason_category',
  'DBT_CLOUD_RUN_REASON_CATEGORY',
  'dbt_cloud_run_reason',
  'DBT_CLOUD_RUN_REASON',
];
const PULL_REQUEST = /(pull|merge)[ _-]?request/i;

/**
 * Whether a statement names a relation in a schema that only dbt's CI makes. Looser names are told by tags alone: in a text,
 * `ci` or `pr_1` may be anybody's.
 */
export function namesCiSchema(text: string): boolean {
  return IN_TEXT.test(text);
}

const IN_TEXT = /\bdbt_(cloud_pr_\d\w*|(ci|pr)(_\w+)?)["`]?\s*\.\s*["`\w]/i;
