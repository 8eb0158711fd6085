import { z } from 'zod';
import type { EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { SchemaSnapshot } from '../sql/schema.ts';
import { schemaBefore } from './schema-before.ts';
import {
  type PicturedRelation,
  picturedRelation,
  pictureOf,
  type SchemaPicture,
} from './schema-picture.ts';

/** Relations as they were until a change after which statements of before no longer resolve. */
export interface FormerSchema {
  /** When the change was seen. */
  readonly until: EpochMs;
  /** In the order of their ids. */
  readonly relations: readonly PicturedRelation[];
}

/** What a change left behind: relations that are gone, or have lost a name, as they were; what Goldsmith itself publishes is left out. */
export function leftBehind(
  before: SchemaPicture,
  { after, own }: { readonly after: SchemaPicture; readonly own: ReadonlySet<string> },
): readonly PicturedRelation[] {
  const standing = new Map(
    after.relations.map(({ id, columns }) => [id, new Set(columns.map(({ name }) => name))]),
  );
  return before.relations.filter(({ id, columns }) => {
    const names = standing.get(id);
    return !own.has(id) && (names === undefined || columns.some(({ name }) => !names.has(name)));
  });
}

/** The schema of now with these relations as they were; of one that changed more than once, the first that is given counts. */
export function schemaThen(
  relations: readonly PicturedRelation[],
  now: SchemaSnapshot,
): SchemaSnapshot {
  const were = new Map<RelationId, PicturedRelation>();
  for (const relation of relations) {
    if (!were.has(relation.id)) {
      were.set(relation.id, relation);
    }
  }
  const standing = pictureOf(now, { takenAt: 0 }).relations.filter(({ id }) => !were.has(id));
  return schemaBefore({ takenAt: 0, relations: [...standing, ...were.values()] }, now);
}

/** Reads a former schema back from where it was kept. */
export const formerSchema: z.ZodType<FormerSchema, unknown> = z.object({
  until: z.number(),
  relations: z.array(picturedRelation),
});
