import { z } from 'zod';
import { DAY_MS, HOUR_MS } from '../base/clock.ts';
import { ConnectorError } from '../connectors/connector-error.ts';
import { offerOf } from '../connectors/native-offer.ts';
import type { RefreshBill } from '../connectors/refresh-bill.ts';
import type { Mart } from '../marts/mart.ts';
import type { NativeKind } from '../marts/native-shape.ts';
import type { Engine } from './engine.ts';
import { remember } from './keep-savings.ts';

const KIND = 'refresh-bills';
const settled = z.object({ through: z.number() });

/** A bill is complete a day after the work. */
const BILLED_MS = DAY_MS;

/**
 * Debits what the warehouse bills apart for refreshing versions it keeps itself, once a day, when that day is billed. A bill that
 * cannot be had now is asked for again, with the days since.
 */
export async function debitRefreshes(
  engine: Pick<
    Engine,
    'connector' | 'store' | 'memory' | 'clock' | 'priceCpu' | 'priceNow' | 'running' | 'log'
  >,
  marts: readonly Mart[],
  signal?: AbortSignal,
): Promise<void> {
  const { connector, store, clock, priceNow, running, log } = engine;
  const isBilledApart = (kind: NativeKind | undefined) =>
    offerOf(connector.capabilities, kind)?.billedApart !== undefined;
  const kept = marts.flatMap(({ definition: { relation }, current, hidden }) =>
    [current, ...hidden.map(({ version }) => version)].flatMap((version) =>
      version !== undefined && isBilledApart(version.native?.kind)
        ? [{ mart: relation, version: version.table }]
        : [],
    ),
  );
  const to = Math.floor((clock.now() - BILLED_MS) / HOUR_MS) * HOUR_MS;
  const from = settled.safeParse(store.documents.get(KIND, connector.dialect)).data?.through;
  if (connector.readRefreshBills === undefined || kept.length === 0) {
    return;
  }
  if (from === undefined) {
    // Of before there was such a version nothing is billed.
    store.documents.put(KIND, connector.dialect, { through: to });
    return;
  }
  if (to - from < DAY_MS) {
    return;
  }
  try {
    const versions = kept.map(({ version }) => version);
    const options = { purpose: 'catalog', signal, from, to } as const;
    const bills = await connector.readRefreshBills(versions, options);
    const { usdPerCoreHour } = priceNow();
    store.documents.transaction(() => {
      for (const { mart, version } of kept) {
        const cpuMs = workOf(bills.get(version), usdPerCoreHour);
        // At a price of nothing nothing is debited.
        if (cpuMs > 0 && Number.isFinite(cpuMs)) {
          remember(engine, { relation: mart, kind: 'refresh', cpuMs });
          // No statement of ours spent it.
          running.spend(cpuMs);
        }
      }
      store.documents.put(KIND, connector.dialect, { through: to });
    });
  } catch (error) {
    if (!(error instanceof ConnectorError)) {
      throw error;
    }
    log.warn({ code: error.code, because: error.message }, 'the bill of refreshes cannot be read');
  }
}

function workOf(bill: RefreshBill | undefined, usdPerCoreHour: number): number {
  if (bill === undefined) {
    return 0;
  }
  return 'cpuMs' in bill ? bill.cpuMs : (bill.usd / usdPerCoreHour) * HOUR_MS;
}
