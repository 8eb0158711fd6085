import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { problem } from './problem.ts';

export interface GuardParts {
  readonly token: string | undefined;
  /** True when the API listens beyond loopback: then reading needs the token too. */
  readonly isExposed: boolean;
}

/** Lets a request through that only reads on loopback, or carries the token. */
export function guard(parts: GuardParts, need: 'read' | 'change'): MiddlewareHandler {
  return async (context, next) => {
    const refusal = refuse(context, parts, need);
    if (refusal !== undefined) {
      return refusal;
    }
    await next();
    return undefined;
  };
}

function refuse(
  context: Context,
  { token, isExposed }: GuardParts,
  need: 'read' | 'change',
): Response | undefined {
  if (need === 'read' && !isExposed) {
    return undefined;
  }
  if (token === undefined) {
    return problem(context, 403, {
      code: 'TOKEN_NOT_CONFIGURED',
      detail: 'this needs a token and none is configured: set http.token and restart',
    });
  }
  const given = /^Bearer (.+)$/.exec(context.req.header('authorization') ?? '')?.[1] ?? '';
  return isSame(given, token)
    ? undefined
    : problem(context, 401, {
        code: 'TOKEN_WRONG',
        detail: 'send the header `Authorization: Bearer <http.token>`',
      });
}

/** In constant time whatever the lengths: both sides are hashed first. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

/** Whether an address is reachable from this machine only. `127.0.0.1.example.com` is somebody else's name. */
export function isLoopback(host: string): boolean {
  return /^(localhost|::1|127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/i.test(host);
}
