import { z } from 'zod';
import type { Engine } from './engine.ts';
import { remember } from './keep-savings.ts';
import { toldByMarts } from './running-cost.ts';

const UNPAID = 'running-cost';
const unpaid = z.object({ cpuMs: z.number() });

/**
 * Debits what running Goldsmith cost beyond any mart's own work (the catalog, the lease, looking while no mart stood) to the marts
 * whose receipts are open, in equal shares. While there is none it waits in the state for the first.
 */
export function shareRunning(
  engine: Pick<Engine, 'memory' | 'store' | 'running' | 'clock' | 'priceCpu'>,
): void {
  const { memory, store, running } = engine;
  const rest = running.takeRest(toldByMarts(memory.work.list()));
  // Debited and paid at once: whoever is cut off between must not debit it again.
  store.documents.transaction(() => {
    const before = unpaid.safeParse(store.documents.get(UNPAID, 'unpaid')).data?.cpuMs ?? 0;
    const cpuMs = before + rest;
    const open = memory.carriedOut.list().filter(({ until }) => until === undefined);
    for (const { relation } of open) {
      remember(engine, { relation, kind: 'running', cpuMs: cpuMs / open.length });
    }
    store.documents.put(UNPAID, 'unpaid', { cpuMs: open.length === 0 ? cpuMs : 0 });
  });
}
