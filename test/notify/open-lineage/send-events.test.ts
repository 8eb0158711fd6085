import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { handTurnedClock } from '../../../src/base/clock.ts';
import { type EventQueue, queueInMemory } from '../../../src/notify/open-lineage/event-queue.ts';
import {
  facet,
  PRODUCER,
  RUN_EVENT_URL,
  type RunEvent,
  runIdOf,
} from '../../../src/notify/open-lineage/run-event.ts';
import { sendEvents } from '../../../src/notify/open-lineage/send-events.ts';
import { runEventSpec } from './open-lineage-spec.ts';

const MINUTE_MS = 60_000;

let server: Server | undefined;
afterEach(() => {
  server?.close();
  server?.closeAllConnections();
});

function anEvent(name: string): RunEvent {
  return {
    eventType: 'START',
    eventTime: '2026-08-03T03:00:00.000Z',
    producer: PRODUCER,
    schemaURL: RUN_EVENT_URL,
    run: { runId: runIdOf([name]), facets: {} },
    job: {
      namespace: 'goldsmith/lake',
      name,
      facets: facet('jobType', {
        processingType: 'BATCH',
        integration: 'GOLDSMITH',
        jobType: 'BUILD',
      }),
    },
    inputs: [],
    outputs: [],
  };
}

function queueOf(...names: readonly string[]): EventQueue {
  const queue = queueInMemory();
  for (const name of names) {
    queue.add(anEvent(name));
  }
  return queue;
}

/** Answers each request with the next of these states, then 201. */
async function receiver(...states: readonly number[]) {
  const taken: { readonly event: unknown; readonly key: string | undefined }[] = [];
  const waiting = [...states];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      taken.push({ event: JSON.parse(body), key: request.headers.authorization });
      response.writeHead(waiting.shift() ?? 201).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/api/v1/lineage`, taken };
}

const jobOf = ({ event }: { readonly event: unknown }) => runEventSpec.parse(event).job.name;

describe('run events', () => {
  it('arrive in order, an event a request, with the key as a bearer token', async () => {
    const { url, taken } = await receiver();
    const queue = queueOf('a', 'b');

    const outcome = await sendEvents({
      settings: { url, apiKey: 'secret' },
      queue,
      clock: handTurnedClock(0),
    });

    expect(outcome).toEqual({ sent: 2, refused: 0, waiting: 0 });
    expect(taken.map(jobOf)).toEqual(['a', 'b']);
    expect(taken[0]?.key).toBe('Bearer secret');
    expect(queue.waiting()).toEqual([]);
  });

  it('wait in their order while the receiver fails, longer each time, and none is sent twice', async () => {
    const { url, taken } = await receiver(201, 503, 500);
    const queue = queueOf('a', 'b', 'c');
    const clock = handTurnedClock(0);
    const send = () => sendEvents({ settings: { url }, queue, clock });

    expect(await send()).toMatchObject({ sent: 1, waiting: 2, failure: { retryable: true } });
    expect(await send()).toEqual({ sent: 0, refused: 0, waiting: 2 });
    clock.turnTo(MINUTE_MS);
    expect(await send()).toMatchObject({
      sent: 0,
      waiting: 2,
      failure: { code: 'OPEN_LINEAGE_UNREACHABLE' },
    });
    expect(queue.pause()).toEqual({ failures: 2, notBefore: 3 * MINUTE_MS });
    clock.turnTo(3 * MINUTE_MS);
    expect(await send()).toEqual({ sent: 2, refused: 0, waiting: 0 });

    expect(taken.map(jobOf)).toEqual(['a', 'b', 'b', 'b', 'c']);
    expect(queue.pause()).toEqual({ failures: 0, notBefore: 0 });
  });

  it.for([401, 403, 404, 429])(
    'wait where the receiver answers %i: the settings may be wrong',
    async (state) => {
      const { url } = await receiver(state);
      const queue = queueOf('a');

      const outcome = await sendEvents({ settings: { url }, queue, clock: handTurnedClock(0) });

      expect(outcome.failure?.message).toBe(
        `the OpenLineage receiver answered ${state}; its events are kept and sent again, check notify.openLineage`,
      );
      expect(queue.waiting()).toHaveLength(1);
    },
  );

  it('that the receiver finds wrong do not stand in the way of the others', async () => {
    const { url, taken } = await receiver(422);

    const outcome = await sendEvents({
      settings: { url },
      queue: queueOf('a', 'b'),
      clock: handTurnedClock(0),
    });

    expect(outcome).toEqual({ sent: 1, refused: 1, waiting: 0 });
    expect(taken.map(jobOf)).toEqual(['a', 'b']);
  });

  it('wait where nobody listens', async () => {
    const { url } = await receiver();
    server?.close();

    const outcome = await sendEvents({
      settings: { url },
      queue: queueOf('a'),
      clock: handTurnedClock(0),
    });

    expect(outcome).toMatchObject({ waiting: 1, failure: { code: 'OPEN_LINEAGE_UNREACHABLE' } });
  });

  it('go into a file, one a line, where that is what is asked for', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'goldsmith-lineage-')), 'events.ndjson');

    await sendEvents({ settings: { file }, queue: queueOf('a', 'b'), clock: handTurnedClock(0) });

    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => runEventSpec.parse(JSON.parse(line)).job.name)).toEqual(['a', 'b']);
  });

  it('wait where the file cannot be written', async () => {
    const queue = queueOf('a');
    const outcome = await sendEvents({
      settings: { file: '/nowhere/at/all/events.ndjson' },
      queue,
      clock: handTurnedClock(0),
    });

    expect(outcome).toMatchObject({ waiting: 1, failure: { code: 'OPEN_LINEAGE_FILE' } });
  });
});
