import diagnostics from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { startBigquery } from '../test/servers/bigquery-server.ts';
import { PRINCIPALS, startDatabricks } from '../test/servers/databricks-server.ts';
import { snowflakeAccount } from '../test/servers/snowflake-account.ts';
import {
  type CloudWarehouse,
  type DayToMake,
  daySql,
  HISTORY_OF,
  tablesSql,
} from './history-day-sql.ts';

export interface ServerToStart {
  readonly warehouse: CloudWarehouse;
  readonly day: DayToMake;
  readonly folder: string;
}

/** What the daemon is configured with. */
export interface StartedServer {
  readonly warehouse: object;
  readonly history: object;
  /** Schemas of Goldsmith's own, as the warehouse stores them. */
  readonly marts: object;
}

export interface ServerReport {
  /** Bytes over the wire, as this process sent and received them. */
  readonly sent: number;
  readonly received: number;
  readonly requests: number;
  readonly peakBytes: number;
  readonly cpuSeconds: number;
}

/** The server beside the daemon, in a process of its own: its memory and time are not the daemon's. */
const { warehouse, day, folder } = JSON.parse(process.argv[2] ?? '{}') as ServerToStart;
const sockets = new Set<Socket>();
let requests = 0;
diagnostics.subscribe('http.server.request.start', (message) => {
  requests += 1;
  sockets.add((message as { readonly socket: Socket }).socket);
});

const settings = await STARTERS()[warehouse]();
process.on('message', (asked) => {
  if (asked === 'stop') {
    process.exit(0);
  }
  const all = [...sockets];
  const { user, system } = process.cpuUsage();
  const report: ServerReport = {
    sent: all.reduce((sum, socket) => sum + socket.bytesWritten, 0),
    received: all.reduce((sum, socket) => sum + socket.bytesRead, 0),
    requests,
    peakBytes: process.resourceUsage().maxRSS * 1024,
    cpuSeconds: (user + system) / 1e6,
  };
  process.send?.(report);
});
process.send?.(settings);

function STARTERS(): Readonly<Record<CloudWarehouse, () => Promise<StartedServer>>> {
  const { relation, sql } = HISTORY_OF[warehouse];
  const statements = (database: string, stored: (name: string) => string) => [
    ...daySql(day),
    sql,
    ...tablesSql(database, stored),
  ];
  const lookbackDays = Math.ceil((day.hours + 3) / 24);
  const lower = { goldSchema: 'gold', dataSchema: 'gold_data', ledgerSchema: 'goldsmith' };
  return {
    async snowflake() {
      const account = await snowflakeAccount();
      for (const one of statements('"SHOP".', (name) => name.toUpperCase())) {
        await account.server.sql(one);
      }
      const { account: name, url, database, reader, writer } = account.settings();
      return {
        warehouse: {
          kind: 'snowflake',
          snowflake: { account: name, url, database, reader, writer },
        },
        history: { source: 'snowflake-history', relation, lookback: `${day.hours + 3}h` },
        marts: { goldSchema: 'GOLD', dataSchema: 'GOLD_DATA', ledgerSchema: 'GOLDSMITH' },
      };
    },
    async bigquery() {
      const server = await startBigquery();
      for (const one of statements('', (name) => name)) {
        await server.people(one);
      }
      return {
        warehouse: {
          kind: 'bigquery',
          bigquery: {
            project: server.project,
            location: 'EU',
            apiEndpoint: server.endpoint,
            reader: { keyFile: server.keyFileOf('reader') },
            writer: { keyFile: server.keyFileOf('writer') },
          },
        },
        history: { source: 'bigquery-jobs', relation, lookbackDays },
        marts: lower,
      };
    },
    async databricks() {
      const server = await startDatabricks();
      for (const one of statements('shop.', (name) => name)) {
        await server.seed(one);
      }
      const caFile = join(folder, 'ca.pem');
      writeFileSync(caFile, server.cert);
      const { host, port } = server;
      return {
        warehouse: {
          kind: 'databricks',
          databricks: {
            host,
            port,
            httpPath: '/sql/1.0/warehouses/abc',
            catalog: 'shop',
            caFile,
            reader: { signIn: 'oauth', ...PRINCIPALS.reader },
            writer: { signIn: 'oauth', ...PRINCIPALS.writer },
          },
        },
        history: { source: 'databricks-history', relation, lookbackDays },
        marts: lower,
      };
    },
  };
}
