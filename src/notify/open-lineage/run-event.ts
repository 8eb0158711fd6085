import { sha256 } from '../../base/digest.ts';

/**
 * An OpenLineage run event, version 2-0-2 of the specification (https://openlineage.io/spec/2-0-2/OpenLineage.json): what ran,
 * what it read and what it wrote.
 */
export interface RunEvent {
  readonly eventType: 'START' | 'COMPLETE' | 'FAIL' | 'ABORT';
  /** ISO 8601, UTC. */
  readonly eventTime: string;
  readonly producer: string;
  readonly schemaURL: string;
  readonly run: { readonly runId: string; readonly facets: Facets };
  readonly job: { readonly namespace: string; readonly name: string; readonly facets: Facets };
  readonly inputs: readonly Dataset[];
  readonly outputs: readonly Dataset[];
}

/** A relation under the names of OpenLineage: what is unique within a source, and the source. */
export interface Dataset {
  readonly namespace: string;
  readonly name: string;
  readonly facets: Facets;
}

export type Facets = Readonly<Record<string, Facet>>;

export interface Facet {
  readonly _producer: string;
  readonly _schemaURL: string;
  readonly [field: string]: unknown;
}

/** Which program says this; a URI, as the specification asks. */
export const PRODUCER = 'urn:goldsmith:0.1';
export const RUN_EVENT_URL = 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent';

/** The facets we write, each with the version of its own specification. */
const FACETS = {
  schema: '1-2-0/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet',
  columnLineage: '1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet',
  dataSource: '1-0-1/DatasourceDatasetFacet.json#/$defs/DatasourceDatasetFacet',
  jobType: '2-0-4/JobTypeJobFacet.json#/$defs/JobTypeJobFacet',
  errorMessage: '1-0-1/ErrorMessageRunFacet.json#/$defs/ErrorMessageRunFacet',
} as const;

/** One facet by its key, e.g. `{ schema: {...} }`, for a dataset's, job's or run's facets. */
export function facet<Kind extends keyof typeof FACETS>(
  kind: Kind,
  fields: Readonly<Record<string, unknown>>,
): Facets {
  const url = `https://openlineage.io/spec/facets/${FACETS[kind]}`;
  return { [kind]: { _producer: PRODUCER, _schemaURL: url, ...fields } };
}

/** A run's id as a UUID: the same run has the same one, so that an event sent twice is one run. */
export function runIdOf(run: readonly (string | number)[]): string {
  const hex = sha256(JSON.stringify(run));
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
