import { relationParts } from '../base/relation.ts';
import { cellText } from '../connectors/cell-text.ts';
import type { Session } from '../connectors/connector.ts';
import { ConnectorError } from '../connectors/connector-error.ts';
import type { DryRunTarget } from './dry-run-kind.ts';

/** The schemas of ours that are there, each with what lets us use it; empty where a warehouse tells by itself that one may not be used. */
export type SchemasThere = ReadonlyMap<string, string>;

/** Looks really which of our schemas are there, where one that may not be used is told as one that is missing. */
export async function schemasThere(
  { query, wording: { access, objects } }: Pick<Session, 'query' | 'wording'>,
  { goldSchema, dataSchema, ledgerSchema }: DryRunTarget,
): Promise<SchemasThere> {
  const there = new Map<string, string>();
  if (access?.grantUse === undefined) {
    return there;
  }
  const only = async (sql: string) => cellText((await query(sql, PURPOSE)).rows[0]?.[0]);
  const ourselves = await only(access.ourselves);
  const database = await only(objects.ownDatabase);
  for (const schema of new Set([goldSchema, dataSchema, ledgerSchema])) {
    const { rows } = await query(objects.schema(schema), PURPOSE);
    if (rows.length > 0) {
      const { name } = relationParts(schema);
      there.set(name, access.grantUse({ database, name }, ourselves));
    }
  }
  return there;
}

const PURPOSE = { purpose: 'catalog' } as const;

/** What lets us use the schema that the warehouse said is missing, where it is there. */
export function useGrantFor(error: unknown, there: SchemasThere): string | undefined {
  const missing = error instanceof ConnectorError ? error.details['missingSchema'] : undefined;
  return typeof missing === 'string' ? there.get(relationParts(missing).name) : undefined;
}
