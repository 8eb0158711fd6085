import { parentPort, workerData } from 'node:worker_threads';
import { dialectOf } from '../sql/dialects.ts';
import type { ParseOutcome } from '../sql/parse-sql.ts';
import type { BindContext } from '../sql/resolve/binder.ts';
import type { NameContext } from '../sql/schema.ts';
import { indexSchema } from '../sql/schema-index.ts';
import { nativeGate } from './native-gate.ts';
import { readRequest } from './read-request.ts';
import { openReaderSet } from './reader-set.ts';
import { shapeOfParsed } from './shape-of-text.ts';
import type { Answer, Batch, Outcome, WorkerStart, World } from './worker-messages.ts';
import { PHASES, SLOTS } from './worker-messages.ts';

/** Outcomes go back in parcels, so that a statement that kills this thread loses few others. */
const PARCEL = 16;

const { limits, progress } = workerData as WorkerStart;
const slots = new Int32Array(progress);
const readers = openReaderSet({
  onLoad: (isLoading) => enter(isLoading ? PHASES.loading : PHASES.reading),
  runNative: nativeGate(slots),
});
let world: Omit<BindContext, 'names'> | undefined;

async function readBatch({ requests, resolve }: Batch): Promise<void> {
  if (resolve?.world !== undefined) {
    world = indexWorld(resolve.world);
  }
  let outcomes: Outcome[] = [];
  for (const [index, request] of requests.entries()) {
    Atomics.store(slots, SLOTS.index, index);
    enter(PHASES.reading);
    const outcome = await readRequest(request, { readers, limits });
    outcomes.push(resolve === undefined ? outcome : shaped(outcome, resolve.names[index] ?? {}));
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

function indexWorld({ dialect: name, schema }: World): Omit<BindContext, 'names'> {
  const dialect = dialectOf(name);
  return { schema: indexSchema(schema, dialect), dialect };
}

/** What was not parsed goes back as it is: whoever asked knows what to make of it. */
function shaped(outcome: ParseOutcome, names: NameContext): Outcome {
  if (outcome.kind === 'unparsed') {
    return outcome;
  }
  if (world === undefined) {
    throw new Error('this worker was not told what to resolve names against');
  }
  return { kind: 'shaped', shape: shapeOfParsed(outcome, { ...world, names }) };
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
