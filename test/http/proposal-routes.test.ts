import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/http/create-app.ts';
import type { ProposalAnswer, ProposalView } from '../../src/http/service.ts';
import { askedWorld } from '../scenarios/proposals/asked-world.ts';
import type { SmallWorld } from '../scenarios/small-world.ts';

const TOKEN = 'a-token-of-the-test';

describe('proposals over the local API', () => {
  let world: SmallWorld;
  let id = '';

  beforeAll(async () => {
    world = await askedWorld();
  });
  afterAll(() => world.close());

  const request = (path: string, init?: RequestInit) => {
    const { goldsmith } = world;
    const app = createApp({
      service: goldsmith,
      metrics: goldsmith.metrics,
      identity: 'this-warehouse',
      host: '127.0.0.1',
      token: TOKEN,
      onError: () => {},
      onSlack: (slack) => goldsmith.interact(slack),
    });
    return app.request(path, init);
  };

  function post(path: string, body: unknown, token = TOKEN) {
    return request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
  }

  it('are read by whoever may read, and answered with the token only', async () => {
    const listed = (await (await request('/v1/proposals')).json()) as {
      readonly value: readonly ProposalView[];
    };
    id = listed.value[0]?.id ?? '';

    expect(listed.value).toMatchObject([{ state: 'open', kind: 'build' }]);
    expect((await request(`/v1/proposals/${id}`)).status).toBe(200);
    expect((await post(`/v1/proposals/${id}/approve`, {}, 'another-token')).status).toBe(401);
    expect((await request('/v1/proposals/none')).status).toBe(409);
  });

  it('cannot be answered in the name of another channel', async () => {
    const forged = await post(`/v1/proposals/${id}/approve`, { by: 'slack:U1' });
    const word = { word: 'revenue', definition: '634bac98', by: 'slack:U1' };
    expect((await post('/v1/words/choose', word)).status).toBe(400);
    expect((await post('/v1/apply', { by: 'slack:U1' })).status).toBe(400);
    expect(forged.status).toBe(400);
    expect(await forged.json()).toMatchObject({
      detail: 'by: a name of letters, digits and . _ @ -',
    });

    const answer = await post(`/v1/proposals/${id}/snooze`, { by: 'ana', days: 3 });

    expect((await answer.json()) as ProposalAnswer).toMatchObject({
      ok: true,
      said: expect.stringContaining('snoozed until 2026-08-08'),
    });
    const shown = (await (await request(`/v1/proposals/${id}`)).json()) as {
      readonly value: ProposalView;
    };
    expect(shown.value).toMatchObject({ state: 'snoozed' });
    expect(shown.value.moves.at(-1)).toMatchObject({ to: 'snoozed', by: 'cli:ana' });
  });

  it('are not answered with another meaning than they have', async () => {
    const answer = await post(`/v1/proposals/${id}/approve`, { by: 'ana', meaning: '000000' });

    expect(await answer.json()).toMatchObject({
      ok: false,
      said: 'Take over and build gold.daily_sales was reworded since cli:ana saw it: look at it again',
    });
  });

  it('take a no with a reason of the list', async () => {
    expect((await post(`/v1/proposals/${id}/decline`, { reason: 'because' })).status).toBe(400);

    const answer = await post(`/v1/proposals/${id}/decline`, {
      reason: 'later',
      words: 'in autumn',
    });

    expect(await answer.json()).toMatchObject({ ok: true, state: 'declined' });
    const back = await post('/v1/reconsider', { relation: 'gold.daily_sales' });
    expect(await back.json()).toMatchObject({
      text: 'every no to gold.daily_sales is taken back: the next cycle may ask again',
    });
  });

  it('are not for Slack where no Slack app is configured', async () => {
    const answer = await request('/slack/interactions', { method: 'POST', body: 'payload=%7B%7D' });

    expect(answer.status).toBe(404);
  });
});
