import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CallOptions, Cell, Connector } from '../../../src/connectors/connector.ts';
import { openDatabricks } from '../../../src/connectors/databricks/databricks-connector.ts';
import { openConfiguredDatabricks } from '../../../src/connectors/databricks/open-configured.ts';
import { databricksSettings } from '../../../src/connectors/databricks/settings.ts';
import {
  type DatabricksServer,
  PERSONAL_TOKEN,
  PRINCIPALS,
  startDatabricks,
  WORKLOAD_TOKEN,
} from '../../servers/databricks-server.ts';
import { addressOn, principal, targetOn } from './open-server.ts';

const options: CallOptions = { purpose: 'catalog' };

async function rowsOf(stream: ReturnType<Connector['stream']>) {
  const rows: (readonly Cell[])[] = [];
  for await (const chunk of stream) {
    rows.push(...chunk);
  }
  return rows;
}

describe('a Databricks warehouse', () => {
  let server: DatabricksServer;
  let opened: Connector[];

  beforeAll(async () => {
    server = await startDatabricks();
  });
  afterAll(() => server.close());
  beforeEach(() => {
    server.faults.clear();
    opened = [];
  });
  afterEach(async () => {
    await Promise.all(opened.map((connector) => connector.close()));
  });

  async function open(changes: Parameters<typeof targetOn>[1] = {}): Promise<Connector> {
    const connector = await openDatabricks(targetOn(server, changes));
    opened.push(connector);
    return connector;
  }

  describe('sign-in', () => {
    it('is an OAuth grant for each identity, and statements run as these', async () => {
      const connector = await open();

      expect(connector.users).toEqual(['goldsmith-reader', 'goldsmith-writer']);
      expect(server.grants).toEqual(['client_credentials', 'client_credentials']);
    });

    it('takes a personal token, and a workload’s own token exchanged, from files read anew', async () => {
      const before = server.grants.length;
      const folder = mkdtempSync(join(tmpdir(), 'goldsmith-test-'));
      const [tokenFile, subjectTokenFile, caFile] = ['token', 'subject', 'ca.pem'].map((name) =>
        join(folder, name),
      ) as [string, string, string];
      writeFileSync(tokenFile, `${PERSONAL_TOKEN}\n`);
      writeFileSync(subjectTokenFile, WORKLOAD_TOKEN);
      writeFileSync(caFile, server.cert);
      const settings = databricksSettings.parse({
        host: server.host,
        port: server.port,
        httpPath: '/sql/1.0/warehouses/abc',
        catalog: 'shop',
        caFile,
        reader: { signIn: 'token', tokenFile },
        writer: {
          signIn: 'federation',
          clientId: PRINCIPALS.writer.clientId,
          subjectTokenFile,
        },
      });

      const connector = await openConfiguredDatabricks({
        name: 'test',
        connections: 2,
        settings,
        readOnly: false,
      });
      opened.push(connector);

      expect(connector.users).toEqual(['goldsmith-reader', 'goldsmith-writer']);
      expect(server.grants.slice(before)).toEqual([
        'urn:ietf:params:oauth:grant-type:token-exchange',
      ]);
      rmSync(folder, { recursive: true, force: true });
    });

    it('to a server whose certificate nobody vouches for is refused', async () => {
      const address = addressOn(server, { kind: 'token', token: async () => PERSONAL_TOKEN });
      const { ca: _, ...workspace } = address.workspace;

      await expect(open({ reader: { ...address, workspace } })).rejects.toMatchObject({
        code: 'CONNECTOR_TLS_REFUSED',
        message: expect.stringContaining('warehouse.databricks.caFile'),
      });
    });

    it('is done again when a token has ended, and no statement is done twice', async () => {
      const connector = await open();
      await connector.execute('create or replace table sales.t (n int) using delta', {
        purpose: 'build',
      });
      server.expireTokens();

      await connector.execute('insert into sales.t values (1)', { purpose: 'build' });

      server.expireTokens();
      const { rows } = await connector.query('select * from sales.t', options);
      expect(rows).toEqual([[1]]);
    });
  });

  describe('transient faults', () => {
    it.each([429, 503])('of reading are tried again: HTTP %i', async (status) => {
      const connector = await open();
      server.faults.add({ call: 'ExecuteStatement', kind: { is: 'status', status }, times: 2 });

      const { rows } = await connector.query('select 1 as one', options);

      expect(rows).toEqual([[1]]);
    });

    it.each([429, 503])(
      'of a stream before its first rows are tried again: HTTP %i',
      async (status) => {
        const connector = await open();
        server.faults.add({ call: 'ExecuteStatement', kind: { is: 'status', status }, times: 2 });

        expect(await rowsOf(connector.stream('select 1 as one', options))).toEqual([[1]]);
      },
    );

    it('of reading end after three attempts, and are called by their names', async () => {
      const connector = await open();
      server.faults.add({
        call: 'ExecuteStatement',
        kind: { is: 'status', status: 429 },
        times: 9,
      });

      await expect(connector.query('select 1 as one', options)).rejects.toMatchObject({
        code: 'CONNECTOR_FULL',
        retryable: true,
        message: expect.stringContaining('HTTP 429'),
      });
    });

    it('of opening a session are tried again: a warehouse that starts', async () => {
      server.faults.add({ call: 'OpenSession', kind: { is: 'status', status: 503 }, times: 2 });

      await expect(open()).resolves.toBeDefined();
    });

    it('in the middle of a result are not taken for its end', async () => {
      const address = addressOn(server, principal('reader'));
      const workspace = { ...address.workspace, timeoutMs: 4_000 };
      const connector = await open({ reader: { ...address, workspace } });
      server.faults.add({ call: 'FetchResults', kind: { is: 'truncated' } });

      const { rows } = await connector.query('select * from range(10)', options);

      expect(rows.length).toBe(10);
    });

    it('that make the warehouse forget our sessions are survived', async () => {
      const connector = await open();
      server.forgetSessions();

      await connector.execute('create or replace table sales.once (n int) using delta', {
        purpose: 'build',
      });
      const { rows } = await connector.query('select * from sales.once', options);

      expect(rows).toEqual([]);
    });

    it('that only take long are waited for', async () => {
      const connector = await open();
      server.faults.add({ call: 'GetOperationStatus', kind: { is: 'slow', ms: 300 } });

      await expect(connector.query('select 1 as one', options)).resolves.toMatchObject({
        rows: [[1]],
      });
    });
  });

  describe('a lost answer', () => {
    const insert = 'insert into sales.t values (1)';

    async function openWithTable(): Promise<Connector> {
      const connector = await open();
      await connector.execute('create or replace table sales.t (n int) using delta', {
        purpose: 'build',
      });
      return connector;
    }
    async function kept(connector: Connector) {
      return (await connector.query('select * from sales.t', options)).rows;
    }

    it('to a statement that was done is found out, and it is not done twice', async () => {
      const connector = await openWithTable();
      server.faults.add({
        call: 'ExecuteStatement',
        matching: /insert into/,
        kind: { is: 'lost-response' },
      });

      await connector.execute(insert, { purpose: 'build' });

      expect(await kept(connector)).toEqual([[1]]);
    });

    it('to a statement that failed is found out, too', async () => {
      const connector = await openWithTable();
      server.faults.add({
        call: 'ExecuteStatement',
        matching: /nowhere/,
        kind: { is: 'lost-response' },
      });

      await expect(
        connector.execute('insert into sales.nowhere values (1)', { purpose: 'build' }),
      ).rejects.toMatchObject({ code: 'CONNECTOR_RELATION_MISSING' });
    });

    it('to a statement that never arrived is told as not known, and it is not sent again', async () => {
      const connector = await openWithTable();
      server.faults.add({
        call: 'ExecuteStatement',
        matching: /insert into/,
        kind: { is: 'reset' },
        times: 9,
      });

      await expect(connector.execute(insert, { purpose: 'build' })).rejects.toMatchObject({
        code: 'CONNECTOR_UNREACHABLE',
        message: expect.stringContaining('does not tell whether it was done'),
      });
      expect(await kept(connector)).toEqual([]);
    });
  });
});
