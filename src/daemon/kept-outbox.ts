import { z } from 'zod';
import type { Notice } from '../notify/notice.ts';
import { nothingWaits, type Outbox, type Waiting } from '../notify/outbox.ts';
import type { DocumentStore } from '../store/document-store.ts';

/** A notice as the state file keeps it. */
export const notice: z.ZodType<Notice, unknown> = z.object({
  title: z.string(),
  because: z.string(),
  money: z.string().exactOptional(),
  undo: z.string().exactOptional(),
  next: z.string().exactOptional(),
  planDigest: z.string(),
});

const waiting: z.ZodType<Waiting, unknown> = z.object({
  notices: z.array(z.object({ at: z.number(), notice })),
  forgotten: z.number(),
  failures: z.number(),
  notBefore: z.number(),
});

const OUTBOX = 'outbox';

/** What people were not told yet, in the state file: a restart forgets nothing. */
export function keptOutbox(documents: DocumentStore): Outbox {
  return {
    read: () => waiting.safeParse(documents.get(OUTBOX, 'slack')).data ?? nothingWaits,
    write: (value) => documents.put(OUTBOX, 'slack', value),
  };
}
