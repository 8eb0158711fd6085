import { type RelationId, relationParts } from '../base/relation.ts';
import type { Mart } from '../marts/mart.ts';
import type { GoldUse } from '../prune/gold-relation-of.ts';
import type { Engine } from './engine.ts';
import type { ObservedSchema } from './observe-schema.ts';

export interface GoldWorld {
  readonly schema: ObservedSchema;
  readonly marts: readonly Mart[];
}

/** The use of every relation in the gold schema, and of every mart wherever it lies. */
export function goldUseOf(
  { config, store, clock, readGoldUse }: Engine,
  { schema, marts }: GoldWorld,
): readonly GoldUse[] {
  const isGold = (id: RelationId) => relationParts(id).schema === config.marts.goldSchema;
  const own = new Set(marts.map(({ definition }) => definition.relation));
  return readGoldUse({
    log: store.usage,
    relations: new Map(
      schema.snapshot.relations
        .filter(({ id }) => isGold(id) || own.has(id))
        .map(({ id, columns }) => [id, columns.map(({ name }) => name)]),
    ),
    marts,
    columnDays: config.usage.columnRetentionDays,
    now: clock.now(),
  });
}
