import { z } from 'zod';
import { type Clock, DAY_MS, type EpochMs, HOUR_MS } from '../base/clock.ts';
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
import type { DocumentStore } from '../store/document-store.ts';

/** What work costs: by the operator's own list, else by the account where it tells or told, else by the list that ships. */
export interface PriceBook {
  readonly list: () => PriceList;
  readonly now: () => PriceEntry;
  /**
   * Asks the account, once a day where it answers, each hour where it could not be asked. A list of the operator's own is never
   * overruled, and then nothing is asked.
   */
  readonly refresh: (signal?: AbortSignal) => Promise<void>;
  /** Why the account does not tell its prices now although its kind of warehouse has them; absent where it does, or nothing was asked. */
  readonly untold: () => UntoldPrices | undefined;
}

/** Whether those it told before hold on is in `because`. */
export interface UntoldPrices extends NoAccountPrices {
  /** The day of the prices in force, `YYYY-MM-DD`, where they are the account's own of before. Absent: those of the list hold. */
  readonly heldSince?: string | undefined;
}

export interface PriceBookParts {
  readonly file: Config['prices']['file'];
  readonly connector: Pick<Connector, 'dialect' | 'readPrices'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Where what the account told last outlives a restart. */
  readonly documents: Pick<DocumentStore, 'get' | 'put'>;
}

const KIND = 'account-prices';

const lastTold = z.object({
  at: z.number(),
  told: z.object({
    kind: z.literal('told'),
    from: z.string(),
    usdPerCoreHour: z.number().exactOptional(),
    usdPerGbMonth: z.number().exactOptional(),
    source: z.string(),
  }),
});

/** Raises `CONFIG_PRICES` where the list cannot be read. */
export function openPriceBook({ file, connector, clock, documents }: PriceBookParts): PriceBook {
  const listed = loadPrices(file);
  const warehouse = connector.dialect;
  const mayAsk = file === undefined && connector.readPrices !== undefined;
  const before = mayAsk ? lastTold.safeParse(documents.get(KIND, warehouse)).data : undefined;
  let last: { readonly at: EpochMs; readonly told: AccountPrices } | undefined = before;
  const listAt = (at: EpochMs) =>
    last === undefined ? listed : withAccountPrices(listed, { told: last.told, warehouse, at });
  let list = listAt(clock.now());
  let untold: UntoldPrices | undefined;
  let askAgainAt: EpochMs = Number.NEGATIVE_INFINITY;
  return {
    list: () => list,
    now: () => pricesAt(list, { warehouse, at: clock.now() }),
    untold: () => untold,
    async refresh(signal) {
      const at = clock.now();
      const asked =
        mayAsk && at >= askAgainAt
          ? connector.readPrices?.({ purpose: 'catalog', signal })
          : undefined;
      if (asked === undefined) {
        return;
      }
      const { answer, again } = await answerOf(asked);
      askAgainAt = at + again;
      if (answer.kind === 'told') {
        last = { at, told: answer };
        documents.put(KIND, warehouse, last);
      }
      untold = answer.kind === 'told' ? undefined : held(answer, last);
      list = listAt(at);
    },
  };
}

/** Prices that cannot be had now are no reason to do nothing: those that were told last hold, else those of the list. */
async function answerOf(
  asked: Promise<AccountPrices | NoAccountPrices>,
): Promise<{ readonly answer: AccountPrices | NoAccountPrices; readonly again: number }> {
  try {
    return { answer: await asked, again: DAY_MS };
  } catch (error) {
    if (error instanceof ConnectorError) {
      return { answer: { kind: 'untold', because: error.message, remedy: [] }, again: HOUR_MS };
    }
    throw error;
  }
}

function held(
  { because, remedy }: NoAccountPrices,
  last: { readonly at: EpochMs; readonly told: AccountPrices } | undefined,
): UntoldPrices {
  if (last === undefined) {
    return { kind: 'untold', because, remedy };
  }
  const day = new Date(last.at).toISOString().slice(0, 10);
  return {
    kind: 'untold',
    because: `${because}; what it told on ${day} holds until it tells again`,
    remedy,
    heldSince: day,
  };
}
