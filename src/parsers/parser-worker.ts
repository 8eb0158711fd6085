import { parentPort, workerData } from 'node:worker_threads';
import { witnessed } from '../sql/agreement.ts';
import { dialectOf } from '../sql/dialects.ts';
import type { ParseRequest, ReaderName } from '../sql/parse-sql.ts';
import type { Shape } from '../sql/query-shape.ts';
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
/** What it is at when no library is being loaded. */
let phase: number = PHASES.waiting;
const readers = openReaderSet({
  onLoad: (isLoading) => Atomics.store(slots, SLOTS.phase, isLoading ? PHASES.loading : phase),
  runNative: nativeGate(slots),
});
let world: Omit<BindContext, 'names'> | undefined;

async function readBatch({ requests, resolve }: Batch): Promise<void> {
  if (resolve?.world !== undefined) {
    world = indexWorld(resolve.world);
  }
  for (let from = 0; from < requests.length && !readers.hasCrashed(); from += PARCEL) {
    const outcomes = await readParcel({ requests, names: resolve?.names, from });
    if (from + PARCEL < requests.length && !readers.hasCrashed()) {
      send({ outcomes, done: false, spent: false });
    } else {
      enter(PHASES.waiting);
      send({ outcomes, done: true, spent: readers.hasCrashed() });
    }
  }
}

interface Parcel {
  readonly requests: readonly ParseRequest[];
  readonly names: readonly NameContext[] | undefined;
  /** Where it begins. */
  readonly from: number;
}

/**
 * Reads text after text, then asks a second reader about all of them that are worth it, at once. Where a library crashed
 * meanwhile, a second reader may be missing to texts it has nothing to do with: none of the parcel is answered then, for each
 * of them to be read alone.
 */
async function readParcel({ requests, names, from }: Parcel): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const open: Open[] = [];
  for (const [at, request] of requests.slice(from, from + PARCEL).entries()) {
    Atomics.store(slots, SLOTS.index, from + at);
    enter(PHASES.reading);
    const outcome = await readRequest(request, { readers, limits });
    if (names === undefined || outcome.kind === 'unparsed') {
      outcomes.push(await withWitness(request, { outcome, readers }));
    } else {
      const context = contextOf(names[from + at] ?? {});
      const shape = shapeOfParsed(outcome, context);
      outcomes.push({ kind: 'shaped', shape });
      if (request.witnessed === true && isWorthAWitness(shape)) {
        open.push({ at, request, first: outcome.reader, shape, context });
      }
    }
    if (readers.hasCrashed()) {
      break;
    }
  }
  if (open.length > 0 && (!readers.hasCrashed() || requests.length === 1)) {
    enter(PHASES.together);
    await Promise.all(open.map((each) => askSecond(each, outcomes)));
  }
  return readers.hasCrashed() && open.length > 0 && requests.length > 1 ? [] : outcomes;
}

/** A text that a second reader is to be asked about. */
interface Open {
  readonly at: number;
  readonly request: ParseRequest;
  readonly first: ReaderName;
  readonly shape: Shape;
  readonly context: BindContext;
}

async function askSecond(
  { at, request, first, shape, context }: Open,
  outcomes: Outcome[],
): Promise<void> {
  const witness = await readWitness(request, { first, readers });
  if (witness !== undefined) {
    outcomes[at] = { kind: 'shaped', shape: witnessed(shape, readsOfWitness(witness, context)) };
  }
}

function indexWorld({ dialect: name, schema }: World): Omit<BindContext, 'names'> {
  const dialect = dialectOf(name);
  return { schema: indexSchema(schema, dialect), dialect };
}

function contextOf(names: NameContext): BindContext {
  if (world === undefined) {
    throw new Error('this worker was not told what to resolve names against');
  }
  return { ...world, names };
}

function enter(next: number): void {
  phase = next;
  Atomics.store(slots, SLOTS.phase, next);
}

function send(answer: Answer): void {
  parentPort?.postMessage(answer);
}

parentPort?.on('message', (batch: Batch) => {
  void readBatch(batch);
});
