import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { SchemaEvent } from '../src/drift/schema-event.ts';
import type { RouteAnswer } from '../src/http/service.ts';
import type { Mart } from '../src/marts/mart.ts';

export type DaemonCall =
  | { readonly kind: 'cycle'; readonly at: number }
  | {
      readonly kind: 'route';
      readonly at: number;
      readonly sql: string;
      readonly user: string;
      readonly client: string;
    }
  | { readonly kind: 'tell' }
  | { readonly kind: 'close' };

export type DaemonAnswer =
  | { readonly kind: 'progress'; readonly text: string }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly because: string };

/** What a night left, whichever of its cycles did it. */
export interface Night {
  readonly marts: readonly Mart[];
  readonly digest: string;
}

export interface Told {
  readonly explained: string;
  readonly receipts: string;
  /** Who uses which attribute of the wide table, and where each stands. */
  readonly attributes: string;
  /** What changed in the schema, latest first. */
  readonly changes: readonly SchemaEvent[];
}

/** The other end of the daemon's process. A killed one rejects what was asked of it. */
export class DaemonProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #ready = Promise.withResolvers<void>();
  readonly #ended: Promise<void>;
  #onProgress: (text: string) => void = () => undefined;
  #calls = 0;

  constructor(configFile: string, parts: { readonly at: number; readonly env: NodeJS.ProcessEnv }) {
    const script = fileURLToPath(new URL('./postgres-daemon.ts', import.meta.url));
    this.#child = fork(script, [configFile, String(parts.at)], {
      env: parts.env,
      serialization: 'advanced',
    });
    this.#child.on('message', (answer: DaemonAnswer) => this.#take(answer));
    this.#ended = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        const gone = new Error(`the daemon ended (${signal ?? code ?? ''})`);
        for (const each of [this.#ready, ...this.#waiting.values()]) {
          each.reject(gone);
        }
        resolve();
      });
    });
    // Whoever asks sees it; nobody asking is no fault.
    this.#ready.promise.catch(() => undefined);
  }

  async cycle(at: number): Promise<Night> {
    return (await this.#call({ kind: 'cycle', at })) as Night;
  }

  async route(ask: Omit<Extract<DaemonCall, { kind: 'route' }>, 'kind'>): Promise<RouteAnswer> {
    return (await this.#call({ kind: 'route', ...ask })) as RouteAnswer;
  }

  async tell(): Promise<Told> {
    return (await this.#call({ kind: 'tell' })) as Told;
  }

  /** Runs a cycle and kills the daemon so long after it has decided; `false` where the cycle was done before. */
  async killedInCycle(at: number, delayMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    this.#onProgress = (text) => {
      if (text === 'deciding') {
        timer = setTimeout(() => this.#child.kill('SIGKILL'), delayMs);
      }
    };
    try {
      await this.cycle(at);
      return false;
    } catch (error) {
      if (this.#child.signalCode !== 'SIGKILL') {
        throw error;
      }
      return true;
    } finally {
      clearTimeout(timer);
      this.#onProgress = () => undefined;
    }
  }

  async close(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      await this.#call({ kind: 'close' });
      await this.#ended;
    }
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async #call(call: DaemonCall): Promise<unknown> {
    await this.#ready.promise;
    this.#calls += 1;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(this.#calls, waiting);
    this.#child.send({ id: this.#calls, call });
    return await waiting.promise;
  }

  #take(answer: DaemonAnswer): void {
    if (answer.kind === 'progress') {
      this.#ready.resolve();
      this.#onProgress(answer.text);
      return;
    }
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.kind === 'answer') {
      waiting?.resolve(answer.value);
    } else {
      waiting?.reject(new Error(answer.because));
    }
  }
}
