import type { Finding, QueryResult } from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';
import { databricksNames } from './names.ts';

interface AskedSystem {
  /** `the reader` or `the writer`. */
  readonly who: string;
  readonly user: string;
  readonly ask: (sql: string) => Promise<QueryResult>;
  /** `system.<schema>.<table>`. */
  readonly relation: string;
  /** What is told by it, and what follows where it may not be read: words that end a sentence. */
  readonly tells: string;
  readonly without: string;
}

/** Whether a table of the account's own may be read that Goldsmith can do without: where not, what that means and the grants. */
export async function diagnoseSystem({
  who,
  user,
  ask,
  relation,
  tells,
  without,
}: AskedSystem): Promise<Finding> {
  try {
    await ask(`select count(*) as n from ${relation} where 1 = 0`);
    const detail = `${who} ${user} sees by ${relation} ${tells}`;
    return { ok: true, isWarning: false, detail, remedy: [] };
  } catch (error) {
    if (!(error instanceof ConnectorError) || !HIDDEN.has(error.code)) {
      throw error;
    }
    const whom = databricksNames.quote(user);
    const [catalog = '', schema = ''] = relation.split('.');
    return {
      ok: true,
      isWarning: true,
      detail: `${who} ${user} may not read ${relation}, so ${without}`,
      remedy: [
        `grant use catalog on catalog ${catalog} to ${whom};`,
        `grant use schema, select on schema ${catalog}.${schema} to ${whom};`,
      ],
    };
  }
}

const HIDDEN = new Set(['CONNECTOR_RELATION_MISSING', 'CONNECTOR_PERMISSION_DENIED']);
