import { parentPort, workerData } from 'node:worker_threads';
import { witnessed } from '../sql/agreement.ts';
import { dialectOf } from '../sql/dialects.ts';
import type { ParseOutcome, ParseRequest } from '../sql/parse-sql.ts';
import type { BindContext } from '../sql/resolve/binder.ts';
import type { NameContext } from '../sql/schema.ts';
import { indexSchema } from '../sql/schema-index.ts';
import { nativeGate } from './native-gate.ts';
import { readRequest } from './read-request.ts';
import { readWitness, withWitness } from './read-witness.ts';
import { openReaderSet } from './reader-set.ts';
import { isWorthAWitness, readsOfWitness, shapeOfParsed } from './shape-of-text.ts';
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
    outcomes.push(
      resolve === undefined
        ? await withWitness(request, { outcome, readers })
        : await shaped(outcome, { request, names: resolve.names[index] ?? {} }),
    );
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
async function shaped(
  outcome: ParseOutcome,
  { request, names }: { readonly request: ParseRequest; readonly names: NameContext },
): Promise<Outcome> {
  if (outcome.kind === 'unparsed') {
    return outcome;
  }
  if (world === undefined) {
    throw new Error('this worker was not told what to resolve names against');
  }
  const context = { ...world, names };
  const shape = shapeOfParsed(outcome, context);
  if (request.witnessed !== true || !isWorthAWitness(shape)) {
    return { kind: 'shaped', shape };
  }
  const witness = await readWitness(request, { first: outcome.reader, readers });
  return witness === undefined
    ? { kind: 'shaped', shape }
    : {
        kind: 'shaped',
        shape: witnessed(shape, readsOfWitness(witness, context)),
      };
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
