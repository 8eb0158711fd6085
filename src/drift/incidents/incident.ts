import { z } from 'zod';
import type { EpochMs } from '../../base/clock.ts';
import type { RelationId } from '../../base/relation.ts';

/** What can be wrong with a mart, whoever caused it: a closed list. */
export const SYMPTOM_KINDS = [
  /** Its definition cannot be computed, or gives other columns than promised. */
  'definition-broken',
  'source-emptied',
  'rows-fell',
  'key-broken',
  'nulls',
  'orphans',
  /** A source that used to change has not for long. */
  'source-late',
] as const;

export type SymptomKind = (typeof SYMPTOM_KINDS)[number];

/** What a look at a mart found. */
export interface Symptom {
  readonly relation: RelationId;
  readonly kind: SymptomKind;
  /** What it is about: a source, or columns of one; empty where it is the mart itself. */
  readonly subject: string;
  readonly source?: RelationId;
  /** In words and numbers. */
  readonly because: string;
  /** Rows the source should have, where it is about those. */
  readonly expectedRows?: number;
  /** It may be what the source is from now on: where it lasts, it is taken for that. */
  readonly mayBeMeant?: true;
}

/** A symptom that lasts, from the cycle that saw it first. */
export interface Incident extends Symptom {
  readonly beganAt: EpochMs;
  /** When all was well the last time somebody looked; absent where nobody had. */
  readonly wellAt?: EpochMs;
  /** Which source, since when, what changed, who wrote to it last. */
  readonly diagnosis: readonly string[];
  readonly endedAt?: EpochMs;
  /** Why it ended. */
  readonly ending?: string;
  /** It ended because it is taken for what the source is now. */
  readonly isAccepted?: true;
}

/** Names an incident as long as it is open. */
export function incidentKey({
  relation,
  kind,
  subject,
}: Pick<Symptom, 'relation' | 'kind' | 'subject'>): string {
  return `${relation} ${kind} ${subject}`;
}

const relation = z.string().transform((id) => id as RelationId);

/** Reads an incident back from where it was kept. */
export const incident: z.ZodType<Incident, unknown> = z.object({
  relation,
  kind: z.enum(SYMPTOM_KINDS),
  subject: z.string(),
  source: relation.exactOptional(),
  because: z.string(),
  expectedRows: z.number().exactOptional(),
  mayBeMeant: z.literal(true).exactOptional(),
  beganAt: z.number(),
  wellAt: z.number().exactOptional(),
  diagnosis: z.array(z.string()),
  endedAt: z.number().exactOptional(),
  ending: z.string().exactOptional(),
  isAccepted: z.literal(true).exactOptional(),
});
