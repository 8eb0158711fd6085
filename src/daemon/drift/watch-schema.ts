import { z } from 'zod';
import { DAY_MS } from '../../base/clock.ts';
import type { RelationId } from '../../base/relation.ts';
import { diffPictures } from '../../drift/diff-pictures.ts';
import { leftBehind } from '../../drift/former-schema.ts';
import { type ImpactInput, impactsOf } from '../../drift/impact.ts';
import { schemaBefore } from '../../drift/schema-before.ts';
import { isGuess, type SchemaChange } from '../../drift/schema-change.ts';
import { eventOf, type SchemaEvent, schemaEvent } from '../../drift/schema-event.ts';
import { pictureOf, type SchemaPicture, schemaPicture } from '../../drift/schema-picture.ts';
import { witnessOf } from '../../drift/seen-renames.ts';
import type { Mart } from '../../marts/mart.ts';
import type { Notice } from '../../notify/notice.ts';
import { schemaNotice } from '../../notify/schema-notice.ts';
import { dialectOf } from '../../sql/dialects.ts';
import { indexSchema } from '../../sql/schema-index.ts';
import type { DocumentStore } from '../../store/document-store.ts';
import type { UsageSnapshot } from '../../usage/template.ts';
import { dbtAsReadLast } from '../dbt/dbt-beside.ts';
import type { Engine } from '../engine.ts';
import type { ObservedSchema } from '../observe-schema.ts';
import { handIn } from '../tell-people.ts';
import { forgetFormers, keepFormer } from './former-book.ts';
import { forgetOldRenames, peekRenames, renamesSince } from './rename-book.ts';

const PICTURE = 'schema-picture';
const EVENT = 'schema-event';
/** Events are kept this long, and no more of them than this. */
const KEPT_MS = 90 * DAY_MS;
const MOST_KEPT = 2_000;

const kept = z.object({ picture: schemaPicture, own: z.array(z.string()) });

export interface WatchParts {
  readonly schema: ObservedSchema;
  readonly marts: readonly Mart[];
  /** The evidence window, with shapes as they were before this cycle read anything; asked only where something changed. */
  readonly usage: () => Pick<UsageSnapshot, 'templates' | 'facts'>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Compares the schema with that of the cycle before, keeps what changed with whom it reaches, and takes the new picture.
 * What Goldsmith itself does to its marts is no change. The first look at a warehouse finds none. What people are to be told of it is
 * handed in with the events.
 */
export async function watchSchema(
  engine: Pick<
    Engine,
    | 'store'
    | 'clock'
    | 'connector'
    | 'log'
    | 'metrics'
    | 'config'
    | 'notifier'
    | 'outbox'
    | 'source'
    | 'names'
    | 'parsers'
  >,
  { schema, marts, usage, signal }: WatchParts,
): Promise<readonly SchemaEvent[]> {
  const { store, clock, connector, log, metrics } = engine;
  const { documents } = store;
  const now = clock.now();
  const before = keptPicture(documents);
  const own = marts.map(({ definition }) => definition.relation);
  const picture = pictureOf(schema.snapshot, { takenAt: now });
  const changes =
    before === undefined
      ? []
      : (await witnessed(engine, { before: before.picture, after: picture, signal })).filter(
          isOf(new Set([...before.own, ...own])),
        );
  const events =
    before === undefined || changes.length === 0
      ? []
      : impactsOf(changes, {
          before: schemaBefore(before.picture, schema.snapshot),
          dialect: dialectOf(connector.dialect),
          marts: own,
          usage: usage(),
          dbt: await dbtBefore(engine, { schema, before: before.picture, signal }),
        }).map((impact) => eventOf(impact, now));
  documents.transaction(() => {
    keepEvents(documents, events, now);
    documents.put(PICTURE, 'latest', { picture, own });
    if (before !== undefined) {
      const owned: ReadonlySet<string> = new Set([...before.own, ...own]);
      const relations = leftBehind(before.picture, { after: picture, own: owned });
      keepFormer(documents, { until: now, relations });
    }
    forgetFormers(documents, now - engine.config.decide.evidenceDays * DAY_MS);
    forgetOldRenames(documents, now);
    handIn(engine, noticesOf(events, engine.config.decide.evidenceDays));
  });
  for (const { kind, severity, says } of events) {
    metrics.add('goldsmith_schema_changes_total', { kind, severity });
    log.info({ kind, severity, says }, 'the schema changed');
  }
  return events;
}

/** The dbt project as it stood on the schema of before: a name that is gone says nothing any more. */
async function dbtBefore(
  engine: Parameters<typeof dbtAsReadLast>[0],
  {
    schema,
    before,
    signal,
  }: Pick<WatchParts, 'schema' | 'signal'> & { readonly before: SchemaPicture },
): Promise<ImpactInput['dbt']> {
  const snapshot = schemaBefore(before, schema.snapshot);
  const index = indexSchema(snapshot, dialectOf(engine.connector.dialect));
  const digest = `before ${schema.digest}`;
  const beside = await dbtAsReadLast(engine, {
    schema: { ...schema, snapshot, index, digest },
    signal,
  });
  return beside.kind === 'read' ? beside : undefined;
}

/** What changed, with the statements that renamed something as witnesses: they are looked for where something else would be a guess. */
async function witnessed(
  engine: Pick<Engine, 'store' | 'connector' | 'source' | 'names'>,
  {
    before,
    after,
    signal,
  }: {
    readonly before: SchemaPicture;
    readonly after: SchemaPicture;
    readonly signal: AbortSignal | undefined;
  },
): Promise<readonly SchemaChange[]> {
  const unseen = diffPictures(before, after);
  if (!unseen.some((change) => isGuess(change) || WENT.has(change.kind))) {
    return unseen;
  }
  await peekRenames(engine, signal);
  const witness = witnessOf(renamesSince(engine.store, before.takenAt), {
    before: before.relations,
    after: after.relations,
  });
  return diffPictures(before, after, witness);
}

const WENT: ReadonlySet<string> = new Set(['column-removed', 'relation-removed']);

/** What breaks somebody is told, and a definition nobody has read lately. */
function noticesOf(events: readonly SchemaEvent[], evidenceDays: number): readonly Notice[] {
  return events
    .filter(({ severity }) => severity === 'breaking' || severity === 'latent')
    .map((event) => schemaNotice(event, evidenceDays));
}

/** The schema as the last cycle saw it; absent before the first. */
export function keptPicture(
  documents: Pick<DocumentStore, 'get'>,
): { readonly picture: SchemaPicture; readonly own: readonly string[] } | undefined {
  return kept.safeParse(documents.get(PICTURE, 'latest')).data;
}

/** Kept events, latest first. */
export function schemaEvents({ documents }: Engine['store']): readonly SchemaEvent[] {
  return documents
    .list(EVENT)
    .flatMap(({ value }) => schemaEvent.safeParse(value).data ?? [])
    .toReversed();
}

function isOf(own: ReadonlySet<string>): (change: SchemaChange) => boolean {
  const isOwn = (relation: RelationId) => own.has(relation);
  return (change) =>
    !isOwn(change.relation) && !(change.kind === 'relation-moved' && isOwn(change.to));
}

function keepEvents(documents: DocumentStore, events: readonly SchemaEvent[], now: number): void {
  for (const [at, event] of events.entries()) {
    documents.put(EVENT, `${String(now).padStart(14, '0')}/${String(at).padStart(6, '0')}`, event);
  }
  const all = documents.list(EVENT);
  for (const [at, { key, value }] of all.entries()) {
    const event = schemaEvent.safeParse(value).data;
    if (event === undefined || event.seenAt < now - KEPT_MS || at < all.length - MOST_KEPT) {
      documents.remove(EVENT, key);
    }
  }
}
