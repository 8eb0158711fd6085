import type { CallOptions, Connector, Session } from '../../src/connectors/connector.ts';
import { ConnectorError } from '../../src/connectors/connector-error.ts';

export interface Death {
  /** After which write, counted from 1; the write itself is done. */
  readonly after: number;
  /** `killed`: nobody ever hears of it again. `lost`: its answer does not arrive, whoever sent it goes on. */
  readonly how: 'killed' | 'lost';
}

export interface Dying {
  readonly connector: Connector;
  /** Resolves once it happened. */
  readonly died: Promise<void>;
  writes(): number;
}

/** The same warehouse, until a write of many: as it looks to the warehouse when a daemon is killed or a connection breaks. */
export function dyingConnector(connector: Connector, { after, how }: Death): Dying {
  let writes = 0;
  const death = Promise.withResolvers<void>();

  async function counted<Result>(run: () => Promise<Result>): Promise<Result> {
    const result = await run();
    writes += 1;
    if (writes !== after) {
      return result;
    }
    death.resolve();
    if (how === 'lost') {
      throw new ConnectorError('CONNECTOR_UNREACHABLE', connector.name);
    }
    return await new Promise<Result>(() => undefined);
  }
  const dying = (session: Session): Session => ({
    wording: session.wording,
    query: (sql, options) => session.query(sql, options),
    stream: (sql, options) => session.stream(sql, options),
    ...(session.rowPolicies === undefined
      ? {}
      : { rowPolicies: session.rowPolicies.bind(session) }),
    execute: (sql: string, options: CallOptions) => counted(() => session.execute(sql, options)),
  });
  return {
    died: death.promise,
    writes: () => writes,
    connector: {
      ...dying(connector),
      name: connector.name,
      dialect: connector.dialect,
      capabilities: connector.capabilities,
      readCatalog: (options) => connector.readCatalog(options),
      transaction: (work, options) =>
        connector.transaction((session) => work(dying(session)), options),
      close: () => connector.close(),
    },
  };
}
