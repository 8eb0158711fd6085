import { z } from 'zod';
import { DAY_MS, HOUR_MS } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import { ConnectorError } from '../connectors/connector-error.ts';
import { offerOf } from '../connectors/native-offer.ts';
import type { RefreshBill } from '../connectors/refresh-bill.ts';
import type { Mart } from '../marts/mart.ts';
import type { NativeKind } from '../marts/native-shape.ts';
import type { Engine } from './engine.ts';
import { remember } from './keep-savings.ts';

const KIND = 'refresh-bills';
const relation = z.custom<RelationId>((value) => typeof value === 'string');
/** Versions that are there, or were in hours not billed yet, and when that was last seen. */
const settled = z.object({
  through: z.number(),
  versions: z
    .array(z.object({ mart: relation, version: relation, seenAt: z.number() }))
    .default([]),
});
type Settled = z.infer<typeof settled>;

/** A bill is complete a day after the work. */
const BILLED_MS = DAY_MS;

/**
 * Debits what the warehouse spent by itself on refreshing versions it keeps, once a day, when that day is billed. A bill that
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
  const isBilled = (kind: NativeKind | undefined) => {
    const offer = offerOf(connector.capabilities, kind);
    // What it refreshes by itself is no statement of ours.
    return offer?.billedApart !== undefined || offer?.leastLagMs !== undefined;
  };
  const now = clock.now();
  const there = marts.flatMap(({ definition: { relation }, current, hidden }) =>
    [current, ...hidden.map(({ version }) => version)].flatMap((version) =>
      version !== undefined && isBilled(version.native?.kind)
        ? [{ mart: relation, version: version.table, seenAt: now }]
        : [],
    ),
  );
  const to = Math.floor((now - BILLED_MS) / HOUR_MS) * HOUR_MS;
  const before = settled.safeParse(store.documents.get(KIND, connector.dialect)).data;
  const isThere = new Set<string>(there.map(({ version }) => version));
  const gone = (before?.versions ?? []).filter(({ version }) => !isThere.has(version));
  const kept = [...there, ...gone];
  const keep = (state: Settled) => store.documents.put(KIND, connector.dialect, state);
  if (connector.readRefreshBills === undefined || kept.length === 0) {
    return;
  }
  if (before === undefined) {
    // Of before there was such a version nothing is billed.
    keep({ through: to, versions: there });
    return;
  }
  const from = before.through;
  keep({ through: from, versions: kept });
  if (to - from < DAY_MS) {
    return;
  }
  try {
    const versions = kept.map(({ version }) => version);
    const options = { purpose: 'catalog', signal, from, to } as const;
    const bills = await connector.readRefreshBills(versions, options);
    const { usdPerCoreHour } = priceNow();
    store.documents.transaction(() => {
      for (const [mart, own] of Map.groupBy(kept, (each) => each.mart)) {
        const cpuMs = own.reduce(
          (sum, { version }) => sum + workOf(bills.get(version), usdPerCoreHour),
          0,
        );
        // At a price of nothing nothing is debited.
        if (cpuMs > 0 && Number.isFinite(cpuMs)) {
          // In the time it was spent: of a mart that was let go since it is the mart's all the same.
          const then = { ...engine, clock: { now: () => from } };
          remember(then, { relation: mart, kind: 'refresh', cpuMs });
          // No statement of ours spent it.
          running.spend(cpuMs);
        }
      }
      keep({ through: to, versions: [...there, ...gone.filter(({ seenAt }) => seenAt >= to)] });
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
