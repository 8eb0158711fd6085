import type { Hono, MiddlewareHandler } from 'hono';
import { z } from 'zod';
import type { ProposalService } from './service.ts';
import { withBody } from './with-body.ts';

/** Whoever speaks here holds the token of the API; the name is what he calls himself. */
export const spokenBy = z
  .string()
  .regex(/^[\w.@-]{1,64}$/, 'a name of letters, digits and . _ @ -')
  .default('api')
  .transform((name) => `cli:${name}`);
const meaning = z
  .string()
  .regex(/^[0-9a-f]{6,64}$/, 'at least six digits of the meaning')
  .optional();
const said = z.strictObject({ by: spokenBy, meaning });
const declined = z.strictObject({
  by: spokenBy,
  meaning,
  reason: z
    .enum(['not-worth-it', 'wrong-grain', 'sensitive', 'someone-elses', 'later', 'other'])
    .default('other'),
  words: z.string().max(500).optional(),
});
const snoozed = z.strictObject({ by: spokenBy, meaning, days: z.int().min(1).max(365).optional() });
const reconsidered = z.strictObject({ by: spokenBy, relation: z.string().min(1) });

/** Proposals: looking needs no more than other reading does, a word needs the token. */
export function addProposalRoutes(
  app: Hono,
  {
    service,
    read,
    change,
  }: {
    readonly service: ProposalService;
    readonly read: MiddlewareHandler;
    readonly change: MiddlewareHandler;
  },
): void {
  app.get('/v1/proposals', read, async (context) => context.json(await service.proposals()));
  app.get('/v1/proposals/:id', read, async (context) =>
    context.json(await service.proposal(context.req.param('id'))),
  );
  app.post(
    '/v1/proposals/:id/approve',
    change,
    withBody(said, (body, { id }) => service.approve(id, body)),
  );
  app.post(
    '/v1/proposals/:id/decline',
    change,
    withBody(declined, (body, { id }) => service.decline(id, body)),
  );
  app.post(
    '/v1/proposals/:id/snooze',
    change,
    withBody(snoozed, (body, { id }) => service.snooze(id, body)),
  );
  app.post(
    '/v1/proposals/:id/undo',
    change,
    withBody(said, (body, { id }) => service.undo(id, body)),
  );
  app.post(
    '/v1/reconsider',
    change,
    withBody(reconsidered, ({ relation, ...who }) => service.reconsider(relation, who)),
  );
}
