import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { DuckDBInstance } from '@duckdb/node-api';
import type { Clock } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import { type NanoUsd, toDollars } from '../base/usd.ts';
import type { Config } from '../config/config.ts';
import type { Connector, Purpose } from '../connectors/connector.ts';
import { openHistory } from '../connectors/history/open-history.ts';
import type { HistoryRow, HistorySource } from '../connectors/history-row.ts';
import { openConnector } from '../connectors/open-connector.ts';
import type { PriceEntry } from '../cost/price-list.ts';
import { priceCpuMs } from '../cost/price-work.ts';
import { type Ledger, openLedger } from '../materializer/ledger.ts';
import { type Metrics, openMetrics } from '../metrics/registry.ts';
import type { Outbox } from '../notify/outbox.ts';
import { type Notifier, slackNotifier } from '../notify/slack.ts';
import { openSlackApp } from '../notify/slack-app.ts';
import { openParsers, type Parsers } from '../parsers/open-parsers.ts';
import type { ProposalChannel } from '../propose/channel.ts';
import { onlyRow, textCell } from '../prove/cells.ts';
import { meterCatalog, meterConnector, meterReadings, type OnCost } from '../prove/metered.ts';
import { dialectOf } from '../sql/dialects.ts';
import type { NameContext } from '../sql/schema.ts';
import { openStore, type Store } from '../store/open-store.ts';
import type { Interpreted } from '../usage/interpret-row.ts';
import { rowInterpreter } from '../usage/row-interpreter.ts';
import { goldUseReader, type ReadGoldUse } from './gold-use.ts';
import { keptOutbox } from './kept-outbox.ts';
import type { Logger } from './logger.ts';
import { type Memory, openMemory } from './memory.ts';
import { oneAtATime, type Turn } from './one-at-a-time.ts';
import { openPriceBook, type PriceBook } from './price-book.ts';
import { proposalChannels } from './proposals/proposal-channels.ts';
import { openRunningCost, type RunningCost, toldByMarts } from './running-cost.ts';

/** Everything one Goldsmith works with, opened once. */
export interface Engine {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly connector: Connector;
  readonly parsers: Parsers;
  readonly source: HistorySource;
  readonly store: Store;
  readonly memory: Memory;
  readonly ledger: Ledger;
  readonly notifier: Notifier | undefined;
  /** What people were not told yet; the same over restarts and changed webhooks. */
  readonly outbox: Outbox;
  /** Where proposals are shown, besides the command line. */
  readonly channels: readonly ProposalChannel[];
  /** Proposals are shown one showing after the other: two at once would each show what the other does. */
  readonly showing: Turn;
  readonly prices: PriceBook;
  /** What bare names mean to this connection. */
  readonly names: NameContext;
  /** Who holds the lease; the same over restarts of this state file. */
  readonly holder: string;
  readonly priceNow: () => PriceEntry;
  readonly priceCpu: (cpuMs: number) => NanoUsd;
  readonly readGoldUse: ReadGoldUse;
  readonly running: RunningCost;
  /** What our statements for one purpose cost since this process began, in milliseconds of priced work. */
  readonly spentOn: (purpose: Purpose) => number;
  /** Keeps what it knows of texts from cycle to cycle. */
  readonly interpret: (row: HistoryRow) => Interpreted;
  /** Told before a mart's view goes back to its logical definition, or at once when somebody else's change stopped it. */
  readonly onWithdraw?: (mart: RelationId) => void;
  readonly close: () => Promise<void>;
}

export interface EngineParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  /** Embedded: the application's own DuckDB; it stays the application's to close. */
  readonly instance?: DuckDBInstance | undefined;
  /** Told what the warehouse is waited for. */
  readonly tell?: ((words: string) => void) | undefined;
}

/** Opens everything, or nothing: what was opened is closed again when a later part refuses. */
export async function openEngine({
  config,
  clock,
  log,
  instance,
  tell,
}: EngineParts): Promise<Engine> {
  const metrics = openMetrics();
  const opened: (() => Promise<void> | void)[] = [];
  const closeAll = async () => {
    for (const close of opened.splice(0).toReversed()) {
      await close();
    }
  };
  try {
    const store = openStore(config.state.path);
    opened.push(() => store.close());
    const plain = await openConnector({
      settings: config.warehouse,
      instance,
      readOnly: config.mode === 'observe',
      tell: (words) => {
        log.info({ warehouse: config.warehouse.name }, words);
        tell?.(words);
      },
    });
    opened.push(() => plain.close());
    const memory = openMemory(store.documents);
    const running = openRunningCost(toldByMarts(memory.work.list()));
    const spent = new Map<Purpose, number>();
    const onCost: OnCost = (purpose, { cpuMs }) => {
      running.spend(cpuMs);
      spent.set(purpose, (spent.get(purpose) ?? 0) + cpuMs);
      metrics.add('goldsmith_own_cpu_seconds_total', { purpose }, cpuMs / 1000);
      metrics.add('goldsmith_own_cost_usd_total', { purpose }, toDollars(priceCpu(cpuMs)));
    };
    const prices = openPriceBook({
      file: config.prices.file,
      connector: { dialect: plain.dialect, ...meterReadings(plain, onCost) },
      clock,
      documents: store.documents,
    });
    const priceNow = prices.now;
    const priceCpu = (cpuMs: number) => priceCpuMs(cpuMs, priceNow());
    const connector = meterCatalog(meterConnector(plain, onCost), onCost);
    // One thread reads a cycle's few new texts in no time, and its libraries stand in memory once. Loading them takes as long as reading
    // hundreds of texts, so it outlives the pauses of those who ask `route`.
    const parsers = openParsers({ workers: 1, idleMs: 60_000 });
    opened.push(() => parsers.close());
    const outbox = keptOutbox(store.documents);
    const source = await openHistory({ settings: config.history, connector });
    const ledger = openLedger(connector, { schema: config.marts.ledgerSchema });
    const names = await namesOf(connector);
    return {
      config,
      clock,
      log,
      metrics,
      connector,
      parsers,
      source,
      store,
      memory,
      running,
      spentOn: (purpose) => spent.get(purpose) ?? 0,
      ledger,
      notifier: notifierOf(config, { clock, outbox }),
      outbox,
      channels: proposalChannels({ config, clock, log, connector, ledger, names, parsers }),
      showing: oneAtATime(),
      prices,
      names,
      holder: `${hostname()}:${resolve(config.state.path)}`,
      priceNow,
      priceCpu,
      readGoldUse: goldUseReader(),
      interpret: rowInterpreter({
        dialect: dialectOf(connector.dialect),
        readerRules: config.readers.rules,
        naming: { goldSchema: config.marts.goldSchema, dataSchema: config.marts.dataSchema },
      }),
      close: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** Where notices go by these settings: to the webhook, else to the channel of the Slack app, else nowhere. */
export function notifierOf(
  { notify, propose, warehouse }: Config,
  parts: Pick<Engine, 'clock' | 'outbox'>,
): Notifier | undefined {
  const { slackWebhookUrl: webhookUrl, digestAbove, messagesPerHour } = notify;
  const common = { from: warehouse.name, digestAbove, messagesPerHour, ...parts };
  if (webhookUrl !== undefined) {
    return slackNotifier({ webhookUrl, ...common });
  }
  return propose.slack === undefined
    ? undefined
    : slackNotifier({ webhook: openSlackApp(propose.slack, parts), ...common });
}

async function namesOf(connector: Connector): Promise<NameContext> {
  const { bareNames = 'select current_database(), current_schema()' } = connector.wording.objects;
  const result = await connector.query(bareNames, { purpose: 'catalog' });
  const [database, schema] = onlyRow(result).map((cell) => textCell(cell));
  return { database, schema };
}
