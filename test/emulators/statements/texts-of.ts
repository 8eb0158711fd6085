import { openBigquery } from '../../../src/connectors/bigquery/bigquery-connector.ts';
import type { Connector } from '../../../src/connectors/connector.ts';
import { openDatabricks } from '../../../src/connectors/databricks/databricks-connector.ts';
import { openHistory } from '../../../src/connectors/history/open-history.ts';
import { historySettings } from '../../../src/connectors/settings.ts';
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
import { bigqueryLooks, databricksAsks, historyAsks, snowflakeAsks } from './asked-texts.ts';
import { besideAMaterializedView } from './beside-materialized.ts';
import { type Looks, looksOf } from './doctor-looks.ts';
import { kindsOf, liveThrough } from './sent-statements.ts';

const JOBS = '`shop`.`region-eu`.INFORMATION_SCHEMA.JOBS';
const SESSIONS = 'SNOWFLAKE.ACCOUNT_USAGE.SESSIONS';

/** Everything Goldsmith sends to a warehouse of one kind, by dialect: its own servers tell what came. */
export const TEXTS: Readonly<Record<string, () => Promise<readonly string[]>>> = {
  async snowflake() {
    const server = await snowflakeAccount();
    const connector = await server.open();
    const people = (sql: string) => server.server.sql(upperCased(sql));
    const close = async () => server.server.stop();
    await besideAMaterializedView(connector, people);
    const worded = await textsOf(connector, {
      subject: { ...SNOWFLAKE, people, close },
      histories: [
        { source: 'snowflake-history' },
        { source: 'snowflake-history', sessions: SESSIONS },
      ],
      looks: { history: 'SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY', sessions: SESSIONS },
    });
    const sent = server.server.statements.map(({ sql }) => sql);
    return [...worded, ...(await snowflakeAsks()), ...sent];
  },
  async bigquery() {
    const server = await startBigquery();
    const people = (sql: string) => server.people(sql);
    const paid = [
      { billing: 'bytes' },
      { billing: 'slots' },
      { billing: 'bytes', slotHours: { ENTERPRISE: 0.01, ENTERPRISE_PLUS: 0.02 } },
    ] as const;
    const asked: string[] = [];
    for (const contract of paid) {
      const connector = await openBigquery({ ...targetOf(server), ...contract });
      for (const hashesTexts of [true, false]) {
        const told = { source: 'bigquery-jobs', relation: JOBS, hashesTexts, readsKept: true };
        asked.push(...(await asksOf(connector, told)));
      }
      asked.push(...(await bigqueryLooks(contract, JOBS)));
      await connector.close();
    }
    const worded = await textsOf(await openBigquery(targetOf(server)), {
      subject: { ...BIGQUERY, people, close: () => server.stop() },
      histories: [{ source: 'bigquery-jobs', relation: JOBS }],
      looks: {},
    });
    return [...asked, ...worded, ...server.jobs().map(({ query }) => query)];
  },
  async databricks() {
    const server = await startDatabricks();
    const connector = await openDatabricks(targetOn(server));
    const people = (sql: string) => server.seed(sql);
    const worded = await textsOf(connector, {
      subject: { ...DATABRICKS, people, close: () => server.close() },
      histories: [{ source: 'databricks-history' }],
      looks: { history: 'system.query.history' },
    });
    return [...worded, ...(await databricksAsks()), ...server.statements.map(({ text }) => text)];
  },
};

/** One of each kind: moments and hashes differ from statement to statement. */
export function oneOfEach(texts: readonly string[]): readonly string[] {
  const alike = texts.map((sql) =>
    sql.replaceAll(/\d{6,}/g, '123456').replaceAll(/[0-9a-f]{12,}/g, 'abcdef'),
  );
  return [...new Set(alike)];
}

interface Server extends Omit<LoopSubject, 'open'> {
  people(sql: string): Promise<void>;
  close(): Promise<void>;
}

interface Worded {
  readonly subject: Server;
  /** Settings of each history that is asked. */
  readonly histories: readonly object[];
  readonly looks: Looks;
}

async function textsOf(
  connector: Connector,
  { subject, histories, looks }: Worded,
): Promise<readonly string[]> {
  const asked: string[] = [];
  for (const settings of histories) {
    asked.push(...(await asksOf(connector, settings)));
  }
  await looksOf(connector, { subject, looks });
  await liveThrough({
    ...subject,
    open: async () => ({
      connector,
      people: (sql) => subject.people(sql),
      async close() {
        await connector.close();
        await subject.close();
      },
    }),
  });
  return [...asked, ...(await kindsOf(connector.wording))];
}

function asksOf(connector: Connector, settings: object): Promise<readonly string[]> {
  return historyAsks(connector, (sending) =>
    openHistory({ settings: historySettings.parse(settings), connector: sending }),
  );
}
