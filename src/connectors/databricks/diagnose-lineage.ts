import type { Finding, QueryResult } from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';
import { listedDependents } from './listed-dependents.ts';
import { databricksNames } from './names.ts';

/** Whether the writer may read lineage, which alone tells readers of marts in other catalogs and of views whose text only others see. */
export async function diagnoseLineage({
  user,
  ask,
}: {
  readonly user: string;
  readonly ask: (sql: string) => Promise<QueryResult>;
}): Promise<Finding> {
  const { name } = listedDependents;
  try {
    await ask(`select count(*) as n from ${name} where 1 = 0`);
    const detail = `the writer ${user} sees by ${name} what reads a mart from other catalogs`;
    return { ok: true, isWarning: false, detail, remedy: [] };
  } catch (error) {
    if (!(error instanceof ConnectorError) || !HIDDEN.has(error.code)) {
      throw error;
    }
    const whom = databricksNames.quote(user);
    return {
      ok: true,
      isWarning: true,
      detail: `the writer ${user} may not read ${name}, so readers of marts in other catalogs are not seen, and beside views whose text it does not see nothing is published`,
      remedy: [
        `grant use catalog on catalog system to ${whom};`,
        `grant use schema, select on schema system.access to ${whom};`,
      ],
    };
  }
}

const HIDDEN = new Set(['CONNECTOR_RELATION_MISSING', 'CONNECTOR_PERMISSION_DENIED']);
