import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/base/clock.ts';
import type { RelationId } from '../../src/base/relation.ts';
import { recordMarts, recordSavings } from '../../src/daemon/record-mart-metrics.ts';
import type { MartDefinition } from '../../src/marts/mart.ts';
import type { Receipt } from '../../src/marts/receipt.ts';
import { openMetrics } from '../../src/metrics/registry.ts';
import { aMart } from '../builders/a-mart.ts';

const definition: MartDefinition = {
  relation: 'shop.gold.wide' as RelationId,
  origin: 'candidate',
  sql: 'select 1 as a, 2 as b, 3 as c',
  columns: ['a', 'b', 'c'].map((name) => ({ name, type: 'INTEGER' })),
  sources: [],
  obligations: [],
  maxStalenessMs: HOUR_MS,
};
const mart = aMart(definition);
const now = (mart.current?.verifiedFreshAt ?? 0) + HOUR_MS;

const receipt: Receipt = {
  decision: 'abc/gold.wide',
  relation: definition.relation,
  line: 'capacity',
  from: 0,
  until: 1,
  predicted: 4_000_000_000n,
  realizedGross: 5_000_000_000n,
  debits: 2_000_000_000n,
  net: 3_000_000_000n,
  method: 'hold-out',
  baseRuns: 10,
  martRuns: 10,
  matured: true,
  rolledBack: false,
};

describe('the metrics of marts', () => {
  it('tell the stage, age and size of each, and where its attributes stand', async () => {
    const metrics = openMetrics();
    const pruned = (['announced', 'hidden'] as const).map((stage, at) => ({
      name: ['b', 'c'][at] ?? '',
      stage,
      since: 0,
      because: 'nobody reads it',
    }));

    recordMarts(metrics, { marts: [{ ...mart, pruned }], now });

    const text = await metrics.text();
    for (const line of [
      'goldsmith_mart_state{mart="gold.wide",stage="physical"} 1',
      'goldsmith_mart_state{mart="gold.wide",stage="quarantined"} 0',
      'goldsmith_mart_attributes{mart="gold.wide",stage="kept"} 1',
      'goldsmith_mart_attributes{mart="gold.wide",stage="announced"} 1',
      'goldsmith_mart_attributes{mart="gold.wide",stage="hidden"} 1',
      'goldsmith_mart_attributes{mart="gold.wide",stage="tombstoned"} 0',
      'goldsmith_mart_staleness_seconds{mart="gold.wide"} 3600',
      'goldsmith_mart_bytes{mart="gold.wide"} 20000',
      'goldsmith_marts{stage="physical"} 1',
    ]) {
      expect(text).toContain(line);
    }
  });

  it('are gone with the mart', async () => {
    const metrics = openMetrics();
    recordMarts(metrics, { marts: [mart], now });
    recordSavings(metrics, [receipt]);

    recordMarts(metrics, { marts: [], now });
    recordSavings(metrics, []);

    expect(await metrics.text()).not.toContain('gold.wide');
  });
});

describe('the metrics of savings', () => {
  it('keep the lines apart: money by line, reader time in seconds, receipts by how far they may be relied on', async () => {
    const metrics = openMetrics();

    recordSavings(metrics, [
      receipt,
      { ...receipt, decision: 'def/gold.wide', net: -1_000_000_000n, matured: false },
      { ...receipt, line: 'time', net: 2500n, debits: 0n },
    ]);

    const text = await metrics.text();
    for (const line of [
      'goldsmith_saving_usd{line="capacity",stage="predicted"} 8',
      'goldsmith_saving_usd{line="capacity",stage="net"} 2',
      'goldsmith_saving_usd{line="cash",stage="net"} 0',
      'goldsmith_mart_net_usd{mart="gold.wide",line="capacity"} 2',
      'goldsmith_mart_debits_usd{mart="gold.wide",line="capacity"} 4',
      'goldsmith_saved_seconds 2.5',
      'goldsmith_receipts{state="matured"} 1',
      'goldsmith_receipts{state="young"} 1',
    ]) {
      expect(text).toContain(line);
    }
  });
});
