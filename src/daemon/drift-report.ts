import { dayOf } from '../base/clock.ts';
import type { SchemaEvent } from '../drift/schema-event.ts';
import type { Report } from '../http/service.ts';
import { shortName } from './cycle-report.ts';

/** What changed in the schema, latest first, with whom each change reaches. */
export function driftReport(events: readonly SchemaEvent[]): Report {
  const text =
    events.length === 0
      ? 'Nothing changed in the schema since Goldsmith began to watch it, or in the last 90 days.\n'
      : `${events.flatMap(linesOf).join('\n')}\n`;
  return { text, value: { events } };
}

function linesOf(event: SchemaEvent): readonly string[] {
  const { seenAt, severity, says, views, marts, written, readers, readerCount } = event;
  const more = readerCount - readers.length;
  return [
    `${dayOf(seenAt)}  ${severity.padEnd(8)}  ${says}`,
    ...list('marts of ours', marts.map(shortName)),
    ...list('views', views.map(shortName)),
    ...list('written from it', written.map(shortName)),
    ...readers.map(
      ({ reader, runs, lastUse }) =>
        `    read by ${reader.name} (${reader.tool === '' ? reader.kind : `${reader.kind}, ${reader.tool}`}), ${runs} runs, last on ${dayOf(lastUse)}`,
    ),
    ...(more > 0 ? [`    and by ${more} more`] : []),
  ];
}

function list(title: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`    ${title}: ${names.join(', ')}`];
}
