import { dayNumberOf } from '../usage/decay.ts';
import type { RouteAsks } from '../usage/usage-ports.ts';
import type { Database } from './database.ts';

/** Counts per day: an application that asks before each statement adds to a row, not a row. */
export function openRouteAsks(database: Database): RouteAsks {
  const record = database.prepare(`
    insert into route_asks (day, client, role, fingerprint, outcome, asks) values (?, ?, ?, ?, ?, 1)
    on conflict do update set asks = asks + 1`);
  const clients = database.prepare(
    'select distinct client from route_asks where day >= ? order by client',
  );
  return {
    record({ client, role, fingerprint, day, outcome }) {
      record.run(dayNumberOf(day), client.toLowerCase(), role, fingerprint, outcome);
    },
    clientsSince: (day) => clients.all(dayNumberOf(day)).map(({ client }) => String(client)),
  };
}
