import { QUARTERLY_REPORT, WIDE_JOB, WIDE_READS } from './wide.ts';
import { shiftDay } from './workload.ts';

/** Days of use somebody recorded elsewhere before Goldsmith came. */
const DAYS = 400;
/** The quarterly report ran this many days before the first day, and every 91 days before that. */
const LAST_REPORT = 75;
const QUARTER = 91;

/**
 * The use of the wide table before the story begins, as exported from another system: who asked what and when, without a
 * cost. It proves what is used, and never that anything was dear. One JSON line a statement.
 */
export function importedHistory(firstDay: string): string {
  const lines: string[] = [];
  const record = (row: { readonly at: string; readonly user: string; readonly text: string }) => {
    const { at, user, text } = row;
    const client = user === 'dbt_prod' ? 'dbt' : 'metabase';
    const id = `imported-${String(lines.length + 1).padStart(6, '0')}`;
    lines.push(
      JSON.stringify({ id, text, startedAt: at, endedAt: at, status: 'success', user, client }),
    );
  };
  for (let back = DAYS; back >= 1; back -= 1) {
    const day = shiftDay(firstDay, -back);
    record({ at: `${day}T01:30:00.000Z`, user: 'dbt_prod', text: WIDE_JOB });
    for (const [at, text] of WIDE_READS.entries()) {
      const user = (back + at) % 2 === 0 ? 'metabase_emea' : 'metabase_apac';
      record({ at: `${day}T09:${String(10 + at).padStart(2, '0')}:00.000Z`, user, text });
    }
    if (back >= LAST_REPORT && (back - LAST_REPORT) % QUARTER === 0) {
      record({ at: `${day}T14:00:00.000Z`, user: 'cfo', text: QUARTERLY_REPORT });
    }
  }
  return `${lines.join('\n')}\n`;
}
