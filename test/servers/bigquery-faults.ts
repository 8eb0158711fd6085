import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

/** Which requests of the protocol a fault strikes. */
export type BigqueryRequest = 'insert' | 'results' | 'job' | 'cancel' | 'token';

export interface BigqueryFault {
  readonly on: BigqueryRequest;
  /**
   * `reset`: the connection breaks before anything is done. `lost`: it is done, and the answer never comes. `truncated`: half of
   * the answer comes. `expired`: the token is not taken any more. `slow`: the answer comes after `ms`. `proxy`: what stands between asks
   * who we are. `unlike`: the service does not take such a request. `failed`: the service failed at the job, for good.
   */
  readonly kind:
    | 'proxy'
    | 'reset'
    | 'lost'
    | 'truncated'
    | 'unavailable'
    | 'throttled'
    | 'expired'
    | 'unlike'
    | 'failed'
    | 'slow';
  /** How often it strikes; absent: once. */
  readonly times?: number;
  /** How many requests of this kind go well first. */
  readonly after?: number;
  readonly ms?: number;
  /** Only requests whose body matches. */
  readonly when?: RegExp;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Faults in the order they were asked for; each strikes as often as it was told to. */
export class BigqueryFaults {
  readonly #pending: { fault: BigqueryFault; left: number; wait: number }[] = [];

  add(fault: BigqueryFault): void {
    this.#pending.push({ fault, left: fault.times ?? 1, wait: fault.after ?? 0 });
  }

  take(request: BigqueryRequest, body: string): BigqueryFault | undefined {
    const found = this.#pending.find(
      ({ fault, left }) =>
        fault.on === request && left > 0 && (fault.when === undefined || fault.when.test(body)),
    );
    if (found === undefined) {
      return undefined;
    }
    if (found.wait > 0) {
      found.wait -= 1;
      return undefined;
    }
    found.left -= 1;
    return found.fault;
  }
}

/** Answers, or fails to, as the fault says. `work` is what the request asks for. */
export async function answerWith(
  fault: BigqueryFault | undefined,
  response: ServerResponse,
  work: () => Promise<Answer>,
): Promise<void> {
  switch (fault?.kind) {
    case 'reset':
      response.destroy();
      return;
    case 'proxy':
      return send(response, { status: 407, body: 'Proxy Authentication Required' });
    case 'unavailable':
      return send(response, problem(503, 'backendError', 'Visibility check was unavailable.'));
    case 'throttled': {
      const { status, body } = problem(429, 'rateLimitExceeded', 'Exceeded rate limits');
      return send(response, { status, body, headers: { 'retry-after': '0' } });
    }
    case 'expired':
      return send(response, problem(401, 'authError', 'Request had invalid credentials.'));
    case 'unlike':
      return send(response, problem(400, 'invalid', 'Such a statement cannot be dry-run.'));
    case 'failed':
      return send(response, problem(400, 'jobBackendError', 'The job encountered an error.'));
    case 'lost':
      await work();
      response.destroy();
      return;
    case 'truncated':
      return sendHalf(response, await work());
    case 'slow':
      await wait(fault.ms ?? 300);
      return send(response, await work());
    case undefined:
      return send(response, await work());
  }
}

/** An error as the service words it. */
export function problem(status: number, reason: string, message: string): Answer {
  const errors = [{ message, domain: 'global', reason }];
  return { status, body: { error: { code: status, message, errors, status: reason } } };
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8', ...headers });
  response.end(JSON.stringify(body));
}

function sendHalf(response: ServerResponse, { status, body }: Answer): void {
  const text = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/json; charset=UTF-8',
    'content-length': String(text.length),
  });
  response.write(text.subarray(0, Math.floor(text.length / 2)), () => response.destroy());
}
