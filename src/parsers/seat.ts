import { Worker } from 'node:worker_threads';
import type { ParseLimits } from './limits.ts';
import { closeGate } from './native-gate.ts';
import type { Answer, Batch, WorkerStart, World } from './worker-messages.ts';
import { PHASES, SLOTS } from './worker-messages.ts';

/** From sources Node strips the types of the worker's file; built, it is JavaScript beside this one. */
const EXTENSION = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const WORKER_FILE = new URL(`./parser-worker.${EXTENSION}`, import.meta.url);

/** Megabytes of JavaScript heap a parser may fill; beyond them its worker dies, and only that. */
const HEAP_MB = 512;
const STACK_MB = 8;
/** Syntax trees die young; room for more of them would only make the process larger. */
const YOUNG_MB = 24;

export interface SeatParts {
  readonly limits: ParseLimits;
  readonly onAnswer: (answer: Answer) => void;
  /** An answer came that cannot be unpacked: a tree too deep for this thread's stack. */
  readonly onUnreadable: () => void;
  /** The thread ended by itself: out of memory, or a fault of its own. */
  readonly onCrash: (error: Error) => void;
}

/** Where in its batch a worker is. */
export interface Place {
  /** Of the statement it is at. */
  readonly index: number;
  /** Whether it is reading, not starting up or loading a library. */
  readonly isReading: boolean;
  /** Whether it reads several at once, `index` or any before it that it has not answered. */
  readonly isTogether: boolean;
}

/** One worker thread and what the watchdog needs to know of it. */
export interface Seat {
  readonly send: (batch: Batch) => void;
  readonly rest: () => void;
  readonly end: () => Promise<void>;
  readonly at: () => Place;
}

export function takeSeat({ limits, onAnswer, onUnreadable, onCrash }: SeatParts): Seat {
  const progress = new SharedArrayBuffer(SLOTS.count * Int32Array.BYTES_PER_ELEMENT);
  const slots = new Int32Array(progress);
  const worker = new Worker(WORKER_FILE, {
    workerData: { limits, progress } satisfies WorkerStart,
    execArgv: [],
    resourceLimits: {
      maxOldGenerationSizeMb: HEAP_MB,
      maxYoungGenerationSizeMb: YOUNG_MB,
      stackSizeMb: STACK_MB,
    },
  });
  let hasEnded = false;
  let hasExited = false;
  let told: World | undefined;
  worker.on('message', onAnswer);
  worker.on('messageerror', onUnreadable);
  worker.on('error', (error: Error) => {
    if (!hasEnded) {
      hasEnded = true;
      onCrash(error);
    }
  });
  worker.on('exit', (code) => {
    hasExited = true;
    if (!hasEnded) {
      hasEnded = true;
      onCrash(new Error(`the thread ended with code ${code}`));
    }
  });
  worker.unref();

  /** A schema is large, so it is handed over once. */
  function withoutTold({ requests, resolve }: Batch): Batch {
    if (resolve === undefined) {
      return { requests };
    }
    const { names, world } = resolve;
    if (world === told) {
      return { requests, resolve: { names } };
    }
    told = world;
    return { requests, resolve };
  }

  return {
    send(batch) {
      Atomics.store(slots, SLOTS.index, 0);
      Atomics.store(slots, SLOTS.phase, PHASES.waiting);
      worker.ref();
      worker.postMessage(withoutTold(batch));
    },
    rest() {
      // A late answer of one that is being ended: whoever waits for its end must not lose the loop.
      if (!hasEnded) {
        worker.unref();
      }
    },
    async end() {
      hasEnded = true;
      worker.ref();
      await closeGate(slots, { isGone: () => hasExited });
      await worker.terminate();
    },
    at() {
      const phase = Atomics.load(slots, SLOTS.phase);
      const isTogether = phase === PHASES.together;
      const isReading = phase === PHASES.reading || isTogether;
      return { index: Atomics.load(slots, SLOTS.index), isReading, isTogether };
    },
  };
}
