import { type RelationId, relationParts } from '../../base/relation.ts';
import type { WarehouseSettings } from '../../connectors/settings.ts';
import { type Dataset, type Facets, facet } from './run-event.ts';

/** The warehouse as OpenLineage names it: https://openlineage.io/docs/spec/naming. */
export interface DataSource {
  readonly namespace: string;
  /** What relations lie in whose ids name no database. */
  readonly database: string | undefined;
  readonly name: string;
  readonly uri: string;
}

/**
 * The namespace by where the warehouse is: `postgres://host:port`, `snowflake://account`, a file's path, or the kind alone where names
 * are unique by themselves. The port of a service that is reached by the web's own is left out.
 */
export function dataSourceOf(
  settings: WarehouseSettings,
  database: string | undefined,
): DataSource {
  const { kind, name, path } = settings;
  const section: unknown = Object.entries(settings).find(([key]) => key === kind)?.[1];
  const field = (key: string): string | undefined => {
    const value =
      typeof section === 'object' && section !== null
        ? Object.entries(section).find(([each]) => each === key)?.[1]
        : undefined;
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  };
  const host = field('host');
  const port = field('port');
  const address =
    host === undefined || port === undefined || port === '443' ? host : `${host}:${port}`;
  const where = address ?? field('account') ?? (section === undefined ? (path ?? name) : undefined);
  const namespace = where === undefined ? kind : `${kind}://${where}`;
  return {
    namespace,
    database,
    name,
    uri: where === undefined ? `${kind}:` : encodeURI(namespace),
  };
}

/** `database.schema.relation`, without quotes. */
export function datasetOf(
  relation: RelationId,
  { source, facets }: { readonly source: DataSource; readonly facets: Facets },
): Dataset {
  const parts = relationParts(relation);
  const name = [parts.database ?? source.database, parts.schema, parts.name]
    .filter((part) => part !== undefined && part !== '')
    .join('.');
  return {
    namespace: source.namespace,
    name,
    facets: { ...facets, ...facet('dataSource', { name: source.name, uri: source.uri }) },
  };
}
