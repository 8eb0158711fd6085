import { dayOf, type EpochMs } from '../../base/clock.ts';
import type { Mart } from '../../marts/mart.ts';
import type { UsageSnapshot } from '../../usage/template.ts';
import type { SchemaEvent } from '../schema-event.ts';
import type { Symptom } from './incident.ts';

export interface DiagnosisParts {
  readonly mart: Mart;
  /** Latest first. */
  readonly events: readonly SchemaEvent[];
  readonly usage: Pick<UsageSnapshot, 'templates' | 'facts'>;
  readonly now: EpochMs;
  /** When all was well the last time somebody looked. */
  readonly wellAt: EpochMs | undefined;
}

const MOST_EVENTS = 3;

/** What is known of a symptom's cause, a sentence each: since when, what changed upstream besides what the symptom says itself, who wrote there last. */
export function diagnose(symptom: Symptom, parts: DiagnosisParts): readonly string[] {
  const { mart, events, wellAt } = parts;
  const sources = symptom.source === undefined ? mart.definition.sources : [symptom.source];
  const changed = events
    .filter(({ relation, seenAt }) => sources.includes(relation) && seenAt >= (wellAt ?? 0))
    .slice(0, MOST_EVENTS)
    .map(({ says, seenAt }) =>
      symptom.because.includes(says)
        ? `that was seen on ${dayOf(seenAt)}`
        : `${dayOf(seenAt)}: ${says}`,
    );
  const writer = symptom.source === undefined ? undefined : lastWriter(symptom.source, parts);
  return [
    wellAt === undefined
      ? 'nobody had looked before'
      : `all was well on ${new Date(wellAt).toISOString().slice(0, 16)}Z`,
    ...(changed.length === 0 ? ['no change of the schema explains it'] : changed),
    ...(writer === undefined ? [] : [writer]),
  ];
}

function lastWriter(source: string, { usage }: Pick<DiagnosisParts, 'usage'>): string | undefined {
  const writing = new Set(
    usage.templates
      .filter(({ shape }) => shape.target === source)
      .map(({ fingerprint }) => fingerprint),
  );
  const last = usage.facts
    .filter(({ fingerprint }) => writing.has(fingerprint))
    .toSorted((a, b) => b.lastEndedAt - a.lastEndedAt)[0];
  return last === undefined
    ? undefined
    : `${source} was last written by ${last.reader.name} (${last.reader.kind}) on ${dayOf(last.lastEndedAt)}`;
}
