import { setTimeout } from 'node:timers/promises';
import type { DatabricksTarget } from '../../../src/connectors/databricks/databricks-connector.ts';
import type { DatabricksAddress } from '../../../src/connectors/databricks/session-pool.ts';
import type { Credentials } from '../../../src/connectors/databricks/sign-in.ts';
import { type DatabricksServer, PRINCIPALS } from '../../servers/databricks-server.ts';

/** The credentials of a service principal. */
export function principal(who: keyof typeof PRINCIPALS): Credentials {
  const { clientId, clientSecret } = PRINCIPALS[who];
  return { kind: 'oauth', clientId, secret: async () => clientSecret };
}

export function addressOn(server: DatabricksServer, credentials: Credentials): DatabricksAddress {
  const { host, port, cert } = server;
  return {
    workspace: { host, port, ca: [cert], timeoutMs: 10_000 },
    httpPath: '/sql/1.0/warehouses/abc',
    catalog: 'shop',
    schema: 'sales',
    credentials,
  };
}

export function targetOn(
  server: DatabricksServer,
  changes: Partial<DatabricksTarget> = {},
): DatabricksTarget {
  return {
    name: 'test',
    reader: addressOn(server, principal('reader')),
    writer: addressOn(server, principal('writer')),
    connections: 4,
    statementTimeoutMs: 3_600_000,
    // Waits are shortened: what is tested is that they end.
    sleep: async (ms, signal) => {
      await setTimeout(Math.min(ms, 20), undefined, signal === undefined ? {} : { signal });
    },
    ...changes,
  };
}
