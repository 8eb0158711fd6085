import type { RelationId } from '../base/relation.ts';
import type {
  CallOptions,
  Connector,
  Purpose,
  Session,
  StatementCost,
  TransactionOptions,
} from '../connectors/connector.ts';

/** Told the cost of each statement of ours, and which relation it was about, so that every one stands on a receipt's debit side. */
export type OnCost = (purpose: Purpose, cost: StatementCost, about: RelationId | undefined) => void;

/**
 * The same session, telling what each statement cost, a stream when it ends or is left. Of a statement
 * that failed or was cancelled nobody measured thread time: the time it took stands for it, so that a build that runs into its
 * limit is not free. What does not say which relation it is about is about `about`.
 */
export function meterSession(session: Session, onCost: OnCost, about?: RelationId): Session {
  return {
    wording: session.wording,
    query: (sql: string, options: CallOptions) =>
      orItsTime(() => session.query(sql, options), {
        tell: (cost) => onCost(options.purpose, cost, options.about ?? about),
        costOf: ({ cost }) => cost,
      }),
    stream: (sql: string, options: CallOptions) =>
      session.stream(
        sql,
        alsoTelling(options, (cost) => {
          onCost(options.purpose, cost, options.about ?? about);
        }),
      ),
    ...(session.rowPolicies === undefined
      ? {}
      : { rowPolicies: session.rowPolicies.bind(session) }),
    ...(session.lentTo === undefined ? {} : { lentTo: session.lentTo.bind(session) }),
    execute: (sql: string, options: CallOptions) =>
      orItsTime(() => session.execute(sql, options), {
        tell: (cost) => onCost(options.purpose, cost, options.about ?? about),
        costOf: (cost) => cost,
      }),
  };
}

/** Meters lie over each other: whoever asked to be told before is told, too. */
function alsoTelling<Options extends CallOptions>(
  options: Options,
  tell: (cost: StatementCost) => void,
): Options {
  return {
    ...options,
    onCost(cost: StatementCost) {
      tell(cost);
      options.onCost?.(cost);
    },
  };
}

async function orItsTime<Result>(
  run: () => Promise<Result>,
  {
    tell,
    costOf,
  }: {
    readonly tell: (cost: StatementCost) => void;
    readonly costOf: (result: Result) => StatementCost;
  },
): Promise<Result> {
  const startedAt = performance.now();
  try {
    const result = await run();
    tell(costOf(result));
    return result;
  } catch (error) {
    const durationMs = performance.now() - startedAt;
    tell({ durationMs, cpuMs: durationMs, rowsReturned: 0 });
    throw error;
  }
}

/**
 * The same connector, with readings of the catalog told too: each statement where the connector measures them. Else nobody measures
 * their thread time: the time they took stands for it, or the process' thread time meanwhile where the engine works in the process
 * and that is less.
 */
export function meterCatalog(connector: Connector, onCost: OnCost): Connector {
  return {
    ...connector,
    readCatalog: (options: CallOptions) => {
      const startedAt = performance.now();
      const before = process.cpuUsage();
      const { purpose, about } = options;
      let isTold = false;
      const telling = alsoTelling(options, (cost) => {
        isTold = true;
        onCost(purpose, cost, about);
      });
      return orItsTime(() => connector.readCatalog(telling), {
        tell: (cost) => (isTold ? undefined : onCost(purpose, cost, about)),
        costOf: () => {
          const durationMs = performance.now() - startedAt;
          const { user, system } = process.cpuUsage(before);
          const processMs = connector.capabilities.inProcess ? (user + system) / 1000 : Infinity;
          return { durationMs, cpuMs: Math.min(durationMs, processMs), rowsReturned: 0 };
        },
      });
    },
  };
}

/** What a connector reads for itself, each statement told where it measures them. */
export function meterReadings(
  connector: Pick<Connector, 'readPrices' | 'readRefreshBills'>,
  onCost: OnCost,
): Pick<Connector, 'readPrices' | 'readRefreshBills'> {
  const telling = <Options extends CallOptions>(options: Options): Options =>
    alsoTelling(options, (cost) => onCost(options.purpose, cost, options.about));
  const prices = connector.readPrices?.bind(connector);
  const bills = connector.readRefreshBills?.bind(connector);
  return {
    ...(prices === undefined
      ? {}
      : { readPrices: (options: CallOptions) => prices(telling(options)) }),
    ...(bills === undefined
      ? {}
      : {
          readRefreshBills: (...[versions, options]: Parameters<typeof bills>) =>
            bills(versions, telling(options)),
        }),
  };
}

/** The same connector, metered in and out of transactions. */
export function meterConnector(connector: Connector, onCost: OnCost): Connector {
  return {
    ...meterSession(connector, onCost),
    name: connector.name,
    dialect: connector.dialect,
    capabilities: connector.capabilities,
    ...(connector.users === undefined ? {} : { users: connector.users }),
    ...(connector.diagnose === undefined ? {} : { diagnose: connector.diagnose.bind(connector) }),
    ...meterReadings(connector, onCost),
    ...(connector.dryRun === undefined ? {} : { dryRun: connector.dryRun.bind(connector) }),
    ...(connector.stopStatements === undefined
      ? {}
      : { stopStatements: connector.stopStatements.bind(connector) }),
    readCatalog: (options: CallOptions) => connector.readCatalog(options),
    transaction: <Result>(
      work: (session: Session) => Promise<Result>,
      options: TransactionOptions,
    ) =>
      connector.transaction(
        (session) => work(meterSession(session, onCost, options.about)),
        options,
      ),
    close: () => connector.close(),
  };
}
