import { sameRelation } from './same-relation.ts';
import { type Objects, tablesOf } from './version-objects.ts';
import type { Work } from './work.ts';

/** What a version takes, by the warehouse's own estimate. */
export async function versionBytes(
  version: Objects,
  { connector, signal }: Pick<Work, 'connector' | 'signal'>,
): Promise<number> {
  const catalog = await connector.readCatalog({ purpose: 'catalog', signal });
  return tablesOf(version).reduce(
    (sum, { relation }) => sum + (catalog.find(({ id }) => sameRelation(id, relation))?.bytes ?? 0),
    0,
  );
}
