import { cellText } from '../cell-text.ts';
import type { CallOptions, Finding } from '../connector.ts';
import { isPricedSql } from './contract.ts';
import { listsAsked, peoplesDatasets, readsAsked } from './diagnose-reading.ts';
import { diagnoseWriting } from './diagnose-writing.ts';
import {
  bad,
  type DiagnosedProject,
  good,
  isLet,
  odd,
  orUnknown,
  type Wanted,
} from './findings.ts';
import { roleOnProject } from './grants.ts';
import { LATENCY_MS } from './jobs-history.ts';

/**
 * Looks whether both identities may do what they will have to, mostly by dry runs, which cost nothing; what is missing comes as the
 * lines of `config/grants/bigquery.sql` that grant it.
 */
export async function diagnoseBigquery(
  project: DiagnosedProject,
  { needs, options }: Wanted,
): Promise<readonly Finding[]> {
  const { reader, users, region } = project;
  const asked = { user: users[0] ?? '', region, options };
  const listed = await listsAsked(reader, asked);
  const isListed = listed.ok && !listed.isWarning;
  const peoples = isListed ? await peoplesDatasets(reader, { ...asked, own: needs.schemas }) : [];
  const findings = [
    listed,
    await readsAsked(reader, { ...asked, datasets: peoples }),
    await orUnknown('whether clocks agree', () => clock(project, options)),
    ...(needs.history === undefined
      ? []
      : [
          await orUnknown(`whether ${asked.user} may read everybody’s jobs`, () =>
            history(project, { needs, options }),
          ),
        ]),
  ];
  return needs.writes
    ? [...findings, ...(await diagnoseWriting(project, { needs, options, peoples }))]
    : findings;
}

/** The history, how far it is behind, and whether its jobs are billed as the settings say. */
async function history(
  { reader, users, region, contract }: DiagnosedProject,
  { needs, options }: Wanted,
): Promise<Finding> {
  const [user = ''] = users;
  const since = 'j.creation_time >= timestamp_sub(current_timestamp(), interval 1 day)';
  const sql = `select count(*) as runs, countif(not ${isPricedSql(contract)}) as other,
  timestamp_diff(current_timestamp(), max(j.end_time), second) as behind
from ${needs.history ?? ''} as j where ${since} and j.job_type = 'QUERY'`;
  const what = 'read everybody’s jobs';
  if (!(await isLet(() => reader.check(sql, options)))) {
    return bad(`${user} may not ${what}`, [
      roleOnProject({ project: region.project, user }, 'roles/bigquery.resourceViewer'),
    ]);
  }
  const [row = []] = (await reader.query(sql, options)).rows;
  const [runs = 0, other = 0, behind = 0] = row.map(Number);
  const minutes = Math.round(behind / 60);
  if (behind * 1000 > MOST_BEHIND * LATENCY_MS) {
    return odd(
      `the youngest job that ${needs.history ?? ''} tells ended ${minutes} minutes ago, and ours of a moment ago are not told: ten minutes are expected, and what is told later than three hours is counted once a day`,
    );
  }
  const latest = runs === 0 ? '' : `, the latest ended ${minutes} minutes ago`;
  const said = `${other} of ${runs} jobs of the last day are not billed by ${contract.billing}${latest}`;
  return other * 2 > runs
    ? odd(
        `${said}, so they count as free: set warehouse.bigquery.billing and its price, or warehouse.bigquery.slotPrices`,
      )
    : good(`${user} may ${what}; ${said}`);
}

async function clock({ reader, now }: DiagnosedProject, options: CallOptions): Promise<Finding> {
  const { rows } = await reader.query('select unix_millis(current_timestamp()) as now', options);
  const skew = Math.round((now() - Number(cellText(rows[0]?.[0]))) / 1000);
  return Math.abs(skew) > MOST_SKEW_S
    ? odd(`our clock is ${Math.abs(skew)} s ${skew > 0 ? 'ahead of' : 'behind'} the service’s`)
    : good('clocks agree');
}

/** Times the latency that is expected: beyond it a warning. */
const MOST_BEHIND = 3;

/** A query takes a moment to be answered, so a few seconds are no difference. */
const MOST_SKEW_S = 60;
