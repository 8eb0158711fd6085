import { cellText } from '../cell-text.ts';
import type { CallOptions, Finding, Needs } from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';
import type { BigquerySession } from './bigquery-session.ts';
import { type Region, regionView } from './information-schema.ts';
import { quoteName } from './quote.ts';

/** Only whether a dry run passes is looked at. */
interface Asking extends Pick<BigquerySession, 'query'> {
  check(sql: string, options: CallOptions): Promise<unknown>;
}

export interface DiagnosedProject {
  readonly reader: Asking;
  /** Absent where nothing is written. */
  readonly writer?: Asking;
  /** The reader, and the writer where there is one, as IAM knows them. */
  readonly users: readonly string[];
  readonly region: Region;
  readonly billing: 'bytes' | 'slots';
  readonly now: () => number;
}

interface Asked {
  readonly needs: Needs;
  readonly options: CallOptions;
}

/**
 * Looks whether both identities may do what they will have to, mostly by dry runs, which cost nothing; what is missing comes as the
 * commands that grant it.
 */
export async function diagnoseBigquery(
  project: DiagnosedProject,
  { needs, options }: Asked,
): Promise<readonly Finding[]> {
  const { reader, users, region } = project;
  const [user = ''] = users;
  const view = (name: string) => `select 1 from ${regionView(region, name)} limit 1`;
  const metadata = { user, role: 'roles/bigquery.metadataViewer' };
  const findings = [
    await mayRun(reader, {
      ...metadata,
      sql: view('TABLES'),
      what: 'list tables',
      region,
      options,
    }),
    await mayRun(reader, {
      ...metadata,
      sql: view('TABLE_STORAGE'),
      what: 'see how large tables are',
      region,
      options,
    }),
    await clock(project, options),
    ...(needs.history === undefined ? [] : await history(project, { needs, options })),
  ];
  return needs.writes ? [...findings, ...(await writing(project, { needs, options }))] : findings;
}

async function mayRun(
  session: Asking,
  {
    sql,
    what,
    user,
    role,
    region,
    options,
  }: {
    readonly sql: string;
    readonly what: string;
    readonly user: string;
    readonly role: string;
    readonly region: Region;
    readonly options: CallOptions;
  },
): Promise<Finding> {
  try {
    await session.check(sql, options);
    return good(`${user} may ${what}`);
  } catch (error) {
    if (error instanceof ConnectorError && error.code === 'CONNECTOR_PERMISSION_DENIED') {
      return bad(`${user} may not ${what}`, [grantOf({ project: region.project, user, role })]);
    }
    throw error;
  }
}

/** The history, and whether its jobs are billed as the settings say. */
async function history(
  { reader, users, region, billing }: DiagnosedProject,
  { needs, options }: Asked,
): Promise<readonly Finding[]> {
  const [user = ''] = users;
  const since = 'j.creation_time >= timestamp_sub(current_timestamp(), interval 1 day)';
  const sql = `select count(*) as runs, countif(j.reservation_id is not null) as reserved
from ${needs.history ?? ''} as j where ${since} and j.job_type = 'QUERY'`;
  const what = 'read everybody’s jobs';
  const role = 'roles/bigquery.resourceViewer';
  const readable = await mayRun(reader, { sql, what, user, role, region, options });
  if (!readable.ok) {
    return [readable];
  }
  const [row = []] = (await reader.query(sql, options)).rows;
  const [runs, reserved] = row.map(Number);
  const other = billing === 'bytes' ? (reserved ?? 0) : (runs ?? 0) - (reserved ?? 0);
  const said = `${other} of ${runs} jobs of the last day are not billed by ${billing}`;
  return [
    readable,
    other * 2 > (runs ?? 0)
      ? odd(`${said}, so they count as free: set warehouse.bigquery.billing and its price`)
      : good(said),
  ];
}

async function clock({ reader, now }: DiagnosedProject, options: CallOptions): Promise<Finding> {
  const { rows } = await reader.query('select unix_millis(current_timestamp()) as now', options);
  const skew = Math.round((now() - Number(cellText(rows[0]?.[0]))) / 1000);
  return Math.abs(skew) > MOST_SKEW_S
    ? odd(`our clock is ${Math.abs(skew)} s ${skew > 0 ? 'ahead of' : 'behind'} the service’s`)
    : good('clocks agree');
}

/** A query takes a moment to be answered, so a few seconds are no difference. */
const MOST_SKEW_S = 60;

async function writing(
  { writer, users, region }: DiagnosedProject,
  { needs, options }: Asked,
): Promise<readonly Finding[]> {
  const user = users[1];
  if (writer === undefined || user === undefined) {
    return [bad('warehouse.bigquery.writer is not set, so nothing can be built', [])];
  }
  const findings: Finding[] = [
    await mayRun(writer, {
      sql: `select 1 from ${regionView(region, 'OBJECT_PRIVILEGES')} where object_name = 'x'`,
      what: 'see who may read what',
      user,
      role: 'roles/bigquery.dataOwner',
      region,
      options,
    }),
  ];
  for (const schema of needs.schemas) {
    const sql = `create schema if not exists ${quoteName(schema)}`;
    const what = `make dataset ${schema}`;
    const role = 'roles/bigquery.dataEditor';
    findings.push(await mayRun(writer, { sql, what, user, role, region, options }));
  }
  return findings;
}

/** As an administrator runs it in a shell. */
function grantOf({
  project,
  user,
  role,
}: {
  readonly project: string;
  readonly user: string;
  readonly role: string;
}): string {
  const kind = user.endsWith('.gserviceaccount.com') ? 'serviceAccount' : 'user';
  return `gcloud projects add-iam-policy-binding ${project} --member=${kind}:${user} --role=${role}`;
}

function good(detail: string): Finding {
  return { ok: true, isWarning: false, detail, remedy: [] };
}

function bad(detail: string, remedy: readonly string[]): Finding {
  return { ok: false, isWarning: false, detail, remedy };
}

function odd(detail: string): Finding {
  return { ok: true, isWarning: true, detail, remedy: [] };
}
