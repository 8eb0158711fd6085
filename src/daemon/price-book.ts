import { type Clock, DAY_MS, type EpochMs } from '../base/clock.ts';
import type { Config } from '../config/config.ts';
import { loadPrices } from '../config/load-prices.ts';
import type { Connector } from '../connectors/connector.ts';
import { ConnectorError } from '../connectors/connector-error.ts';
import {
  type AccountPrices,
  type NoAccountPrices,
  withAccountPrices,
} from '../cost/account-prices.ts';
import { type PriceEntry, type PriceList, pricesAt } from '../cost/price-list.ts';

/** What work costs: by the operator's own list, else by the account where it tells, else by the list that ships. */
export interface PriceBook {
  readonly list: () => PriceList;
  readonly now: () => PriceEntry;
  /** Asks the account, at most once a day. A list of the operator's own is never overruled, and then nothing is asked. */
  readonly refresh: (signal?: AbortSignal) => Promise<void>;
  /** Why the account's prices are not used although its kind of warehouse has them; absent where they are, or nothing was asked. */
  readonly untold: () => NoAccountPrices | undefined;
}

/** Raises `CONFIG_PRICES` where the list cannot be read. */
export function openPriceBook({
  file,
  connector,
  clock,
}: {
  readonly file: Config['prices']['file'];
  readonly connector: Pick<Connector, 'dialect' | 'readPrices'>;
  readonly clock: Pick<Clock, 'now'>;
}): PriceBook {
  const listed = loadPrices(file);
  const warehouse = connector.dialect;
  let list = listed;
  let untold: NoAccountPrices | undefined;
  let askedAt: EpochMs = Number.NEGATIVE_INFINITY;
  return {
    list: () => list,
    now: () => pricesAt(list, { warehouse, at: clock.now() }),
    untold: () => untold,
    async refresh(signal) {
      const at = clock.now();
      if (file !== undefined || connector.readPrices === undefined || at - askedAt < DAY_MS) {
        return;
      }
      const told = await answerOf(connector.readPrices({ purpose: 'catalog', signal }));
      askedAt = at;
      untold = told.kind === 'untold' ? told : undefined;
      list = told.kind === 'told' ? withAccountPrices(listed, { told, warehouse, at }) : listed;
    },
  };
}

/** Prices that cannot be had now are no reason to do nothing: those of the list hold. */
async function answerOf(
  asked: Promise<AccountPrices | NoAccountPrices>,
): Promise<AccountPrices | NoAccountPrices> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ConnectorError) {
      return { kind: 'untold', because: error.message, remedy: [] };
    }
    throw error;
  }
}
