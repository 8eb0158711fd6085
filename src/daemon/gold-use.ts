import { DAY_MS, dayNumber, dayOf, type EpochMs } from '../base/clock.ts';
import { canonicalJson } from '../base/digest.ts';
import type { RelationId } from '../base/relation.ts';
import type { Mart } from '../marts/mart.ts';
import { attributesOf } from '../prune/attributes-of.ts';
import type { GoldUse } from '../prune/gold-relation-of.ts';
import { dayNumberOf } from '../usage/decay.ts';
import type { ColumnRead, UsageLog } from '../usage/usage-ports.ts';

export interface GoldUseParts {
  readonly log: Pick<UsageLog, 'columnReads'>;
  /** Columns of every gold relation that is watched. */
  readonly relations: ReadonlyMap<RelationId, readonly string[]>;
  readonly marts: readonly Mart[];
  /** `usage.columnRetentionDays`. */
  readonly columnDays: number;
  readonly now: EpochMs;
}

export type ReadGoldUse = (parts: GoldUseParts) => readonly GoldUse[];

/**
 * Reads who used which attribute of the gold relations. Earlier days are read once a day and remembered: what comes in late for
 * them shows tomorrow, what is read today shows in the next cycle.
 */
export function goldUseReader(): ReadGoldUse {
  let known:
    | { readonly key: string; readonly reads: readonly ColumnRead[]; readonly since: number }
    | undefined;

  return ({ log, relations, marts, columnDays, now }) => {
    const today = dayNumber(now);
    const key = canonicalJson([today, columnDays, [...relations.keys()]]);
    if (known?.key !== key) {
      let since = dayOf(now);
      const reads: ColumnRead[] = [];
      const fromDay = dayOf((today - columnDays) * DAY_MS);
      for (const read of log.columnReads({ fromDay, untilDay: dayOf((today - 1) * DAY_MS) })) {
        since = read.day < since ? read.day : since;
        if (relations.has(read.relation)) {
          reads.push(read);
        }
      }
      known = { key, reads, since: dayNumberOf(since) };
    }
    const fresh = log.columnReads({ fromDay: dayOf(now), untilDay: dayOf(now) });
    const uses = attributesOf(relations, [...known.reads, ...fresh]);
    const { since: watchedSince } = known;
    return [...uses].map(([relation, use]): GoldUse => {
      const mart = marts.find(({ definition }) => definition.relation === relation);
      const created = mart === undefined ? today : dayNumber(mart.createdAt);
      const knownSince = Math.min(created, use.readDays[0] ?? today);
      return { relation, ...use, watchedSince, knownSince };
    });
  };
}
