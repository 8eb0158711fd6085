import { renameSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/http/create-app.ts';
import { METRICS } from '../../src/metrics/metric-table.ts';
import { BY_REGION, SmallWorld } from '../scenarios/small-world.ts';

const TOKEN = 'a-token-of-the-test';
const BEARER = { authorization: `Bearer ${TOKEN}` };

describe('the local API', () => {
  let world: SmallWorld;
  const faults: unknown[] = [];

  beforeAll(async () => {
    world = await SmallWorld.open();
    await world.start();
  });
  afterAll(() => world.close());

  function app(parts: { readonly host?: string; readonly token?: string | undefined } = {}) {
    const { goldsmith } = world;
    return createApp({
      service: goldsmith,
      metrics: goldsmith.metrics,
      identity: 'this-warehouse',
      host: '127.0.0.1',
      token: TOKEN,
      onError: (error) => faults.push(error),
      ...parts,
    });
  }

  function post(body: unknown, headers: Readonly<Record<string, string>> = {}): RequestInit {
    return {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    };
  }

  it('is healthy and ready once it has looked at the warehouse, and tells when a cycle has finished', async () => {
    expect((await app().request('/healthz')).status).toBe(200);
    const before = await app().request('/readyz');
    expect(before.status).toBe(200);
    expect(await before.json()).not.toHaveProperty('lastCycleAt');

    await world.cycle(0);

    const after = await app().request('/readyz');
    expect(after.status).toBe(200);
    expect(await after.json()).toMatchObject({
      ready: true,
      mode: 'auto',
      lastCycleAt: '2026-08-03T03:00:00.000Z',
    });
  });

  it('is not ready after a cycle that failed, says why, and is again after the next one', async () => {
    renameSync(world.historyPath, `${world.historyPath}.away`);
    await expect(world.cycle(1)).rejects.toThrow('history.jsonl');
    const failed = await app().request('/readyz');
    expect(failed.status).toBe(503);
    expect(await failed.json()).toMatchObject({
      ready: false,
      because: expect.stringContaining('history.jsonl'),
    });
    expect((await app().request('/healthz')).status).toBe(200);

    renameSync(`${world.historyPath}.away`, world.historyPath);
    await world.cycle(1);

    expect((await app().request('/readyz')).status).toBe(200);
  });

  it('exports every metric of the table, each with help and type, and only bounded labels', async () => {
    const response = await app().request('/metrics');
    const text = await response.text();

    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    for (const { name, kind, help } of METRICS) {
      expect(text).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n`);
    }
    const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    for (const line of samples) {
      expect(line).toMatch(
        /^goldsmith_[a-z0-9_]+(\{([a-z_]+="[^"]*",?)*\})? [-+0-9.eE]+(NaN|Inf)?$/,
      );
    }
    expect(text).toContain('goldsmith_cycles_total{outcome="done"} 2\n');
    expect(text).toContain('goldsmith_cycles_total{outcome="failed"} 1\n');
  });

  it('answers route with base and the reasons', async () => {
    const response = await app().request('/v1/route', post({ sql: BY_REGION, client: 'test' }));

    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      answer: 'base',
      sql: BY_REGION,
      because: [{ code: 'NO_MART' }],
    });
  });

  it.for([
    '/v1/status',
    '/v1/explain',
    '/v1/explain?relation=gold.daily_sales',
    '/v1/receipts',
    '/v1/doctor',
    '/v1/graph',
    '/v1/graph?format=dot',
  ])('reads %s on loopback without a token', async (path) => {
    const response = await app({ token: undefined }).request(path);

    expect(response.status).toBe(200);
    expect(await response.json()).toBeTypeOf('object');
  });

  it.for(['/v1/plan', '/v1/once', '/v1/apply', '/v1/rollback'])(
    'changes nothing by POST %s without the right token',
    async (path) => {
      const body = { relation: 'gold.daily_sales' };
      const none = await app().request(path, post(body));
      expect(none.status).toBe(401);
      expect(await none.json()).toMatchObject({ code: 'TOKEN_WRONG' });

      const wrong = await app().request(path, post(body, { authorization: 'Bearer guessed' }));
      expect(wrong.status).toBe(401);

      const unset = await app({ token: undefined }).request(path, post(body, BEARER));
      expect(unset.status).toBe(403);
      expect(await unset.json()).toMatchObject({
        code: 'TOKEN_NOT_CONFIGURED',
        detail: expect.stringContaining('set http.token'),
      });
    },
  );

  it('plans, and applies nothing where there is nothing to do, with the token', async () => {
    const planned = await app().request('/v1/plan', post('', BEARER));
    expect(planned.status).toBe(200);
    const { digest } = (await planned.json()) as { digest: string };

    const applied = await app().request('/v1/apply', post({ digest }, BEARER));
    expect(await applied.json()).toMatchObject({ ok: true, digest, steps: [] });

    const other = await app().request('/v1/apply', post({ digest: 'feed' }, BEARER));
    expect(other.status).toBe(409);
    expect(other.headers.get('content-type')).toContain('application/problem+json');
    expect(await other.json()).toMatchObject({ code: 'PLAN_REPLACED', status: 409 });
  });

  it('gives a refusal its own code: rolling back what is no mart', async () => {
    const response = await app().request(
      '/v1/rollback',
      post({ relation: 'gold.nothing' }, BEARER),
    );

    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({
      code: 'NOT_A_MART',
      detail: expect.stringContaining('gold.nothing is not a mart'),
    });
  });

  it('wants the token for everything but health and metrics once it listens beyond loopback', async () => {
    const exposed = app({ host: '0.0.0.0' });
    for (const path of ['/healthz', '/metrics', '/readyz']) {
      expect((await exposed.request(path)).status).toBe(200);
    }
    for (const [path, init] of [
      ['/v1/status', {}],
      ['/v1/explain', {}],
      ['/v1/receipts', {}],
      ['/v1/route', post({ sql: BY_REGION })],
    ] as const) {
      expect((await exposed.request(path, init)).status).toBe(401);
    }
    const told = await exposed.request('/v1/route', post({ sql: BY_REGION }, BEARER));
    expect(told.status).toBe(200);
  });

  it.for([
    'evil.example',
    'evil.example:7311',
    '127.0.0.1.evil.example',
    '10.0.0.7',
    'localhost.evil.example',
  ])('does not answer under the foreign name %s on loopback', async (host) => {
    for (const path of ['/healthz', '/v1/explain', '/metrics']) {
      const response = await app().request(path, { headers: { host } });

      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ code: 'FOREIGN_HOST' });
    }
  });

  it('does not answer a page of another site that a browser shows on this machine', async () => {
    for (const origin of ['https://evil.example', 'null']) {
      const response = await app().request('/v1/route', post({ sql: 'select 1' }, { origin }));

      expect(response.status).toBe(403);
    }
    const own = await app().request('/v1/status', { headers: { origin: 'http://localhost:7311' } });
    expect(own.status).toBe(200);
  });

  it.for(['localhost:7311', '127.0.0.1:7311', '[::1]:7311', 'LOCALHOST'])(
    'answers under the loopback name %s',
    async (host) => {
      expect((await app().request('/healthz', { headers: { host } })).status).toBe(200);
    },
  );

  it.for([
    ['not JSON', '{"sql": ', 'the body'],
    ['no statement', {}, 'sql'],
    ['an empty statement', { sql: '' }, 'sql'],
    ['a number', { sql: 7 }, 'sql'],
    ['an unknown key', { sql: 'select 1', sqll: 'x' }, 'sqll'],
    ['a client longer than a name', { sql: 'select 1', client: 'x'.repeat(300) }, 'client'],
    ['a list', [], 'the body'],
  ] as const)('answers a body with %s by a problem that says where', async ([, body, where]) => {
    const response = await app().request('/v1/route', post(body));

    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    const problem = (await response.json()) as { code: string; detail: string };
    expect(problem.code).toBe('BAD_REQUEST');
    expect(problem.detail).toContain(where);
  });

  it('takes a statement of just under 1 MiB, and no larger body', async () => {
    const large = await app().request(
      '/v1/route',
      post({ sql: `select '${'x'.repeat(1024 * 1024)}'` }),
    );
    expect(large.status).toBe(413);
    expect(await large.json()).toMatchObject({ code: 'TOO_LARGE' });

    const fits = await app().request(
      '/v1/route',
      post({ sql: `select '${'x'.repeat(1000 * 1000)}'` }),
    );
    expect(fits.status).toBe(200);
  });

  it('says which paths it does not have, and which formats', async () => {
    const missing = await app().request('/v2/nothing');
    expect(missing.status).toBe(404);
    expect(await missing.json()).toMatchObject({
      code: 'NOT_FOUND',
      detail: 'no GET /v2/nothing here',
    });

    const format = await app().request('/v1/graph?format=png');
    expect(format.status).toBe(400);
  });

  it('told nobody of a fault, for there was none', () => {
    expect(faults.filter((fault) => !String(fault).includes('GoldsmithError'))).toEqual([]);
  });

  it('tells nothing of an unexpected fault but that it happened', async () => {
    const failing = createApp({
      service: {
        ...world.goldsmith,
        receipts: () => Promise.reject(new Error("secret 'literal'")),
      },
      metrics: world.goldsmith.metrics,
      identity: 'this-warehouse',
      host: '127.0.0.1',
      token: undefined,
      onError: () => {},
    });

    const response = await failing.request('/v1/receipts');

    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('literal');
  });
});
