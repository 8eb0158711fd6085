import { z } from 'zod';

/** Where run events go; nowhere without an address or a file. */
export const openLineageSettings = z
  .strictObject({
    url: z
      .url()
      .refine(
        (url) => !/^\w+:\/\/[^/]*@/.test(url),
        'leave user and password out; a key goes into apiKey',
      )
      .optional()
      .describe(
        'Whole address that takes OpenLineage run events by POST, such as `http://marquez:5000/api/v1/lineage`.',
      ),
    apiKey: z
      .string()
      .min(1)
      .optional()
      .describe('Sent as a bearer token; write `${NAME}` to take it from the environment.'),
    file: z
      .string()
      .min(1)
      .optional()
      .describe('A file that gets one event a line, beside or instead of the address.'),
  })
  .prefault({});

export type OpenLineageSettings = z.infer<typeof openLineageSettings>;
