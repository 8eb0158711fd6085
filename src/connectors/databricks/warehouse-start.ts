import { formatDuration } from '../../base/duration.ts';
import { ConnectorError } from '../connector-error.ts';
import { stateTold } from './classify-databricks-error.ts';

export interface WarehouseStartParts {
  /** For error messages. */
  readonly name: string;
  /** How long a start is waited for by one statement, in milliseconds. */
  readonly withinMs: number;
  /** Milliseconds of any clock that only goes forward. */
  readonly now: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Told once for each start, for a person who waits. */
  readonly tell?: ((words: string) => void) | undefined;
}

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;

/** Whether it was raised by a wait that took as long as it may: nobody waits for the same start again. */
export function hasWaited(error: unknown): error is ConnectorError {
  return error instanceof ConnectorError && error.details['hasWaited'] === true;
}

/**
 * A warehouse that stopped for want of use takes minutes to start. Until then it refuses to open sessions (HTTP 503), or opens them
 * and knows none of them when the first statement comes.
 */
export class WarehouseStart {
  readonly #parts: WarehouseStartParts;
  #isTold = false;

  constructor(parts: WarehouseStartParts) {
    this.#parts = parts;
  }

  /** A statement went through: the next start is told anew. */
  isUp(): void {
    this.#isTold = false;
  }

  /** The wait of one statement: resolves when it may try again, raises once it has waited long enough. */
  wait(): (refusal: ConnectorError, signal: AbortSignal) => Promise<void> {
    const { withinMs, now, sleep, tell } = this.#parts;
    const from = now();
    let delay = FIRST_DELAY_MS;
    return async (refusal, signal) => {
      const left = from + withinMs - now();
      if (left <= 0) {
        throw this.#gaveUp(refusal);
      }
      if (!this.#isTold) {
        this.#isTold = true;
        tell?.('the warehouse is starting');
      }
      await sleep(Math.min(delay, left), signal);
      delay = Math.min(2 * delay, LONGEST_DELAY_MS);
    };
  }

  #gaveUp(refusal: ConnectorError): ConnectorError {
    const { name, withinMs } = this.#parts;
    return new ConnectorError('CONNECTOR_UNREACHABLE', name, {
      cause: refusal.cause,
      addition:
        stateTold(refusal) === 'starting' ? refusal.addition : 'it knows none of our sessions',
      sentence: `has not started within ${formatDuration(withinMs)}; look at it under SQL Warehouses, or raise warehouse.databricks.connectTimeout`,
      details: { hasWaited: true },
    });
  }
}
