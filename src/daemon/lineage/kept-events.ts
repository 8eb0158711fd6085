import { z } from 'zod';
import { type EventQueue, noPause } from '../../notify/open-lineage/event-queue.ts';
import type { RunEvent } from '../../notify/open-lineage/run-event.ts';
import type { Engine } from '../engine.ts';

const EVENT = 'open-lineage-event';
const PAUSE = 'open-lineage-pause';
const LAST = 'last';
/** Kept at most while nobody takes them; the oldest go first, and are counted. */
const MOST_KEPT = 2_000;

const pauseSchema = z.object({ failures: z.number(), notBefore: z.number() });
const eventSchema = z.custom<RunEvent>(
  (value) => typeof value === 'object' && value !== null && 'eventType' in value,
);

/** Run events in the state file: a restart forgets none. */
export function keptEvents({ store, metrics }: Pick<Engine, 'store' | 'metrics'>): EventQueue {
  const { documents } = store;
  return {
    add(event) {
      const number = Number(documents.get(PAUSE, LAST) ?? 0) + 1;
      documents.put(PAUSE, LAST, number);
      documents.put(EVENT, keyOf(number), event);
      if (documents.remove(EVENT, keyOf(number - MOST_KEPT))) {
        metrics.add('goldsmith_open_lineage_events_total', { outcome: 'forgotten' });
      }
    },
    waiting: () =>
      documents.list(EVENT).flatMap(({ key, value }) => {
        const event = eventSchema.safeParse(value).data;
        return event === undefined ? [] : [{ key, event }];
      }),
    remove(key) {
      documents.remove(EVENT, key);
    },
    pause: () => pauseSchema.safeParse(documents.get(PAUSE, 'pause')).data ?? noPause,
    setPause: (pause) => documents.put(PAUSE, 'pause', pause),
  };
}

function keyOf(number: number): string {
  return String(number).padStart(12, '0');
}
