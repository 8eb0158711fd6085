import type { EpochMs } from '../../base/clock.ts';
import { formatDuration } from '../../base/duration.ts';
import type { RelationId } from '../../base/relation.ts';
import type { Mart, Obligation, SourceState } from '../../marts/mart.ts';
import type { DriftSettings } from '../settings.ts';
import type { Incident, Symptom } from './incident.ts';

/** An obligation that does not hold on what the sources hold now. */
export interface BrokenFact {
  readonly relation: RelationId;
  readonly obligation: Obligation;
  readonly because: string;
  /** The definition does not rest on it: it is a key that was declared once and is no more. */
  readonly isOnceDeclared?: boolean;
}

export interface Look {
  readonly marts: readonly Mart[];
  /** As measured in this cycle. */
  readonly states: readonly SourceState[];
  readonly brokenDefinitions: readonly {
    readonly relation: RelationId;
    readonly because: string;
  }[];
  readonly brokenFacts: readonly BrokenFact[];
  /** Moments at which a source was seen to have changed, oldest first. */
  readonly changesOf: (source: RelationId) => readonly EpochMs[];
  /** Rows a mart's source may have though it had more, or any number where a key is none any more: time said so. */
  readonly accepted: (mart: RelationId, subject: string) => number | undefined;
  readonly open: readonly Incident[];
  readonly now: EpochMs;
  readonly settings: DriftSettings;
}

/** Everything that is wrong with the marts by what was measured, mart by mart. */
export function symptomsOf(look: Look): readonly Symptom[] {
  return look.marts
    .filter(({ stage }) => stage !== 'quarantined')
    .flatMap((mart) => [
      ...brokenDefinition(mart, look),
      ...rowsMissing(mart, look),
      ...factsBroken(mart, look),
      ...sourcesLate(mart, look),
    ]);
}

function brokenDefinition(
  { definition: { relation } }: Mart,
  { brokenDefinitions }: Look,
): readonly Symptom[] {
  return brokenDefinitions
    .filter((one) => one.relation === relation)
    .map(({ because }) => ({ relation, kind: 'definition-broken', subject: '', because }));
}

/** Below this many rows a fall is everyday life. */
const FEW_ROWS = 100;

/** Of a source of the version readers have, or of an incident that began with it. */
function rowsMissing(mart: Mart, look: Look): readonly Symptom[] {
  const { relation } = mart.definition;
  const { states, open, settings } = look;
  return states.flatMap((state): readonly Symptom[] => {
    const source = state.relation;
    const before = mart.current?.sourceStates.find((one) => one.relation === source);
    const lasting = open.find((one) => one.relation === relation && one.source === source);
    const accepted = look.accepted(relation, source) ?? Infinity;
    const expectedRows = Math.min(lasting?.expectedRows ?? before?.rows ?? 0, accepted);
    if (!mart.definition.sources.includes(source) || expectedRows === 0) {
      return [];
    }
    const common = { relation, subject: source, source, expectedRows };
    if (state.rows === 0) {
      const because = `${source} has no rows and had ${expectedRows}`;
      return [{ ...common, kind: 'source-emptied', because }];
    }
    const share = 1 - state.rows / expectedRows;
    return expectedRows >= FEW_ROWS && share > settings.rowsFell
      ? [
          {
            ...common,
            kind: 'rows-fell',
            mayBeMeant: true,
            because: `${source} has ${state.rows} rows and had ${expectedRows}: ${Math.round(share * 100)} % are gone, more than ${Math.round(settings.rowsFell * 100)} %`,
          },
        ]
      : [];
  });
}

function factsBroken(
  { definition: { relation } }: Mart,
  { brokenFacts, accepted }: Look,
): readonly Symptom[] {
  return brokenFacts
    .filter((one) => one.relation === relation)
    .map(({ obligation, because, isOnceDeclared = false }): Symptom => {
      switch (obligation.kind) {
        case 'unique-key': {
          const subject = `${obligation.relation}(${obligation.columns.join(', ')})`;
          const source = obligation.relation;
          const key = { relation, kind: 'key-broken', subject, source, because } as const;
          return isOnceDeclared ? { ...key, mayBeMeant: true } : key;
        }
        case 'not-null': {
          const subject = `${obligation.relation}(${obligation.column})`;
          return { relation, kind: 'nulls', subject, source: obligation.relation, because };
        }
        case 'inclusion': {
          const subject = `${obligation.from}(${obligation.fromColumns.join(', ')})`;
          return { relation, kind: 'orphans', subject, source: obligation.from, because };
        }
      }
    })
    .filter(
      ({ subject, mayBeMeant }) => mayBeMeant !== true || accepted(relation, subject) === undefined,
    );
}

/** Fewer pauses say nothing of how often a source changes. */
const FEW_PAUSES = 5;
const LAST_PAUSES = 10;

function sourcesLate(
  { definition: { relation, sources }, stage }: Mart,
  { changesOf, now, settings }: Look,
): readonly Symptom[] {
  if (stage !== 'physical') {
    return [];
  }
  return sources.flatMap((source): readonly Symptom[] => {
    const changes = changesOf(source);
    const pauses = changes
      .slice(1)
      .map((at, i) => at - (changes[i] ?? at))
      .slice(-LAST_PAUSES);
    const last = changes.at(-1);
    if (last === undefined || pauses.length < FEW_PAUSES) {
      return [];
    }
    const longest = Math.max(...pauses);
    return now - last > longest * settings.lateFactor
      ? [
          {
            relation,
            kind: 'source-late',
            subject: source,
            source,
            because: `${source} has not changed for ${formatDuration(now - last)}; between its last ${pauses.length + 1} changes there were at most ${formatDuration(longest)}`,
          },
        ]
      : [];
  });
}
