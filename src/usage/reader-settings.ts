import { z } from 'zod';

/** `*` stands for any characters, `?` for one; case does not matter. */
const glob = z.string().min(1).describe('Pattern with * and ?, compared without case');

const readerRule = z
  .strictObject({
    user: glob.optional().describe('Pattern for the user; left out: any user'),
    client: glob.optional().describe('Pattern for the client; left out: any client'),
    role: glob.optional().describe('Pattern for the role; left out: any role'),
    kind: z
      .enum(['person', 'dashboard', 'pipeline', 'test', 'agent'])
      .describe('What kind of reader such a statement comes from'),
    name: z
      .string()
      .min(1)
      .optional()
      .describe("The reader's name; left out: the user, else the client"),
    tool: z.string().optional().describe('The tool it uses, lower case'),
  })
  .refine(
    ({ user, client, role }) => user !== undefined || client !== undefined || role !== undefined,
    { error: 'a reader rule needs a user, a client or a role pattern' },
  );

/** Who reads, in the operator's own words: the first rule that fits decides, whatever comments and clients say. */
export const readerSettings = z.strictObject({
  rules: z
    .array(readerRule)
    .default([])
    .describe('Tried in order, before comment tags and the clients Goldsmith knows'),
});

export type ReaderSettings = z.infer<typeof readerSettings>;
export type ReaderRule = ReaderSettings['rules'][number];
