import type { Context } from 'hono';
import type { z } from 'zod';
import { problem } from './problem.ts';

/** Answers a request whose JSON body fits the schema; any other is told in a sentence what does not. */
export function withBody<Body>(
  schema: z.ZodType<Body>,
  answer: (body: Body, path: { readonly id: string }) => Promise<unknown>,
) {
  return async (context: Context) => {
    const text = await context.req.text();
    const body = schema.safeParse(readJson(text));
    if (!body.success) {
      const [issue] = body.error.issues;
      const where =
        issue === undefined || issue.path.length === 0 ? 'the body' : issue.path.join('.');
      return problem(context, 400, {
        code: 'BAD_REQUEST',
        detail: `${where}: ${issue?.message ?? 'not valid JSON'}`,
      });
    }
    const id = context.req.param('id') ?? '';
    return context.json((await answer(body.data, { id })) as object);
  };
}

/** `undefined` for what is not JSON: the schema then refuses it with a sentence. */
function readJson(text: string): unknown {
  try {
    return text.trim() === '' ? {} : JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}
