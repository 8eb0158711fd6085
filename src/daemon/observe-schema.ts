import { digestOf } from '../base/digest.ts';
import type { RelationId } from '../base/relation.ts';
import { relationParts } from '../base/relation.ts';
import type { CatalogRelation, Connector } from '../connectors/connector.ts';
import type { Mart } from '../marts/mart.ts';
import { dialectOf } from '../sql/dialects.ts';
import type { ParseOutcome, ParseSql } from '../sql/parse-sql.ts';
import type { SchemaRelation, SchemaSnapshot } from '../sql/schema.ts';
import { indexSchema, type SchemaIndex } from '../sql/schema-index.ts';

/** The warehouse's relations at one moment, as the resolver wants them. */
export interface ObservedSchema {
  readonly index: SchemaIndex;
  readonly snapshot: SchemaSnapshot;
  readonly catalog: readonly CatalogRelation[];
  /** Equal digests, equal relations, columns and view definitions. */
  readonly digest: string;
  /** Views whose definition could not be read, with the reason: they are opaque sources. */
  readonly unreadViews: readonly { readonly view: RelationId; readonly because: string }[];
}

export interface ObserveSchemaParts {
  readonly connector: Connector;
  readonly parse: ParseSql;
  readonly marts: readonly Mart[];
  /** Goldsmith's own schemas: hidden tables and the ledger are not part of the world it reasons about. */
  readonly ownSchemas: readonly string[];
  /** The connection's own database, which ids leave out. */
  readonly ownDatabase: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** As in `CatalogOptions`. */
  readonly withoutSizes?: true | undefined;
}

/**
 * Reads the catalog and parses every view's definition. A mart's stable view stands for its *logical* definition
 * whatever it reads from at the moment, so that a statement's meaning does not depend on where it is answered.
 */
export async function observeSchema(parts: ObserveSchemaParts): Promise<ObservedSchema> {
  const { connector, marts, ownSchemas, signal, withoutSizes } = parts;
  const all = await connector.readCatalog({ purpose: 'catalog', signal, withoutSizes });
  const catalog = all.filter(({ id }) => !ownSchemas.includes(relationParts(id).schema ?? ''));
  const logicalSql = new Map(marts.map(({ definition }) => [definition.relation, definition.sql]));

  const views = catalog.filter(({ kind }) => kind === 'view');
  const texts = views.map(
    ({ id, definitionSql, hasPolicies }) =>
      logicalSql.get(id) ?? (hasPolicies === true ? '' : (definitionSql ?? '')),
  );
  const outcomes = await parts.parse(
    texts.map((sql) => ({ sql, dialect: connector.dialect })),
    signal,
  );

  const unreadViews: { view: RelationId; because: string }[] = [];
  const definitions = new Map<RelationId, NonNullable<SchemaRelation['definition']>>();
  for (const [at, { id, hasPolicies }] of views.entries()) {
    const outcome = outcomes[at];
    const statement = outcome?.kind === 'parsed' ? outcome.statements[0] : undefined;
    if (statement?.kind === 'query') {
      definitions.set(id, statement.query);
    } else {
      unreadViews.push({
        view: id,
        because: whyUnread(outcome, hasPolicies === true && !logicalSql.has(id)),
      });
    }
  }

  const snapshot: SchemaSnapshot = {
    ownDatabase: parts.ownDatabase,
    relations: catalog.map(({ id, kind, columns, keys, foreignKeys }) => {
      const definition = definitions.get(id);
      // What is said of a column is no part of what statements mean.
      const plain = columns.map(({ name, type, notNull }) => ({ name, type, notNull }));
      const relation = { id, kind, columns: plain, keys, foreignKeys };
      return definition === undefined ? relation : { ...relation, definition };
    }),
  };
  return {
    index: indexSchema(snapshot, dialectOf(connector.dialect)),
    snapshot,
    catalog,
    digest: digestOf(snapshot),
    unreadViews,
  };
}

function whyUnread(outcome: ParseOutcome | undefined, hasPolicies: boolean): string {
  if (hasPolicies) {
    return 'it has policies or masks of its own, so its text is not what its readers get';
  }
  return outcome?.kind === 'unparsed' ? outcome.because : 'its definition is not one query';
}
