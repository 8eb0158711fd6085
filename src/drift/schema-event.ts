import { z } from 'zod';
import type { EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { DbtReach } from '../lineage/dbt/dbt-reach.ts';
import type { AffectedReader, Impact } from './impact.ts';
import { describeChange, isGuess, type SchemaChange } from './schema-change.ts';
import { type Severity, severityOf } from './severity.ts';

/** A change of the schema as it is kept and told: what, how bad, whom it reaches. */
export interface SchemaEvent {
  readonly seenAt: EpochMs;
  readonly kind: SchemaChange['kind'];
  readonly relation: RelationId;
  /** Of a moved relation, what it is called now. */
  readonly movedTo?: RelationId;
  readonly says: string;
  /** Nobody saw it happen: it is inferred from what went and what came. */
  readonly isGuess: boolean;
  readonly severity: Severity;
  readonly views: readonly RelationId[];
  readonly marts: readonly RelationId[];
  readonly written: readonly RelationId[];
  /** Absent where no dbt project hangs on it. */
  readonly dbt?: DbtReach;
  /** Latest first, at most `MOST_READERS`. */
  readonly readers: readonly AffectedReader[];
  readonly readerCount: number;
}

const MOST_READERS = 20;

export function eventOf(impact: Impact, seenAt: EpochMs): SchemaEvent {
  const { change, views, marts, written, readers, dbt } = impact;
  return {
    seenAt,
    kind: change.kind,
    relation: change.relation,
    ...(change.kind === 'relation-moved' ? { movedTo: change.to } : {}),
    says: describeChange(change),
    isGuess: isGuess(change),
    severity: severityOf(impact),
    views,
    marts,
    written,
    ...(dbt.models.length + dbt.exposures.length === 0 ? {} : { dbt }),
    readers: readers.slice(0, MOST_READERS),
    readerCount: readers.length,
  };
}

const relation = z.string().transform((id) => id as RelationId);

/** Reads an event back from where it was kept. */
export const schemaEvent: z.ZodType<SchemaEvent, unknown> = z.object({
  seenAt: z.number(),
  kind: z.enum([
    'relation-added',
    'relation-removed',
    'relation-moved',
    'relation-replaced',
    'definition-changed',
    'column-added',
    'column-removed',
    'column-renamed',
    'column-widened',
    'column-retyped',
    'nullability-changed',
    'key-lost',
  ]),
  relation,
  movedTo: relation.exactOptional(),
  says: z.string(),
  isGuess: z.boolean(),
  severity: z.enum(['breaking', 'latent', 'notice', 'none']),
  views: z.array(relation),
  marts: z.array(relation),
  written: z.array(relation),
  dbt: z
    .object({
      models: z.array(z.object({ name: z.string(), owner: z.string().exactOptional() })),
      below: z.number(),
      exposures: z.array(z.object({ name: z.string(), type: z.string(), owner: z.string() })),
    })
    .exactOptional(),
  readers: z.array(
    z.object({
      reader: z.object({
        kind: z.enum(['person', 'dashboard', 'pipeline', 'test', 'agent', 'goldsmith', 'unknown']),
        name: z.string(),
        tool: z.string(),
      }),
      templates: z.number(),
      runs: z.number(),
      lastUse: z.number(),
    }),
  ),
  readerCount: z.number(),
});
