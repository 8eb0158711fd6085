import { GoldsmithError } from '../base/goldsmith-error.ts';
import type { ParseRequest } from '../sql/parse-sql.ts';
import type { NameContext } from '../sql/schema.ts';
import type { ParseLimits } from './limits.ts';
import { Patience } from './patience.ts';
import type { Place, Seat } from './seat.ts';
import { takeSeat } from './seat.ts';
import { seenTables } from './seen-tables.ts';
import type { Answer, Batch, Outcome, World } from './worker-messages.ts';

export interface PoolOptions {
  readonly workers: number;
  /** Milliseconds one statement may take before its worker is ended and another takes its place. */
  readonly timeoutMs: number;
  /** Milliseconds without work after which a worker is released. */
  readonly idleMs: number;
  readonly limits: ParseLimits;
}

/** Some statements of one call, read by one worker in one go. */
export interface Task {
  readonly requests: readonly ParseRequest[];
  /** Given, what is parsed is resolved, too; `names` has one for each request. */
  readonly resolve?: { readonly names: readonly NameContext[]; readonly world: World } | undefined;
  /** Called once for each request, in any order. */
  readonly settle: (index: number, outcome: Outcome) => void;
  readonly fail: (error: Error) => void;
  readonly isWanted: () => boolean;
}

/** A task and which of its requests still stand, for the rest of a task whose worker died. */
interface Work {
  readonly task: Task;
  readonly indexes: readonly number[];
  /** A worker was ended before it began with it. */
  readonly isAgain?: true;
}

interface Desk {
  readonly seat: Seat;
  work: Work | undefined;
  received: number;
  /** Texts it read since it was started. */
  read: number;
  patience: Patience;
  seen: Place;
  idleSince: number;
}

export interface WorkerPool {
  readonly add: (tasks: readonly Task[]) => void;
  readonly close: () => Promise<void>;
}

/** A worker that neither starts nor loads its libraries for this long is broken, not busy. */
const LOADING_MS = 60_000;

/**
 * A worker that read so many texts in a row holds a hundred megabytes of trees that died and of code for rare syntax: it is
 * released as soon as it has been through for so long, and a fresh one reads the next.
 */
const MANY_TEXTS = 1_000;
const SPENT_IDLE_MS = 1_000;

export function openWorkerPool(options: PoolOptions): WorkerPool {
  const queue: Work[] = [];
  const desks = new Set<Desk>();
  const endings = new Set<Promise<void>>();
  const lookEveryMs = Math.max(20, Math.min(500, options.timeoutMs / 4));
  let watch: NodeJS.Timeout | undefined;
  let isClosed = false;

  function add(tasks: readonly Task[]): void {
    for (const task of tasks) {
      queue.push({ task, indexes: [...task.requests.keys()] });
    }
    dispatch();
  }

  function dispatch(): void {
    while (queue.length > 0 && !isClosed) {
      const work = queue[0];
      if (work && !work.task.isWanted()) {
        queue.shift();
        continue;
      }
      const desk = freeDesk();
      if (desk === undefined || work === undefined) {
        return;
      }
      queue.shift();
      const patience = new Patience(lookEveryMs, performance.now());
      Object.assign(desk, { work, received: 0, patience, seen: NOWHERE });
      desk.seat.send(batchOf(work));
      watch ??= setInterval(look, lookEveryMs).unref();
    }
  }

  function freeDesk(): Desk | undefined {
    for (const desk of desks) {
      if (desk.work === undefined) {
        return desk;
      }
    }
    return desks.size < options.workers ? newDesk() : undefined;
  }

  function newDesk(): Desk {
    const seat = takeSeat({
      limits: options.limits,
      onAnswer: (answer) => receive(desk, answer),
      onUnreadable: () => readAlone(desk),
      onCrash: (error) => lose(desk, `the parser crashed on it: ${error.message}`),
    });
    const now = performance.now();
    const desk: Desk = {
      seat,
      work: undefined,
      received: 0,
      read: 0,
      patience: new Patience(lookEveryMs, now),
      seen: NOWHERE,
      idleSince: now,
    };
    desks.add(desk);
    return desk;
  }

  function receive(desk: Desk, { outcomes, done, spent }: Answer): void {
    const { work } = desk;
    if (work === undefined) {
      return;
    }
    desk.read += outcomes.length;
    for (const outcome of outcomes) {
      const index = work.indexes[desk.received];
      desk.received += 1;
      if (index !== undefined) {
        work.task.settle(index, outcome);
      }
    }
    if (!done) {
      return;
    }
    desk.work = undefined;
    desk.idleSince = performance.now();
    desk.seat.rest();
    if (spent) {
      dismiss(desk);
    }
    queue.unshift(...oneByOne(work, desk.received));
    dispatch();
  }

  /** One of the outcomes on their way was lost: each is asked for alone, and the one that is lost again is refused. */
  function readAlone(desk: Desk): void {
    const { work } = desk;
    dismiss(desk);
    if (work === undefined) {
      return;
    }
    desk.work = undefined;
    const { task } = work;
    const [only, ...more] = work.indexes.slice(desk.received);
    const request = only === undefined ? undefined : task.requests[only];
    if (only !== undefined && request !== undefined && more.length === 0) {
      const because = 'its tree is too deep to be handed over';
      task.settle(only, { kind: 'unparsed', because, tables: seenTables(request) });
    } else {
      queue.unshift(...oneByOne(work, desk.received));
    }
    dispatch();
  }

  /**
   * Its worker is gone: the statement it was at is refused, those after it go to another. Where it was at several, each goes alone,
   * to find out which.
   */
  function lose(desk: Desk, because: string): void {
    const { work } = desk;
    const { index, isReading, isTogether } = desk.seat.at();
    dismiss(desk);
    if (work === undefined) {
      return;
    }
    desk.work = undefined;
    if (!isReading && work.isAgain !== true) {
      const rest = work.indexes.slice(desk.received);
      queue.unshift({ task: work.task, indexes: rest, isAgain: true });
      dispatch();
      return;
    }
    if (!isReading) {
      const message = `the parser's worker thread does not start (${because}): give the machine more time, or reinstall the packages`;
      work.task.fail(new GoldsmithError('PARSER_WORKER_FAILED', message));
      dispatch();
      return;
    }
    if (isTogether && work.indexes.length > 1) {
      queue.unshift(...oneByOne(work, desk.received));
      dispatch();
      return;
    }
    const guilty = work.indexes[index] ?? -1;
    const request = work.task.requests[guilty];
    if (request) {
      work.task.settle(guilty, { kind: 'unparsed', because, tables: seenTables(request) });
    }
    const rest = work.indexes.filter((_, at) => at >= desk.received && at !== index);
    if (rest.length > 0) {
      queue.unshift({ task: work.task, indexes: rest });
    }
    dispatch();
  }

  function dismiss(desk: Desk): void {
    desks.delete(desk);
    const ending = desk.seat.end().finally(() => endings.delete(ending));
    endings.add(ending);
  }

  /** The watchdog's look around: ends whoever is stuck, and whoever had nothing to do for long. */
  function look(): void {
    const now = performance.now();
    for (const desk of desks) {
      if (desk.work === undefined) {
        const idleMs = desk.read < MANY_TEXTS ? options.idleMs : SPENT_IDLE_MS;
        if (now - desk.idleSince > Math.min(idleMs, options.idleMs)) {
          dismiss(desk);
        }
        continue;
      }
      const place = desk.seat.at();
      const waitedMs = desk.patience.look(now, hasMoved(desk.seen, place));
      desk.seen = place;
      const { isReading } = place;
      if (isReading && waitedMs > options.timeoutMs) {
        lose(desk, `the watchdog ended it: reading took longer than ${options.timeoutMs} ms`);
      } else if (!isReading && waitedMs > LOADING_MS) {
        lose(desk, `the watchdog ended it: it did not begin within ${LOADING_MS} ms`);
      }
    }
    if (desks.size === 0) {
      clearInterval(watch);
      watch = undefined;
    }
  }

  async function close(): Promise<void> {
    isClosed = true;
    clearInterval(watch);
    const closed = new GoldsmithError(
      'PARSER_CLOSED',
      'the parsers were closed before they were through',
    );
    const open = [...queue, ...[...desks].flatMap(({ work }) => work ?? [])];
    queue.length = 0;
    for (const desk of desks) {
      dismiss(desk);
    }
    for (const { task } of open) {
      task.fail(closed);
    }
    await Promise.all(endings);
  }

  return { add, close };
}

const NOWHERE: Place = { index: -1, isReading: false, isTogether: false };

function hasMoved(before: Place, now: Place): boolean {
  return (
    before.index !== now.index ||
    before.isReading !== now.isReading ||
    before.isTogether !== now.isTogether
  );
}

/** What is left of it from a place on, each statement by itself: none of them bears on another then. */
function oneByOne({ task, indexes }: Work, from: number): readonly Work[] {
  return indexes.slice(from).map((index) => ({ task, indexes: [index] }));
}

function batchOf({ task: { requests, resolve }, indexes }: Work): Batch {
  const asked = indexes.flatMap((index) => requests[index] ?? []);
  if (resolve === undefined) {
    return { requests: asked };
  }
  const { world } = resolve;
  const names = indexes.map((index) => resolve.names[index] ?? {});
  return { requests: asked, resolve: { names, world } };
}
