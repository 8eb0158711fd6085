import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

export interface ConnectProxy {
  /** As HTTPS_PROXY writes it. */
  readonly url: string;
  /** Hosts and ports that tunnels were asked for, in order. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** A proxy whose tunnels all end at one port of this machine, whatever they were asked for; with a status, none is opened. */
export async function startConnectProxy(
  port: number,
  refusesWith?: { readonly status: number; readonly words: string },
): Promise<ConnectProxy> {
  const asked: string[] = [];
  const open = new Set<{ destroy(): void }>();
  const server = createServer();
  server.on('connect', (request, socket, head: Buffer) => {
    asked.push(request.url ?? '');
    open.add(socket);
    if (refusesWith !== undefined) {
      socket.end(`HTTP/1.1 ${refusesWith.status} ${refusesWith.words}\r\n\r\n`);
      return;
    }
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.write(head);
      socket.pipe(onward).pipe(socket);
    });
    open.add(onward);
    for (const end of [socket, onward]) {
      end.on('error', () => [socket, onward].forEach((each) => each.destroy()));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      for (const socket of open) {
        socket.destroy();
      }
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
