import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/base/clock.ts';
import { ExportHistory } from '../../src/connectors/history/export-history.ts';
import type { HistoryRow, HistorySource } from '../../src/connectors/history-row.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { ReadShapes, UsageLog } from '../../src/usage/usage-ports.ts';
import { aHistoryFile, aRow, type HistoryFile, ingest, NOON, readSimply } from './a-history.ts';

const FILES = 24;
const ROWS_PER_FILE = 40;
const allDays = { fromDay: '2025-01-01', untilDay: '2026-12-31' };

/** A history in many files, each a batch of its own; every ninth id comes again later. Costs are no whole numbers. */
function aLongHistory(): HistoryFile & { folderSource(): HistorySource } {
  const file = aHistoryFile();
  for (let number = 0; number < FILES; number += 1) {
    const rows = Array.from({ length: ROWS_PER_FILE }, (_, row) =>
      someRow(number * ROWS_PER_FILE + row),
    );
    const path = join(file.folder, `part-${String(number).padStart(3, '0')}.jsonl`);
    writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  }
  return {
    ...file,
    folderSource: () =>
      new ExportHistory({ name: 'history', path: join(file.folder, 'part-*'), format: 'auto' }),
  };
}

function someRow(at: number): HistoryRow {
  return aRow(`id-${at % 9 === 0 ? Math.floor(at / 4) : at}`, {
    text: `select id from table_${Math.floor(at / 7)} where x = ${at}`,
    user: `user_${at % 3}`,
    endedAt: NOON - (at % 4) * DAY_MS,
    cpuMs: 0.1 + at / 7,
  });
}

/** Shapes that are ready only after so many turns of the event loop. */
function readLate(turnsOf: (call: number) => number): ReadShapes {
  const read = readSimply(['id', 'name']);
  let call = 0;
  return async (requests, signal) => {
    call += 1;
    for (let turn = turnsOf(call); turn > 0; turn -= 1) {
      await new Promise<void>((resolve) => {
        setImmediate(resolve);
      });
    }
    return read(requests, signal);
  };
}

function remembered(log: UsageLog) {
  const { facts, templates, skips } = log.read(allDays);
  return {
    facts,
    templates: templates.map(({ fingerprint, normalForm }) => ({ fingerprint, normalForm })),
    skips,
    columns: [...log.columnReads(allDays)],
    position: log.positionOf('history'),
  };
}

async function rememberedAfter(readShapes: ReadShapes, history = aLongHistory()) {
  using file = history;
  const store = openStore(':memory:');
  const outcome = await ingest(store.usage, {
    source: file.folderSource(),
    groupRows: 100,
    readShapes,
  });
  return { outcome, ...remembered(store.usage), position: undefined };
}

describe('groups that are kept while the history is read on', () => {
  it('hold the same, to the last digit, however late their texts are read', async () => {
    const atOnce = await rememberedAfter(readLate(() => 0));
    const late = await rememberedAfter(readLate(() => 60));
    const uneven = await rememberedAfter(readLate((call) => (call * 37) % 23));

    expect(atOnce.outcome).toMatchObject({ rows: FILES * ROWS_PER_FILE, newTemplates: 138 });
    expect(atOnce.outcome.duplicates).toBeGreaterThan(0);
    expect(late).toEqual(atOnce);
    expect(uneven).toEqual(atOnce);
  });

  it('read each text once, though others of it come before it is read', async () => {
    const simple = readSimply(['id']);

    await rememberedAfter(async (requests, signal) => {
      await new Promise<void>((resolve) => {
        setImmediate(resolve);
      });
      return simple(requests, signal);
    });

    const tables = simple.texts.map((text) => / from (\w+)/.exec(text)?.[1]);
    expect(tables.length).toBe(new Set(tables).size);
  });

  it('are not kept once the reading was cancelled, and come again in the next ingest', async () => {
    using file = aLongHistory();
    const store = openStore(':memory:');
    const cancel = new AbortController();
    const late = readLate(() => 5);
    let calls = 0;
    const cancelled = ingest(store.usage, {
      source: file.folderSource(),
      groupRows: 100,
      signal: cancel.signal,
      async readShapes(requests, signal) {
        calls += 1;
        if (calls === 5) {
          cancel.abort();
        }
        return late(requests, signal);
      },
    });

    await expect(cancelled).rejects.toThrow('aborted');
    const then = remembered(store.usage);
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
    expect(remembered(store.usage)).toEqual(then);
    await ingest(store.usage, { source: file.folderSource(), groupRows: 100 });
    const runs = store.usage.read(allDays).facts.reduce((sum, fact) => sum + fact.runs, 0);
    expect(runs).toBe((await rememberedAfter(readLate(() => 0))).outcome.counted);
  });

  it('fail the ingest when texts cannot be read', async () => {
    const failing: ReadShapes = async () => {
      throw new Error('parser stopped');
    };

    await expect(rememberedAfter(failing)).rejects.toThrow('parser stopped');
  });
});
