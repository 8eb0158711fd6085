import { type RelationId, relationParts } from '../base/relation.ts';
import type { CallOptions, Session } from '../connectors/connector.ts';

/**
 * Makes the schema of a relation of ours where it is missing. It is looked for first: a warehouse may ask for a right to make
 * schemas even where there is nothing to make.
 */
export function ensureSchemaOf(
  session: Session,
  { relation, ...options }: CallOptions & { readonly relation: RelationId },
): Promise<void> {
  return ensureSchema(session, { schema: relationParts(relation).schema, ...options });
}

/** Nothing where no schema is named: names without one lie in the session's own. */
export async function ensureSchema(
  session: Session,
  { schema, ...options }: CallOptions & { readonly schema: string | undefined },
): Promise<void> {
  if (schema === undefined) {
    return;
  }
  const { objects, statements } = session.wording;
  const { rows } = await session.query(objects.schema(schema), options);
  if (rows.length === 0) {
    await session.execute(statements.createSchema(schema), options);
  }
}
