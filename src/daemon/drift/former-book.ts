import type { EpochMs } from '../../base/clock.ts';
import { type FormerSchema, formerSchema } from '../../drift/former-schema.ts';
import type { DocumentStore } from '../../store/document-store.ts';

const FORMER = 'former-schema';
/** Kept at most: jobs that make and drop their tables leave one with each look. */
const MOST_KEPT = 20;

/** Keeps relations as they were until now, for statements that ran before. */
export function keepFormer(documents: DocumentStore, former: FormerSchema): void {
  if (former.relations.length > 0) {
    documents.put(FORMER, String(former.until).padStart(14, '0'), former);
  }
}

/** Forgets what no statement of the evidence window was written for. */
export function forgetFormers(documents: DocumentStore, oldest: EpochMs): void {
  const all = documents.list(FORMER);
  for (const [at, { key, value }] of all.entries()) {
    const until = formerSchema.safeParse(value).data?.until ?? 0;
    if (until < oldest || at < all.length - MOST_KEPT) {
      documents.remove(FORMER, key);
    }
  }
}

/** Former schemas that statements since this moment may have been written for, the latest first. */
export function keptFormers(documents: DocumentStore, oldest: EpochMs): readonly FormerSchema[] {
  return documents
    .list(FORMER)
    .flatMap(({ value }) => formerSchema.safeParse(value).data ?? [])
    .filter(({ until }) => until >= oldest)
    .toReversed();
}
