import type { RelationId } from '../../base/relation.ts';
import { cellText } from '../cell-text.ts';
import type { Finding, QueryResult } from '../connector.ts';
import { databricksNames, named } from './names.ts';

type Ask = (sql: string) => Promise<QueryResult>;

/** Whether the writer could take this view over: only who owns a view is told its text and may replace it. */
export async function diagnoseAdoptable(
  ask: Ask,
  { user, view }: { readonly user: string; readonly view: RelationId },
): Promise<Finding> {
  const { rows } = await ask(`select table_owner, table_type = 'VIEW' as is_view,
  (select count(view_definition) from information_schema.views where ${named(view)}) as told
from information_schema.tables where ${named(view)}`);
  const [owner, isView, told] = rows[0] ?? [];
  if (owner === undefined) {
    return odd(
      `${view} is listed as adoptable and does not exist, or the writer ${user} may not see it`,
    );
  }
  if (isView !== true) {
    return odd(
      `${view} is listed as adoptable and is no view: on Databricks only views are taken over`,
    );
  }
  if (Number(told) > 0) {
    return { ok: true, isWarning: false, detail: `the writer may take over ${view}`, remedy: [] };
  }
  const name = databricksNames.relation(view);
  return {
    ok: false,
    isWarning: false,
    detail: `the writer ${user} may not take over ${view}, which belongs to ${cellText(owner)}: only its owner, or a group's member where a group owns it, is told its text and may replace it`,
    remedy: [`alter view ${name} owner to ${databricksNames.quote(user)};`],
  };
}

const READS = ['use schema', 'select'];

/** What the writer makes the reader has to read: facts and replays. Rights that come by a group are not told. */
export async function diagnoseReadingOwn(
  ask: Ask,
  { user, schemas }: { readonly user: string; readonly schemas: readonly string[] },
): Promise<Finding> {
  const texts = schemas.map((schema) => databricksNames.text(schema.toLowerCase()));
  const { rows } = await ask(`select schema_name, privilege_type
from information_schema.schema_privileges
where catalog_name = current_catalog() and schema_name in (${texts.join(', ')})
  and grantee in (current_user(), 'account users')`);
  const held = new Set(
    rows.map(([schema, right]) => `${cellText(right).replaceAll('_', ' ')} ${cellText(schema)}`),
  );
  const remedy = schemas.flatMap((schema) => {
    const has = (right: string) => held.has(`${right.toUpperCase()} ${schema.toLowerCase()}`);
    const missing = has('all privileges') ? [] : READS.filter((right) => !has(right));
    const [name, whom] = [schema, user].map((one) => databricksNames.quote(one));
    return missing.length === 0
      ? []
      : [`grant ${missing.join(', ')} on schema ${name} to ${whom};`];
  });
  return remedy.length === 0
    ? {
        ok: true,
        isWarning: false,
        detail: `what the writer makes, the reader ${user} may read`,
        remedy,
      }
    : {
        ...odd(
          `the reader ${user} is not seen to be allowed to read what the writer makes (a group's rights are not told)`,
        ),
        remedy,
      };
}

function odd(detail: string): Finding {
  return { ok: true, isWarning: true, detail, remedy: [] };
}
