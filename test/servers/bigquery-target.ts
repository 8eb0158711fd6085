import type { BigqueryTarget } from '../../src/connectors/bigquery/bigquery-connector.ts';
import type { BigqueryServer } from './bigquery-server.ts';

/** How tests reach the server: a reader and a writer of their own, and no waiting between attempts. */
export function targetOf(server: BigqueryServer): BigqueryTarget {
  return {
    name: 'test',
    project: server.project,
    location: 'EU',
    apiEndpoint: server.endpoint,
    reader: { keyFile: server.keyFileOf('reader') },
    writer: { keyFile: server.keyFileOf('writer') },
    billing: 'bytes',
    maximumBytesBilled: 2 ** 40,
    statementTimeoutMs: 600_000,
    sleep: async (_ms, signal) => {
      signal?.throwIfAborted();
    },
  };
}
