import type { RelationId } from '../base/relation.ts';
import type { SourceState } from '../marts/mart.ts';
import type { UsageSnapshot } from '../usage/template.ts';

export interface SourceChanges {
  /** One more day is over. */
  readonly note: (usage: UsageSnapshot, day: string) => void;
  /** Equal states, no change in between. */
  readonly stateOf: (relation: RelationId) => SourceState;
}

/** When sources changed: on days the history shows a write to them, else every day. */
export function sourceChanges(): SourceChanges {
  const writes = new Map<RelationId, number>();
  let days = 0;
  return {
    note({ templates, facts }: UsageSnapshot, day: string): void {
      days += 1;
      const targets = new Map(
        templates.flatMap(({ fingerprint, shape: { statement, target } }) =>
          statement === 'write' && target !== undefined ? [[fingerprint, target] as const] : [],
        ),
      );
      const written = new Set(
        facts
          .filter((fact) => fact.day === day)
          .flatMap((fact) => targets.get(fact.fingerprint) ?? []),
      );
      written.forEach((relation) => writes.set(relation, (writes.get(relation) ?? 0) + 1));
    },
    stateOf: (relation: RelationId): SourceState => ({
      relation,
      rows: 0,
      checksum: String(writes.get(relation) ?? days),
    }),
  };
}
