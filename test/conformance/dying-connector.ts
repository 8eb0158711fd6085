import type { CallOptions, Connector, Session } from '../../src/connectors/connector.ts';
import { ConnectorError } from '../../src/connectors/connector-error.ts';

export interface Death {
  /** After which write, counted from 1; the write itself is done. Or during the first that matches. */
  readonly after: number | RegExp;
  /** `killed`: nobody ever hears of it again. `lost`: its answer does not arrive, whoever sent it goes on. */
  readonly how: 'killed' | 'lost';
}

export interface Dying {
  readonly connector: Connector;
  /** Resolves once it happened. */
  readonly died: Promise<void>;
  /** Resolves once the warehouse is done with what was sent last. */
  readonly ended: Promise<void>;
  writes(): number;
}

/** The same warehouse, until a write of many: as it looks to the warehouse when a daemon is killed or a connection breaks. */
export function dyingConnector(connector: Connector, { after, how }: Death): Dying {
  let writes = 0;
  const death = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();

  async function counted<Result>(sql: string, run: () => Promise<Result>): Promise<Result> {
    if (after instanceof RegExp && after.test(sql)) {
      run().then(
        () => end.resolve(),
        () => end.resolve(),
      );
      death.resolve();
      return await new Promise<Result>(() => undefined);
    }
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
    ...(session.lentTo === undefined ? {} : { lentTo: session.lentTo.bind(session) }),
    execute: (sql: string, options: CallOptions) =>
      counted(sql, () => session.execute(sql, options)),
  });
  return {
    died: death.promise,
    ended: end.promise,
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
