import type { Recogniser } from '../recogniser.ts';
import type { ReaderKind } from '../template.ts';

/** A part of the client's name, lower case, and what sits behind it. First that fits. */
const CLIENTS: readonly (readonly [RegExp, ReaderKind, string])[] = [
  [/power ?bi|mashup engine|msolap/, 'dashboard', 'powerbi'],
  [/thoughtspot/, 'dashboard', 'thoughtspot'],
  [/\bsigma\b/, 'dashboard', 'sigma'],
  [/quicksight/, 'dashboard', 'quicksight'],
  [/qlik/, 'dashboard', 'qlik'],
  [/microstrategy/, 'dashboard', 'microstrategy'],
  [/lightdash/, 'dashboard', 'lightdash'],
  [/redash/, 'dashboard', 'redash'],
  [/grafana/, 'dashboard', 'grafana'],
  [/\bcube(js)?\b/, 'dashboard', 'cube'],
  [/omni\b/, 'dashboard', 'omni'],
  [/evidence\b/, 'dashboard', 'evidence'],
  [/\bhex\b/, 'dashboard', 'hex'],
  [/dashboard|\bbi\b|report/, 'dashboard', ''],
  [/great ?expectations|\bsoda\b|elementary|monte ?carlo|anomalo|\bre_data\b/, 'test', ''],
  [/airflow|dagster|prefect|mage\b|kestra|luigi/, 'pipeline', ''],
  [
    /fivetran|airbyte|stitch|meltano|matillion|informatica|talend|nifi|dlt\b|sqlmesh|hightouch|census/,
    'pipeline',
    '',
  ],
  [/\bpipeline\b|\betl\b|\belt\b|\bjob\b|scheduler|\bcron\b/, 'pipeline', ''],
  [/dbeaver|datagrip|dataspell|intellij|jetbrains/, 'person', ''],
  [
    /psql|pgadmin|duckdb|snowsql|snowflake ui|snowsight|bq cli|bigquery console|databricks sql editor|trino-cli/,
    'person',
    '',
  ],
  [
    /jupyter|ipython|notebook|colab|vscode|visual studio|excel|sheets|rstudio|sql workbench|azure data studio/,
    'person',
    '',
  ],
];

/** Users whose names say that no person sits there. */
const SERVICE_USER =
  /(^|[^a-z])(svc|service|etl|elt|loader|pipeline|airflow|dagster|fivetran|airbyte|cron|batch)([^a-z]|$)/;

/** Clients by their well-known names; a service account of an unknown client is a pipeline. */
export const knownClients: Recogniser = {
  id: 'known-clients',

  recognise({ client, user }) {
    const known = client === '' ? undefined : CLIENTS.find(([pattern]) => pattern.test(client));
    if (known !== undefined) {
      const [, kind, tool] = known;
      return { kind, name: user === '' ? client : user, tool: tool === '' ? client : tool };
    }
    if (SERVICE_USER.test(user.toLowerCase())) {
      return { kind: 'pipeline', name: user, tool: client };
    }
    return undefined;
  },
};
