import { type RelationId, relationId } from '../../../src/base/relation.ts';
import type { Contract } from '../../../src/connectors/bigquery/contract.ts';
import { diagnoseBigquery } from '../../../src/connectors/bigquery/diagnose.ts';
import type { CallOptions, Connector, QueryResult } from '../../../src/connectors/connector.ts';
import { readDatabricksPrices } from '../../../src/connectors/databricks/account-prices.ts';
import { readRefreshBills as databricksBills } from '../../../src/connectors/databricks/refresh-bills.ts';
import { billedSql, upSql, usedSql } from '../../../src/connectors/databricks/warehouse-use-sql.ts';
import type { HistorySource } from '../../../src/connectors/history-row.ts';
import { readSnowflakePrices } from '../../../src/connectors/snowflake/account-prices.ts';
import { readRefreshBills as snowflakeBills } from '../../../src/connectors/snowflake/refresh-bills.ts';
import { cancelSql, RUNNING_SQL } from '../../../src/connectors/snowflake/running-sql.ts';
import { historyKinds } from '../../../src/materializer/dry-run-reading.ts';

const HOURS = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 0, 1, 6) };
const VERSIONS: readonly RelationId[] = ["daily's", 'hourly'].map((name) =>
  relationId({ schema: 'gold_data', name }),
);

type Ask = (sql: string) => Promise<QueryResult>;

/** Prices, bills of refreshes, running statements. */
export async function snowflakeAsks(): Promise<readonly string[]> {
  return [
    RUNNING_SQL,
    cancelSql("an id's"),
    ...(await heard(async (ask) => {
      await readSnowflakePrices({ role: 'READER', ask });
      await snowflakeBills(VERSIONS, { ...HOURS, ask });
    })),
  ];
}

/** Prices, bills of refreshes and of the warehouses. */
export async function databricksAsks(): Promise<readonly string[]> {
  return [
    billedSql(HOURS),
    usedSql('system.query.history', HOURS),
    upSql(HOURS),
    ...(await heard(async (ask) => {
      await readDatabricksPrices({ user: 'reader', httpPath: '/sql/1.0/w1', ask, now: HOURS.to });
      await databricksBills({ name: 'test', versions: VERSIONS, ...HOURS, ask, askOwner: ask });
    })),
  ];
}

/** What the doctor asks by dry runs, of which a server keeps no job. */
export async function bigqueryLooks(
  contract: Contract,
  history: string,
): Promise<readonly string[]> {
  return heard(async (ask) => {
    const asking = {
      query: ask,
      check: ask,
      rowPolicies: async () => [],
      lentTo: async () => [],
      running: async () => [],
    };
    const users = ['reader', 'writer'].map((name) => `${name}@shop.example`);
    const region = { project: 'shop', location: 'EU' };
    const adoptable = [relationId({ schema: 'gold', name: 'peoples' })];
    const schemas = ['gold', 'gold_data', 'goldsmith'];
    await diagnoseBigquery(
      { reader: asking, writer: asking, users, region, contract, now: () => HOURS.to },
      { needs: { schemas, adoptable, writes: true, history }, options: { purpose: 'catalog' } },
    );
  }, 'view');
}

/** Every question of a history, as the doctor tries it. */
export async function historyAsks(
  connector: Connector,
  history: (connector: Connector) => Promise<HistorySource>,
): Promise<readonly string[]> {
  return heard(async (ask) => {
    for (const { run } of await historyKinds(connector, history)) {
      await run({
        wording: connector.wording,
        query: ask,
        execute: async (sql: string) => (await ask(sql)).cost,
        async *stream(sql: string, _options: CallOptions) {
          yield (await ask(sql)).rows;
        },
      }).catch(ignoreOddAnswers);
    }
  });
}

/** Answers with one row, so that what is asked after it is asked too. */
async function heard(
  work: (ask: Ask) => Promise<unknown>,
  first = 'pipelines.pipelineId',
): Promise<readonly string[]> {
  const texts: string[] = [];
  const cost = { durationMs: 0, cpuMs: 0, rowsReturned: 1 };
  await work(async (sql) => {
    texts.push(sql);
    return { columns: [], rows: [[first, '1', '1']], cost };
  });
  return texts;
}

function ignoreOddAnswers(): void {
  // What is made of such an answer is no matter here: the statement was heard.
}
