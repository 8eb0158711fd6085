import { parentPort, workerData } from 'node:worker_threads';
import type { ParseOutcome } from '../sql/parse-sql.ts';
import { readRequest } from './read-request.ts';
import { openReaderSet } from './reader-set.ts';
import type { Answer, Batch, WorkerStart } from './worker-messages.ts';
import { PHASES, SLOTS } from './worker-messages.ts';

/** Outcomes go back in parcels, so that a statement that kills this thread loses few others. */
const PARCEL = 16;

const { limits, progress } = workerData as WorkerStart;
const slots = new Int32Array(progress);
const readers = openReaderSet({
  onLoad: (isLoading) => enter(isLoading ? PHASES.loading : PHASES.reading),
});

async function readBatch({ requests }: Batch): Promise<void> {
  let outcomes: ParseOutcome[] = [];
  for (const [index, request] of requests.entries()) {
    Atomics.store(slots, SLOTS.index, index);
    enter(PHASES.reading);
    outcomes.push(await readRequest(request, { readers, limits }));
    if (readers.hasCrashed()) {
      break;
    }
    if (outcomes.length === PARCEL && index < requests.length - 1) {
      send({ outcomes, done: false, spent: false });
      outcomes = [];
    }
  }
  enter(PHASES.waiting);
  send({ outcomes, done: true, spent: readers.hasCrashed() });
}

function enter(phase: number): void {
  Atomics.store(slots, SLOTS.phase, phase);
}

function send(answer: Answer): void {
  parentPort?.postMessage(answer);
}

parentPort?.on('message', (batch: Batch) => {
  void readBatch(batch);
});
