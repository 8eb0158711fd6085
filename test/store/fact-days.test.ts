import { describe, expect, it } from 'vitest';
import { DAY_MS, dayOf } from '../../src/base/clock.ts';
import type { RelationId } from '../../src/base/relation.ts';
import type { HistoryRow } from '../../src/connectors/history-row.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { UsageRows } from '../../src/usage/usage-ports.ts';
import { aHistoryFile, aRow, ingest, NOON, readSimply } from '../usage/a-history.ts';
import { temporaryState } from './temporary-state.ts';

const week = { fromDay: dayOf(NOON - 7 * DAY_MS), untilDay: dayOf(NOON + DAY_MS) };

function someRows(batch: string, changes: Partial<HistoryRow> = {}): readonly HistoryRow[] {
  return Array.from({ length: 60 }, (_, at) =>
    aRow(`${batch}-${at}`, {
      text: `select id from table_${at % 3} where x = ${at}`,
      user: `user_${at % 4}`,
      endedAt: NOON - (at % 10) * DAY_MS,
      cpuMs: at / 7,
      ...changes,
    }),
  );
}

/** What a process that has only just opened the file reads. */
function freshly(path: string, days = week): UsageRows {
  const store = openStore(path);
  const rows = store.usage.read(days);
  store.close();
  return rows;
}

describe('reading usage again', () => {
  it('gives what a fresh process reads, whatever was written in between', async () => {
    using state = temporaryState();
    using file = aHistoryFile(someRows('first'));
    const store = openStore(state.path);
    const source = file.source();
    await ingest(store.usage, { source });
    store.usage.read(week);

    const batches: readonly Partial<HistoryRow>[] = [
      { endedAt: NOON + DAY_MS },
      { endedAt: NOON - 3 * DAY_MS },
      { status: 'failed' },
      { text: 'select name from another_table', user: 'somebody new' },
      { user: 'user_1', client: 'a new client', endedAt: NOON },
    ];
    for (const [at, changes] of batches.entries()) {
      file.append(someRows(`batch-${at}`, changes));
      await ingest(store.usage, { source });
      expect(store.usage.read(week)).toEqual(freshly(state.path));
    }
    store.close();
  });

  it('gives the same objects for days nobody wrote to', async () => {
    using file = aHistoryFile(someRows('first'));
    const store = openStore(':memory:');
    const source = file.source();
    await ingest(store.usage, { source });
    const before = store.usage.read(week);

    file.append([
      aRow('late', { text: 'select id from table_1 where x = 0', user: 'eve', status: 'failed' }),
    ]);
    await ingest(store.usage, { source });
    const after = store.usage.read(week);

    const today = dayOf(NOON);
    const known = new Set(before.facts);
    expect(after.facts.filter(({ day }) => day < today).every((fact) => known.has(fact))).toBe(
      true,
    );
    expect(after.facts.length).toBe(before.facts.length + 1);
    expect(after.templates.every((template) => before.templates.includes(template))).toBe(true);
  });

  it('gives sample ids back to facts that lost them to later ones, when it looks at an earlier window', async () => {
    using state = temporaryState();
    using file = aHistoryFile(
      Array.from({ length: 40 }, (_, at) =>
        aRow(`id-${at}`, { endedAt: NOON - (at % 4) * DAY_MS, user: `user_${at}` }),
      ),
    );
    const store = openStore(state.path);
    await ingest(store.usage, { source: file.source() });
    store.usage.read(week);
    const earlier = { ...week, untilDay: dayOf(NOON - 2 * DAY_MS) };

    expect(store.usage.read(earlier)).toEqual(freshly(state.path, earlier));
    expect(store.usage.read(week)).toEqual(freshly(state.path));
    store.close();
  });

  it('notices what another process wrote', async () => {
    using state = temporaryState();
    using file = aHistoryFile(someRows('first'));
    const store = openStore(state.path);
    await ingest(store.usage, { source: file.source() });
    store.usage.read(week);

    const other = openStore(state.path);
    file.append(someRows('second', { user: 'from elsewhere' }));
    await ingest(other.usage, { source: file.source() });
    other.close();

    const { facts } = store.usage.read(week);
    expect(facts.some(({ reader }) => reader.name === 'from elsewhere')).toBe(true);
    expect(store.usage.read(week)).toEqual(freshly(state.path));
    store.close();
  });

  it('reads a template again whose shape was read again', async () => {
    using file = aHistoryFile([aRow('a', { text: 'select id from orders' })]);
    const store = openStore(':memory:');
    const source = file.source();
    await ingest(store.usage, { source });
    store.usage.read(week);

    await ingest(store.usage, {
      source,
      readShapes: readSimply(['order_id']),
      shapeKeys: { all: 'v2', of: () => 'v2' },
    });

    const [template] = store.usage.read(week).templates;
    expect(template?.shape.columns.map(({ column }) => column)).toEqual(
      readColumns(
        await readSimply(['order_id'])([{ fingerprint: 'x', text: 'select id from orders' }]),
      ),
    );
  });
});

function readColumns(
  shapes: Awaited<ReturnType<ReturnType<typeof readSimply>>>,
): readonly string[] {
  return [...shapes.values()].flatMap(({ columns }) => columns.map(({ column }) => column));
}

describe('the use of a mart', () => {
  it('is what names it and what route served from it or held back, over many days', async () => {
    using file = aHistoryFile([
      ...someRows('base'),
      aRow('served', { text: '/*served elsewhere*/ select id from mart', endedAt: NOON }),
    ]);
    const store = openStore(':memory:');
    await ingest(store.usage, { source: file.source() });
    const { facts, templates } = store.usage.read(week);
    const named = 'main.table_1' as RelationId;
    const served = 'gold.m' as RelationId;
    const naming = templates.filter(({ shape }) =>
      shape.relations.some(({ relation }) => relation === named),
    );
    const prints = new Set(naming.map(({ fingerprint }) => fingerprint));

    const use = store.usage.martUse([named, served], week);

    expect(naming).toHaveLength(1);
    expect(use.templates.map(({ fingerprint }) => fingerprint)).toEqual([...prints]);
    expect(use.facts).toEqual(
      facts
        .filter(({ fingerprint, servedBy }) => prints.has(fingerprint) || servedBy.kind !== 'base')
        .map((fact) => ({ ...fact, sampleIds: [] })),
    );
    expect(use.facts.some(({ servedBy }) => servedBy.kind === 'route')).toBe(true);
    expect(store.usage.martUse([], week)).toEqual({ facts: [], templates: [] });
  });
});
