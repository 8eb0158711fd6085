import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import type { SlackRequest } from '../propose/slack/signature.ts';
import { guard, isLoopback } from './guard.ts';
import { problem, problemOf } from './problem.ts';
import { addProposalRoutes, spokenBy } from './proposal-routes.ts';
import type { GoldsmithService } from './service.ts';
import { withBody } from './with-body.ts';

export interface AppParts {
  readonly service: GoldsmithService;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
  /** Whose daemon this is: a verb asks the one of its own warehouse only. */
  readonly identity: string;
  readonly host: string;
  readonly token: string | undefined;
  readonly onError: (error: unknown) => void;
  /** What people press in Slack; it is signed, and needs neither the token nor a loopback name. */
  readonly onSlack?: (request: SlackRequest) => { readonly status: 200 | 400 | 401 | 404 };
}

/** Clients are remembered by name: nobody fills the state with long ones. */
const name = z.string().max(256).optional();
const routeBody = z.strictObject({
  sql: z.string().min(1),
  client: name,
  role: name,
  user: name,
  database: name,
  schema: name,
});
const applyBody = z.strictObject({ digest: z.string().optional(), by: spokenBy });
const chooseBody = z.strictObject({
  word: z.string().min(1).max(256),
  definition: z.string().min(1).max(64),
  by: spokenBy,
});
const rollbackBody = z.strictObject({ relation: z.string().min(1) });
const restoreBody = z.strictObject({
  relation: z.string().min(1),
  attribute: z.string().min(1),
});

/** The local API from its parts; opens no port. Statement texts are at most 1 MiB. */
export function createApp(appParts: AppParts): Hono {
  const { service, metrics, identity, host, token, onError, onSlack } = appParts;
  const app = new Hono();
  const parts = { token, isExposed: !isLoopback(host) };
  const read = guard(parts, 'read');
  const change = guard(parts, 'change');

  app.onError((error, context) => {
    onError(error);
    return problemOf(context, error);
  });
  app.notFound((context) =>
    problem(context, 404, {
      code: 'NOT_FOUND',
      detail: `no ${context.req.method} ${context.req.path} here`,
    }),
  );
  app.use(
    bodyLimit({
      maxSize: 1024 * 1024,
      onError: (context) =>
        problem(context, 413, { code: 'TOO_LARGE', detail: 'a request holds at most 1 MiB' }),
    }),
  );
  app.post('/slack/interactions', async (context) => {
    const { status } = onSlack?.({
      rawBody: await context.req.text(),
      signature: context.req.header('x-slack-signature'),
      timestamp: context.req.header('x-slack-request-timestamp'),
    }) ?? { status: 404 };
    return status === 200
      ? context.body(null, 200)
      : problem(context, status, {
          code: 'NOT_SLACK',
          detail: 'this is for signed requests of Slack',
        });
  });
  app.use(fromThisMachineOnly(host));

  app.get('/healthz', (context) => context.json({ ok: true, goldsmith: identity }));
  app.get('/readyz', async (context) => {
    const status = await service.status();
    return context.json(status, status.ready ? 200 : 503);
  });
  app.get('/metrics', async (context) =>
    context.body(await metrics.text(), 200, { 'content-type': metrics.contentType }),
  );

  app.get('/v1/status', read, async (context) => context.json(await service.status()));
  app.get('/v1/explain', read, async (context) =>
    context.json(await service.explain(context.req.query('relation'))),
  );
  app.get('/v1/attributes', read, async (context) =>
    context.json(await service.attributes(context.req.query('relation') ?? '')),
  );
  app.get('/v1/lineage', read, async (context) => {
    const direction = z
      .enum(['up', 'down', 'both'])
      .safeParse(context.req.query('direction') ?? 'both');
    return direction.success
      ? context.json(await service.lineage(context.req.query('of') ?? '', direction.data))
      : problem(context, 400, { code: 'BAD_REQUEST', detail: 'direction is up, down or both' });
  });
  app.get('/v1/words', read, async (context) =>
    context.json(await service.words(context.req.query('word'))),
  );
  app.post(
    '/v1/words/choose',
    change,
    withBody(chooseBody, (choice) => service.chooseWord(choice)),
  );
  app.get('/v1/drift', read, async (context) => context.json(await service.drift()));
  app.get('/v1/receipts', read, async (context) => context.json(await service.receipts()));
  app.get('/v1/doctor', read, async (context) => {
    const dryRunStatements = context.req.query('dryRunStatements') === 'true';
    return context.json(await service.doctor({ dryRunStatements }));
  });
  app.get('/v1/graph', read, async (context) => {
    const format = z.enum(['text', 'json', 'dot']).safeParse(context.req.query('format') ?? 'json');
    return format.success
      ? context.json(await service.graph(format.data))
      : problem(context, 400, { code: 'BAD_REQUEST', detail: 'format is text, json or dot' });
  });
  app.post(
    '/v1/route',
    read,
    withBody(routeBody, (request) => service.route(request)),
  );
  app.post('/v1/plan', change, async (context) => context.json(await service.plan()));
  app.post('/v1/once', change, async (context) => context.json(await service.once()));
  app.post(
    '/v1/apply',
    change,
    withBody(applyBody, ({ digest, by }) => service.apply(digest, { by })),
  );
  app.post(
    '/v1/rollback',
    change,
    withBody(rollbackBody, ({ relation }) => service.rollback(relation)),
  );
  app.post(
    '/v1/restore',
    change,
    withBody(restoreBody, ({ relation, attribute }) => service.restore(relation, attribute)),
  );
  addProposalRoutes(app, { service, read, change });
  return app;
}

/** A page in somebody's browser must not reach a loopback API: not under another name (DNS rebinding), not from another site. */
function fromThisMachineOnly(host: string) {
  return async (context: Context, next: () => Promise<void>) => {
    const names = [context.req.header('host'), context.req.header('origin')].map((name = '') =>
      name
        .replace(/^\w+:\/\//, '')
        .replace(/:\d+$/, '')
        .replaceAll(/[[\]]/g, ''),
    );
    if (isLoopback(host) && names.some((name) => name !== '' && !isLoopback(name))) {
      return problem(context, 403, {
        code: 'FOREIGN_HOST',
        detail: 'this API answers on loopback names only',
      });
    }
    await next();
    return undefined;
  };
}
