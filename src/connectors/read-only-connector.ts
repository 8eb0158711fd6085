import type { Connector, Session } from './connector.ts';
import { ConnectorError } from './connector-error.ts';
import { streamInTransaction } from './stream-in-transaction.ts';

/**
 * The same warehouse, for a mode that must not write (`observe`): `execute` and writing transactions are refused here,
 * and whatever else is asked runs in a read-only transaction, so that the warehouse itself refuses a write in disguise.
 */
export function readOnlyConnector(connector: Connector): Connector {
  const { name } = connector;

  function refuse(what: string): ConnectorError {
    const addition = `${what} was refused: this connector only observes`;
    return new ConnectorError('CONNECTOR_READ_ONLY', name, { addition });
  }
  function readOnlySession(session: Session): Session {
    return {
      wording: session.wording,
      query: (sql, options) => session.query(sql, options),
      stream: (sql, options) => session.stream(sql, options),
      execute: async (_sql, { purpose }) => Promise.reject(refuse(`a statement to ${purpose}`)),
    };
  }
  return {
    name,
    dialect: connector.dialect,
    wording: connector.wording,
    ...(connector.users === undefined ? {} : { users: connector.users }),
    ...(connector.diagnose === undefined ? {} : { diagnose: connector.diagnose.bind(connector) }),
    ...(connector.readPrices === undefined
      ? {}
      : { readPrices: connector.readPrices.bind(connector) }),
    ...(connector.dryRun === undefined ? {} : { dryRun: connector.dryRun.bind(connector) }),
    capabilities: { ...connector.capabilities, canWrite: false },
    query: (sql, options) =>
      connector.transaction((session) => session.query(sql, options), {
        ...options,
        readOnly: true,
      }),
    stream: (sql, options) =>
      streamInTransaction(connector, { sql, options: { ...options, readOnly: true } }),
    execute: async (_sql, { purpose }) => Promise.reject(refuse(`a statement to ${purpose}`)),
    readCatalog: (options) => connector.readCatalog(options),
    async transaction(work, options) {
      if (!options.readOnly) {
        throw refuse(`a writing transaction to ${options.purpose}`);
      }
      return connector.transaction((session) => work(readOnlySession(session)), options);
    },
    close: () => connector.close(),
  };
}
