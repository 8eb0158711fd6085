import { GoldsmithError } from '../base/goldsmith-error.ts';
import type { ParseOutcome, ParseRequest, ParseSql } from '../sql/parse-sql.ts';
import type { Shape } from '../sql/query-shape.ts';
import type { NameContext } from '../sql/schema.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { shapeOfUnparsed } from './shape-of-text.ts';
import type { Outcome, World } from './worker-messages.ts';
import type { Task } from './worker-pool.ts';
import { openWorkerPool } from './worker-pool.ts';

export interface ParserOptions {
  /** Worker threads, started when there is work; 1 by default: each holds its own copy of the libraries. */
  readonly workers?: number;
  /**
   * Milliseconds one statement may take; 30,000 by default. A last resort: what is read and what is not
   * is decided by sizes, the same on any machine (`limits.ts`, `reader-set.ts`).
   */
  readonly timeoutMs?: number;
  /** Characters and tokens of one text, operators in one expression, levels of nesting: see `limits.ts`. */
  readonly maxLength?: number;
  readonly maxTokens?: number;
  readonly maxOperators?: number;
  readonly maxDepth?: number;
  /** Milliseconds after which a worker without work is released; 10,000 by default. */
  readonly idleMs?: number;
}

export interface Parsers {
  readonly parse: ParseSql;
  /**
   * Parses and resolves in one go, in the worker threads: shapes without literals, in the order of the requests. What
   * cannot be read is a shape that says so. Hand over the same `world` as long as it is the same.
   */
  readonly shapesOf: (
    requests: readonly ShapeRequest[],
    options: { readonly world: World; readonly signal?: AbortSignal | undefined },
  ) => Promise<readonly Shape[]>;
  /** Ends all workers; what is still being parsed is rejected. */
  readonly close: () => Promise<void>;
}

/** A text, and what its bare names mean. */
export interface ShapeRequest {
  readonly sql: string;
  readonly names: NameContext;
  /** As in `ParseRequest`. */
  readonly hasRun?: boolean;
  /** As there, of texts marts could be made of only (`isWorthAWitness`). */
  readonly witnessed?: boolean;
}

/** A message costs some 50 microseconds; a batch of this size makes that small and stays short. */
const BATCH_STATEMENTS = 64;
const BATCH_CHARACTERS = 200_000;

/**
 * Opens the parsers. Texts are read in disposable worker threads under a watchdog: a statement that
 * hangs, crashes or exhausts a parser costs an `unparsed` with the reason, and its worker.
 */
export function openParsers(options: ParserOptions = {}): Parsers {
  const pool = openWorkerPool({
    workers: options.workers ?? 1,
    timeoutMs: options.timeoutMs ?? 30_000,
    idleMs: options.idleMs ?? 10_000,
    limits: {
      maxLength: options.maxLength ?? DEFAULT_LIMITS.maxLength,
      maxTokens: options.maxTokens ?? DEFAULT_LIMITS.maxTokens,
      maxOperators: options.maxOperators ?? DEFAULT_LIMITS.maxOperators,
      maxSetOperations: DEFAULT_LIMITS.maxSetOperations,
      maxJoins: DEFAULT_LIMITS.maxJoins,
      maxRepeats: DEFAULT_LIMITS.maxRepeats,
      maxDepth: options.maxDepth ?? DEFAULT_LIMITS.maxDepth,
    },
  });
  let isClosed = false;

  async function read({ requests, resolve, signal }: Reading): Promise<readonly Outcome[]> {
    signal?.throwIfAborted();
    if (isClosed) {
      throw new GoldsmithError('PARSER_CLOSED', 'the parsers are closed; open them again');
    }
    if (requests.length === 0) {
      return [];
    }
    return new Promise<readonly Outcome[]>((settleAll, reject) => {
      const outcomes: Outcome[] = [];
      let missing = requests.length;
      let isWanted = true;
      const finish = (end: () => void) => {
        isWanted = false;
        signal?.removeEventListener('abort', abort);
        end();
      };
      const abort = () => finish(() => reject(abortReason(signal)));
      signal?.addEventListener('abort', abort, { once: true });
      const tasks = batchesOf(requests).map(
        ({ first, batch }): Task => ({
          requests: batch,
          resolve: resolve && {
            world: resolve.world,
            names: resolve.names.slice(first, first + batch.length),
          },
          settle(index, outcome) {
            outcomes[first + index] = outcome;
            missing -= 1;
            if (missing === 0 && isWanted) {
              finish(() => settleAll(outcomes));
            }
          },
          fail: (error) => isWanted && finish(() => reject(error)),
          isWanted: () => isWanted,
        }),
      );
      pool.add(tasks);
    });
  }

  async function shapesOf(
    requests: readonly ShapeRequest[],
    { world, signal }: { readonly world: World; readonly signal?: AbortSignal | undefined },
  ): Promise<readonly Shape[]> {
    const outcomes = await read({
      requests: requests.map(({ sql, hasRun = false, witnessed = false }) => ({
        sql,
        dialect: world.dialect,
        hasRun,
        witnessed,
      })),
      resolve: { world, names: requests.map(({ names }) => names) },
      signal,
    });
    return outcomes.map((outcome) =>
      outcome.kind === 'shaped'
        ? outcome.shape
        : shapeOfUnparsed(outcome.kind === 'unparsed' ? outcome.tables : []),
    );
  }

  return {
    parse: async (requests, signal) => (await read({ requests, signal })).filter(isPlain),
    shapesOf,
    async close() {
      isClosed = true;
      await pool.close();
    },
  };
}

interface Reading {
  readonly requests: readonly ParseRequest[];
  readonly resolve?: Task['resolve'];
  readonly signal?: AbortSignal | undefined;
}

/** Always, where nothing was to be resolved. */
function isPlain(outcome: Outcome): outcome is ParseOutcome {
  return outcome.kind !== 'shaped';
}

function abortReason(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new DOMException('aborted', 'AbortError');
}

function batchesOf(requests: readonly ParseRequest[]) {
  const batches: { first: number; batch: ParseRequest[] }[] = [];
  let batch: ParseRequest[] = [];
  let characters = 0;
  for (const [index, request] of requests.entries()) {
    if (batch.length === BATCH_STATEMENTS || characters > BATCH_CHARACTERS || index === 0) {
      batch = [];
      batches.push({ first: index, batch });
      characters = 0;
    }
    batch.push(request);
    characters += request.sql.length;
  }
  return batches;
}
