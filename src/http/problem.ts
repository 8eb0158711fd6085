import type { Context } from 'hono';
import { GoldsmithError } from '../base/goldsmith-error.ts';

/** An error as an RFC 9457 problem document. */
export function problem(
  context: Context,
  status: 400 | 401 | 403 | 404 | 409 | 413 | 500 | 503,
  parts: { readonly code: string; readonly detail: string },
): Response {
  return context.json(
    { type: 'about:blank', status, code: parts.code, detail: parts.detail },
    status,
    {
      'content-type': 'application/problem+json',
    },
  );
}

/** Our own errors keep their code and sentence; any other fault tells nothing but that it happened. */
export function problemOf(context: Context, error: unknown): Response {
  if (error instanceof GoldsmithError) {
    return problem(context, error.retryable ? 503 : 409, {
      code: error.code,
      detail: error.message,
    });
  }
  return problem(context, 500, {
    code: 'INTERNAL',
    detail: 'an unexpected fault; the log has it under the same time',
  });
}
