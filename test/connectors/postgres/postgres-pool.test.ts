import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { openPostgres } from '../../../src/connectors/postgres/postgres-connector.ts';

/** As the protocol says: let in, and ready for a statement. */
const LET_IN = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);

it('waits no longer than for a connection on a server that lets it in and falls silent', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).once('data', () => socket.write(LET_IN));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  const opened = openPostgres({
    name: 'shop',
    reader: {
      host: '127.0.0.1',
      port,
      database: 'shop',
      user: 'goldsmith',
      tls: undefined,
      connectTimeoutMs: 200,
      searchPath: ['public'],
    },
    sleep: async () => undefined,
  });

  await expect(opened).rejects.toMatchObject({
    code: 'CONNECTOR_UNREACHABLE',
    message: expect.stringContaining(`127.0.0.1:${port} did not answer in time`),
  });
  await new Promise((resolve) => server.close(resolve));
}, 20_000);
