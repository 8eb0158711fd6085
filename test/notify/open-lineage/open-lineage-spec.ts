import { z } from 'zod';

/**
 * OpenLineage's published JSON schemas (core 2-0-2, facets as their `_schemaURL` says), in our own words: what they require, and
 * nothing beside it, so that a misspelt field fails.
 */
const facetOf = <Fields extends z.ZodRawShape>(file: string, fields: Fields) =>
  z.strictObject({
    _producer: z.url(),
    _schemaURL: z.literal(
      `https://openlineage.io/spec/facets/${file}.json#/$defs/${file.split('/')[1] ?? ''}`,
    ),
    ...fields,
  });

const schema = facetOf('1-2-0/SchemaDatasetFacet', {
  fields: z.array(z.strictObject({ name: z.string().min(1), type: z.string() })),
});

const columnLineage = facetOf('1-2-0/ColumnLineageDatasetFacet', {
  fields: z.record(
    z.string(),
    z.strictObject({
      inputFields: z.array(
        z.strictObject({
          namespace: z.string().min(1),
          name: z.string().min(1),
          field: z.string().min(1),
          transformations: z
            .array(
              z.strictObject({
                type: z.enum(['DIRECT', 'INDIRECT']),
                subtype: z.string().optional(),
              }),
            )
            .optional(),
        }),
      ),
    }),
  ),
});

const dataSource = facetOf('1-0-1/DatasourceDatasetFacet', { name: z.string(), uri: z.url() });

const dataset = z.strictObject({
  namespace: z.string().min(1),
  name: z.string().min(1),
  facets: z.strictObject({ schema, dataSource, columnLineage: columnLineage.optional() }),
});

/** Parses what the specification allows, and throws what it does not. */
export const runEventSpec = z.strictObject({
  eventType: z.enum(['START', 'RUNNING', 'COMPLETE', 'ABORT', 'FAIL', 'OTHER']),
  eventTime: z.iso.datetime(),
  producer: z.url(),
  schemaURL: z.literal('https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent'),
  run: z.strictObject({
    runId: z.uuid(),
    facets: z.strictObject({
      errorMessage: facetOf('1-0-1/ErrorMessageRunFacet', {
        message: z.string(),
        programmingLanguage: z.string(),
      }).optional(),
    }),
  }),
  job: z.strictObject({
    namespace: z.string().min(1),
    name: z.string().min(1),
    facets: z.strictObject({
      jobType: facetOf('2-0-4/JobTypeJobFacet', {
        processingType: z.literal('BATCH'),
        integration: z.string(),
        jobType: z.string(),
      }),
    }),
  }),
  inputs: z.array(dataset),
  outputs: z.array(dataset),
});

export type SpecifiedEvent = z.infer<typeof runEventSpec>;
