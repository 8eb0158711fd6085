import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openDatabricks } from '../../../src/connectors/databricks/databricks-connector.ts';
import { workspaceAgent } from '../../../src/connectors/databricks/workspace-agent.ts';
import { type ConnectProxy, startConnectProxy } from '../../servers/connect-proxy.ts';
import { type DatabricksServer, startDatabricks } from '../../servers/databricks-server.ts';
import { addressOn, principal, targetOn } from './open-server.ts';

/** Nobody listens there: whoever gets an answer came by the proxy. */
const NO_PORT = 1;

describe('a warehouse behind a proxy', () => {
  let server: DatabricksServer;
  let proxy: ConnectProxy | undefined;

  beforeAll(async () => {
    server = await startDatabricks();
  });
  afterEach(async () => {
    await proxy?.close();
    proxy = undefined;
  });
  afterAll(() => server.close());

  function open(env: Readonly<Record<string, string>>) {
    const reader = addressOn(server, principal('reader'));
    const { workspace } = reader;
    const agent = workspaceAgent(workspace, env);
    const behind = { ...workspace, port: NO_PORT, agent };
    return openDatabricks(
      targetOn(server, { reader: { ...reader, workspace: behind }, writer: undefined }),
    );
  }

  it('is reached through it alone, to sign in and for statements, and its own certificate is asked for', async () => {
    proxy = await startConnectProxy(server.port);

    const connector = await open({ HTTPS_PROXY: proxy.url });
    const { rows } = await connector.query('select 7 as seven', { purpose: 'facts' });
    await connector.close();

    expect(rows).toEqual([[7]]);
    expect(new Set(proxy.asked)).toEqual(new Set([`localhost:${NO_PORT}`]));
  });

  it('is not where the proxy asks who we are: the sentence names what to check', async () => {
    proxy = await startConnectProxy(server.port, {
      status: 407,
      words: 'Proxy Authentication Required',
    });

    await expect(open({ https_proxy: proxy.url })).rejects.toMatchObject({
      code: 'CONNECTOR_UNREACHABLE',
      message: expect.stringMatching(/the proxy asks who we are; check HTTPS_PROXY/),
    });
  });

  it('is reached straight away where NO_PROXY names it, or nothing names a proxy', async () => {
    proxy = await startConnectProxy(server.port);

    await expect(open({ HTTPS_PROXY: proxy.url, NO_PROXY: 'localhost' })).rejects.toMatchObject({
      code: 'CONNECTOR_UNREACHABLE',
    });

    expect(proxy.asked).toEqual([]);
    expect(workspaceAgent({ timeoutMs: 1 }, {})).toBeUndefined();
  });
});
