import { DAY_MS, type EpochMs } from '../../base/clock.ts';
import type { RelationId } from '../../base/relation.ts';
import { carryShape } from '../../drift/carry-shape.ts';
import { leftBehind, schemaThen } from '../../drift/former-schema.ts';
import { pictureOf } from '../../drift/schema-picture.ts';
import { witnessOf } from '../../drift/seen-renames.ts';
import { type Since, sourcesSince } from '../../drift/sources-since.ts';
import type { SchemaSnapshot } from '../../sql/schema.ts';
import type { Engine } from '../engine.ts';
import type { ObservedSchema } from '../observe-schema.ts';
import type { FormerReading } from '../read-shapes.ts';
import { movesOf } from './follow-sources.ts';
import { keptFormers } from './former-book.ts';
import { renamesSince } from './rename-book.ts';
import { keptPicture, schemaEvents } from './watch-schema.ts';

/** The schema as it was until a change, and what became of the relations that changed since. */
export interface FormerWorld extends Since {
  readonly until: EpochMs;
  readonly schema: SchemaSnapshot;
  readonly changed: ReadonlySet<RelationId>;
}

interface FormerParts {
  readonly schema: ObservedSchema;
  readonly own: ReadonlySet<string>;
}

type FormerEngine = Pick<Engine, 'store' | 'clock' | 'config'>;

/** How statements are read that ran before the schema changed, the latest change first. */
export function formerReadings(engine: FormerEngine, parts: FormerParts): readonly FormerReading[] {
  return formerWorlds(engine, parts).map(({ until, schema, changed, sources }) => ({
    schema,
    changed,
    carry: (shape) => carryShape(shape, { changed, sources, asOf: until }),
  }));
}

/**
 * The schemas of before, the latest change first. A change that no cycle has taken down yet counts too: a look reads the history as
 * well.
 */
export function formerWorlds(
  { store, clock, config }: FormerEngine,
  { schema, own }: FormerParts,
): readonly FormerWorld[] {
  const { documents } = store;
  const now = clock.now();
  const after = pictureOf(schema.snapshot, { takenAt: now });
  const before = keptPicture(documents)?.picture;
  const unseen = before === undefined ? [] : leftBehind(before, { after, own });
  const kept = keptFormers(documents, now - config.decide.evidenceDays * DAY_MS);
  const formers = unseen.length === 0 ? kept : [{ until: now, relations: unseen }, ...kept];
  return formers.map(({ until }, at): FormerWorld => {
    // Of relations that changed since again, those of the change itself come first.
    const relations = formers
      .slice(0, at + 1)
      .toReversed()
      .flatMap((one) => one.relations);
    const then = schemaThen(relations, schema.snapshot);
    const changed = new Set(relations.map(({ id }) => id));
    const were = pictureOf(then, { takenAt: 0 }).relations.filter(({ id }) => changed.has(id));
    const since = sourcesSince(
      { relations: were },
      {
        now: after.relations,
        moves: movesOf(schemaEvents(store)),
        witness: witnessOf(renamesSince(store, 0), { before: were, after: after.relations }),
      },
    );
    return { ...since, until, schema: then, changed };
  });
}
