import { openBigquery } from '../../../src/connectors/bigquery/bigquery-connector.ts';
import * as jobs from '../../../src/connectors/bigquery/jobs-sql.ts';
import type { Connector } from '../../../src/connectors/connector.ts';
import { openDatabricks } from '../../../src/connectors/databricks/databricks-connector.ts';
import * as lakehouse from '../../../src/connectors/databricks/query-history-sql.ts';
import * as account from '../../../src/connectors/snowflake/history-sql.ts';
import type { LoopSubject } from '../../conformance/loop-world.ts';
import { BIGQUERY } from '../../connectors/bigquery/loop-subject.ts';
import { DATABRICKS } from '../../connectors/databricks/loop-subject.ts';
import { targetOn } from '../../connectors/databricks/open-server.ts';
import { SNOWFLAKE } from '../../connectors/snowflake/loop-subject.ts';
import { startBigquery } from '../../servers/bigquery-server.ts';
import { targetOf } from '../../servers/bigquery-target.ts';
import { startDatabricks } from '../../servers/databricks-server.ts';
import { snowflakeAccount } from '../../servers/snowflake-account.ts';
import { upperCased } from '../../servers/snowflake-sql.ts';
import { kindsOf, liveThrough } from './sent-statements.ts';

const HOURS = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 0, 1, 6) };
const IDS = ["it's", 'b'];

/** Everything Goldsmith sends to a warehouse of one kind, by dialect: its own servers tell what came. */
export const TEXTS: Readonly<Record<string, () => Promise<readonly string[]>>> = {
  async snowflake() {
    const server = await snowflakeAccount();
    const connector = await server.open();
    const people = (sql: string) => server.server.sql(upperCased(sql));
    const close = async () => server.server.stop();
    const worded = await textsOf(connector, { ...SNOWFLAKE, people, close });
    const span = { relation: 'SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY', ...HOURS };
    return [
      ...worded,
      ...server.server.statements.map(({ sql }) => sql),
      account.groupsSql(span, { most: 100 }),
      account.attributedSql(span, {
        most: 100,
        sessions: 'SNOWFLAKE.ACCOUNT_USAGE.SESSIONS',
        attribution: 'SNOWFLAKE.ACCOUNT_USAGE.QUERY_ATTRIBUTION_HISTORY',
      }),
      account.countsSql(span),
      account.textsSql(span, IDS),
      account.workSql(span),
      account.creditsSql(span),
    ];
  },
  async bigquery() {
    const server = await startBigquery();
    const connector = await openBigquery(targetOf(server));
    const people = (sql: string) => server.people(sql);
    const worded = await textsOf(connector, { ...BIGQUERY, people, close: () => server.stop() });
    const relation = '`shop`.`region-eu`.INFORMATION_SCHEMA.JOBS';
    const kinds = (['bytes', 'slots'] as const).flatMap((billing) =>
      [true, false].map((hashesTexts) => ({ relation, billing, hashesTexts })),
    );
    return [
      ...worded,
      ...server.jobs().map(({ query }) => query),
      ...kinds.flatMap((of) => [jobs.groupsSql(of, HOURS), jobs.countsSql(of, HOURS)]),
      ...kinds.slice(0, 1).map((of) => jobs.textsSql(of, { ...HOURS, ids: IDS })),
    ];
  },
  async databricks() {
    const server = await startDatabricks();
    const connector = await openDatabricks(targetOn(server));
    const people = (sql: string) => server.seed(sql);
    const worded = await textsOf(connector, { ...DATABRICKS, people, close: () => server.close() });
    const relation = 'system.query.history';
    return [
      ...worded,
      ...server.statements.map(({ text }) => text),
      lakehouse.groupsSql(relation, HOURS),
      lakehouse.countsSql(relation, HOURS),
      lakehouse.textsSql(relation, { ...HOURS, ids: IDS }),
    ];
  },
};

interface Server extends Omit<LoopSubject, 'open'> {
  people(sql: string): Promise<void>;
  close(): Promise<void>;
}

async function textsOf(connector: Connector, server: Server): Promise<readonly string[]> {
  await liveThrough({
    ...server,
    open: async () => ({
      connector,
      people: (sql) => server.people(sql),
      async close() {
        await connector.close();
        await server.close();
      },
    }),
  });
  return kindsOf(connector.wording);
}
