import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBigquery } from '../../../src/connectors/bigquery/bigquery-connector.ts';
import type { CallOptions } from '../../../src/connectors/connector.ts';
import { type BigqueryServer, startBigquery } from '../../servers/bigquery-server.ts';
import { targetOf } from '../../servers/bigquery-target.ts';

const options: CallOptions = { purpose: 'catalog' };

let server: BigqueryServer;

beforeAll(async () => {
  server = await startBigquery();
});
afterAll(() => server.stop());

it('says that no dataset lies where it looks, where they do, and which setting says so', async () => {
  await expect(openBigquery({ ...targetOf(server), location: 'US' })).rejects.toMatchObject({
    code: 'CONNECTOR_DATABASE_MISSING',
    message:
      'test: the warehouse has no dataset of goldsmith-test in US, but in EU; set warehouse.bigquery.location',
  });
});

it('names the location as people write it, and opens where nothing is to be seen at all', async () => {
  await (await openBigquery({ ...targetOf(server), location: 'eu' })).close();
  server.carryGrants(
    ['reader', 'writer'].map(
      (who) => `gcloud --member=serviceAccount:${who}@x --role=roles/bigquery.jobUser`,
    ),
  );

  await (await openBigquery(targetOf(server))).close();
  server.carryGrants(undefined);
});

it.each(['reader', 'writer'])('says which line lets the %s run jobs', async (who) => {
  const other = who === 'reader' ? 'writer' : 'reader';
  server.carryGrants([`gcloud --member=serviceAccount:${other}@x --role=roles/bigquery.jobUser`]);

  await expect(openBigquery(targetOf(server))).rejects.toMatchObject({
    code: 'CONNECTOR_PERMISSION_DENIED',
    message: expect.stringContaining(
      `lets the ${who} (warehouse.bigquery.${who}) run no jobs in goldsmith-test; run: gcloud projects add-iam-policy-binding goldsmith-test --member=serviceAccount:<the ${who}> --role=roles/bigquery.jobUser`,
    ),
  });
  server.carryGrants(undefined);
});

it('lets streams wait for a free turn while their jobs run, and not while their rows are read', async () => {
  const connector = await openBigquery({ ...targetOf(server), connections: 1 });
  const held = server.hold(/'held'/);
  const rows = (text: string) =>
    connector.stream(`select n, ${text} from unnest(generate_array(1, 12000)) as n`, options);
  const first = rows("'held'")[Symbol.asyncIterator]();
  const waiting = first.next();
  await held.begun;
  const before = server.jobs().length;
  const second = rows("'second'")[Symbol.asyncIterator]();
  const answered = second.next();
  await new Promise((resolve) => setImmediate(resolve));

  expect(server.jobs().length).toBe(before);
  held.letGo();
  await Promise.all([waiting, answered]);
  // Both are read half: neither keeps the other, or a query, from going on.
  await connector.query('select 1', options);
  await Promise.all([first.return?.(undefined), second.return?.(undefined)]);
});

it('lets who waits for a free turn be called off, and run out of time, at once', async () => {
  const connector = await openBigquery({ ...targetOf(server), connections: 1 });
  const held = server.hold(/'held'/);
  const running = connector.query("select 'held'", options);
  await held.begun;
  const calledOff = new AbortController();
  const waiting = connector.query('select 1', { ...options, signal: calledOff.signal });
  const late = connector.query('select 1', { ...options, timeoutMs: 20 });

  calledOff.abort();

  await expect(waiting).rejects.toBe(calledOff.signal.reason);
  await expect(late).rejects.toMatchObject({ code: 'CONNECTOR_TIMEOUT' });
  held.letGo();
  await running;
  await connector.query('select 1', options);
});

it('sends nothing by the way: no telemetry, to no other host', async () => {
  const hosts = new Set<string>();
  const requested = (told: unknown) => {
    const { request } = told as { readonly request: ClientRequest };
    hosts.add(`${request.protocol}//${String(request.getHeader('host'))}`);
  };
  const fetched = (told: unknown) => {
    const { request } = told as { readonly request: { readonly origin: string } };
    hosts.add(request.origin);
  };
  const before = server.paths().length;
  subscribe('http.client.request.start', requested);
  subscribe('undici:request:create', fetched);

  const connector = await openBigquery(targetOf(server));
  await connector.query("select 9223372036854775807, 'x', date '2024-01-01'", options);
  await connector.close();
  unsubscribe('http.client.request.start', requested);
  unsubscribe('undici:request:create', fetched);

  const paths = server
    .paths()
    .slice(before)
    .map((path) => path.replace(/goldsmith_\w+_[\w-]+$/, '<job>'));
  expect([...hosts]).toEqual([server.endpoint]);
  expect([...new Set(paths)].toSorted()).toEqual([
    '/bigquery/v2/projects/goldsmith-test/datasets',
    '/bigquery/v2/projects/goldsmith-test/jobs',
    '/bigquery/v2/projects/goldsmith-test/jobs/<job>',
    '/bigquery/v2/projects/goldsmith-test/queries/<job>',
    '/v1/token',
  ]);
});
