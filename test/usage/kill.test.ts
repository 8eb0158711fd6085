import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/base/clock.ts';
import { sha256 } from '../../src/base/digest.ts';
import type { HistoryRow } from '../../src/connectors/history-row.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { UsageLog, UsageRows } from '../../src/usage/usage-ports.ts';
import { temporaryState } from '../store/temporary-state.ts';
import { aHistoryFile, aRow, ingest, NOON } from './a-history.ts';

const ROWS = 24_000;

/** Costs are whole numbers, so that sums do not depend on the order of rows. */
function someRows(): readonly HistoryRow[] {
  return Array.from({ length: ROWS }, (_, at) =>
    aRow(`id-${at % (ROWS - 500)}`, {
      text: `select id from table_${at % 37} where x = ${at}`,
      user: `user_${at % 5}`,
      endedAt: NOON - (at % 9) * DAY_MS,
      cpuMs: at % 11,
    }),
  );
}

function remembered(log: UsageLog): Pick<UsageRows, 'facts' | 'skips'> & { columns: number } {
  const days = { fromDay: '2026-01-01', untilDay: '2026-12-31' };
  const { facts, skips } = log.read(days);
  const byText = facts
    .map((fact) => ({ ...fact, sampleIds: [] }))
    .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return { facts: byText, skips, columns: [...log.columnReads(days)].length };
}

async function rememberedOf(rows: readonly HistoryRow[]): Promise<ReturnType<typeof remembered>> {
  using file = aHistoryFile(rows);
  const store = openStore(':memory:');
  await ingest(store.usage, { source: file.source() });
  return remembered(store.usage);
}

describe('an ingest that is killed', () => {
  it('goes on where it stopped, and remembers the same as one that was not', async () => {
    using state = temporaryState();
    using file = aHistoryFile(someRows());

    const killed = spawnSync(
      process.execPath,
      [join(import.meta.dirname, 'killed-ingest.ts'), state.path, file.path, '1'],
      { encoding: 'utf8' },
    );
    const store = openStore(state.path);
    const kept = remembered(store.usage).facts.reduce((sum, { runs }) => sum + runs, 0);
    await ingest(store.usage, { source: file.source() });

    expect(killed.signal).toBe('SIGKILL');
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(ROWS - 500);
    expect(remembered(store.usage)).toEqual(await rememberedOf(someRows()));
    store.close();
  });
});

describe('an ingest', () => {
  it('remembers the same whatever the order in which rows come', async () => {
    const rows = someRows().slice(0, 2_000);
    const shuffled = rows.toSorted((a, b) => (sha256(a.id) < sha256(b.id) ? -1 : 1));

    expect(await rememberedOf(shuffled)).toEqual(await rememberedOf(rows));
  });
});
