import type {
  CallOptions,
  Connector,
  Purpose,
  Session,
  StatementCost,
  TransactionOptions,
} from '../connectors/connector.ts';

/** Told the cost of each statement of ours, so that every one stands on a receipt's debit side. */
export type OnCost = (purpose: Purpose, cost: StatementCost) => void;

/** The same session, telling what each statement cost; streams are not told, for the engine does not tell us. */
export function meterSession(session: Session, onCost: OnCost): Session {
  return {
    async query(sql: string, options: CallOptions) {
      const result = await session.query(sql, options);
      onCost(options.purpose, result.cost);
      return result;
    },
    stream: (sql: string, options: CallOptions) => session.stream(sql, options),
    async execute(sql: string, options: CallOptions) {
      const cost = await session.execute(sql, options);
      onCost(options.purpose, cost);
      return cost;
    },
  };
}

/** The same connector, metered in and out of transactions. */
export function meterConnector(connector: Connector, onCost: OnCost): Connector {
  return {
    ...meterSession(connector, onCost),
    name: connector.name,
    dialect: connector.dialect,
    capabilities: connector.capabilities,
    readCatalog: (options: CallOptions) => connector.readCatalog(options),
    transaction: <Result>(
      work: (session: Session) => Promise<Result>,
      options: TransactionOptions,
    ) => connector.transaction((session) => work(meterSession(session, onCost)), options),
    close: () => connector.close(),
  };
}
