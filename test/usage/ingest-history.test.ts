import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/base/clock.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { UsageFact } from '../../src/usage/template.ts';
import type { UsageLog } from '../../src/usage/usage-ports.ts';
import { aHistoryFile, aRow, ingest, NOON, readSimply } from './a-history.ts';

const allDays = { fromDay: '2025-01-01', untilDay: '2026-12-31' };

function factsOf(log: UsageLog): readonly Partial<UsageFact>[] {
  return log
    .read(allDays)
    .facts.map(({ day, reader, runs, cpuMs }) => ({ day, reader, runs, cpuMs }))
    .map(({ day, reader, runs, cpuMs }) => ({ day, reader: { ...reader }, runs, cpuMs }));
}

const ana = { kind: 'person', name: 'ana', tool: '' };

describe('ingestHistory', () => {
  it('adds runs up per template, day and asker, and keeps a few ids to fetch texts by', async () => {
    using file = aHistoryFile([
      aRow('a', { text: 'select id from orders where x = 1', cpuMs: 10 }),
      aRow('b', { text: 'select id from orders where x = 2', cpuMs: 20 }),
      aRow('c', { text: 'select id from orders where x = 3', user: 'bob' }),
    ]);
    const store = openStore(':memory:');

    const outcome = await ingest(store.usage, { source: file.source() });

    expect(outcome).toMatchObject({ rows: 3, counted: 3, duplicates: 0, newTemplates: 1 });
    const { facts, templates } = store.usage.read(allDays);
    expect(templates.map(({ normalForm }) => normalForm)).toEqual([
      'select id from orders where x = ?',
    ]);
    expect(facts[0]).toEqual({
      fingerprint: templates[0]?.fingerprint,
      day: '2026-03-10',
      reader: ana,
      client: '',
      role: '',
      servedBy: { kind: 'base' },
      runs: 2,
      costedRuns: 2,
      cpuMs: 30,
      cpuMsSquared: 500,
      durationMs: 24,
      rowsScanned: 0,
      bytesScanned: 0,
      failedRuns: 0,
      cachedRuns: 0,
      lastEndedAt: NOON,
      sampleIds: ['b', 'a'],
    });
    expect(facts[1]).toMatchObject({ reader: { name: 'bob' }, runs: 1 });
  });

  it('gives the shape back whole, its query unpacked when asked for', async () => {
    using file = aHistoryFile([aRow('a', { text: 'select id from orders' })]);
    const store = openStore(':memory:');

    await ingest(store.usage, { source: file.source() });

    const shape = store.usage.read(allDays).templates[0]?.shape;
    expect(shape?.query).toEqual({
      body: { kind: 'values', rows: [] },
      orderBy: [],
      outputs: ['id', 'name'],
    });
    expect(shape?.query).toBe(shape?.query);
    expect(structuredClone({ ...shape })).toMatchObject({
      level: 'full',
      columns: [{ column: 'id' }],
    });
  });

  it('counts an id once, within a run and across runs', async () => {
    using file = aHistoryFile([aRow('a'), aRow('a'), aRow('b')]);
    const store = openStore(':memory:');
    await ingest(store.usage, { source: file.source() });
    file.append([aRow('b', { endedAt: NOON - DAY_MS }), aRow('c')]);

    const outcome = await ingest(store.usage, { source: file.source() });

    expect(outcome).toMatchObject({ rows: 2, counted: 1, duplicates: 1 });
    expect(factsOf(store.usage)).toEqual([{ day: '2026-03-10', reader: ana, runs: 3, cpuMs: 30 }]);
  });

  it('changes nothing when the whole history is read again', async () => {
    using file = aHistoryFile([aRow('a'), aRow('b', { text: 'select 1' })]);
    const store = openStore(':memory:');
    await ingest(store.usage, { source: file.source() });
    const before = store.usage.read(allDays);
    store.usage.write('history', (writer) => {
      writer.setPosition('');
    });
    const rotated = aHistoryFile([aRow('a'), aRow('b', { text: 'select 1' })]);

    const outcome = await ingest(store.usage, { source: rotated.source() });
    rotated[Symbol.dispose]();

    expect(outcome).toMatchObject({ rows: 2, duplicates: 2, counted: 0, skipped: {} });
    expect(store.usage.read(allDays).facts).toEqual(before.facts);
    expect(store.usage.read(allDays).skips).toEqual(before.skips);
  });

  it('books a late row on its own day', async () => {
    using file = aHistoryFile([aRow('a')]);
    const store = openStore(':memory:');
    await ingest(store.usage, { source: file.source() });
    file.append([aRow('late', { endedAt: NOON - 3 * DAY_MS })]);

    await ingest(store.usage, { source: file.source() });

    expect(factsOf(store.usage).map(({ day, runs }) => ({ day, runs }))).toEqual([
      { day: '2026-03-07', runs: 1 },
      { day: '2026-03-10', runs: 1 },
    ]);
  });

  it('leaves out, and counts, what comes so late that its id may have been forgotten', async () => {
    using file = aHistoryFile([aRow('old', { endedAt: NOON - 90 * DAY_MS }), aRow('a')]);
    const store = openStore(':memory:');
    await ingest(store.usage, { source: file.source() });
    file.append([
      aRow('old', { endedAt: NOON - 90 * DAY_MS }),
      aRow('edge', { endedAt: NOON - 60 * DAY_MS }),
    ]);

    const outcome = await ingest(store.usage, { source: file.source() });

    expect(outcome).toMatchObject({ rows: 2, tooOld: 1, counted: 1 });
    expect(factsOf(store.usage).map(({ runs }) => runs)).toEqual([1, 1, 1]);
  });

  it('loses nothing and counts nothing twice when it is stopped in between', async () => {
    using file = aHistoryFile([aRow('a', { text: 'select id from a' })]);
    const store = openStore(':memory:');
    const failing = ingest(store.usage, {
      source: file.source(),
      readShapes: async () => {
        throw new Error('parser stopped');
      },
    });

    await expect(failing).rejects.toThrow('parser stopped');
    expect(store.usage.positionOf('history')).toBeUndefined();
    await ingest(store.usage, { source: file.source() });

    expect(factsOf(store.usage)).toEqual([{ day: '2026-03-10', reader: ana, runs: 1, cpuMs: 10 }]);
  });

  it('rolls a group back whole when the state fails in the middle of it', async () => {
    const store = openStore(':memory:');

    expect(() =>
      store.usage.write('history', (writer) => {
        writer.remember([{ mark: 'aa'.repeat(16), dayNumber: 20_000 }]);
        writer.setPosition('1');
        throw new Error('power cut');
      }),
    ).toThrow('power cut');

    expect(store.usage.positionOf('history')).toBeUndefined();
    store.usage.write('history', (writer) => {
      writer.remember([{ mark: 'aa'.repeat(16), dayNumber: 20_000 }]);
    });
  });

  it('counts failed, cancelled, cached and unknown outcomes, and costs only successes', async () => {
    using file = aHistoryFile([
      aRow('ok'),
      aRow('failed', { status: 'failed' }),
      aRow('cached', { cached: true }),
      aRow('unknown', { status: 'unknown' }),
    ]);
    const store = openStore(':memory:');

    const outcome = await ingest(store.usage, { source: file.source() });

    expect(outcome.skipped).toEqual({ 'failed-statements': 1 });
    expect(store.usage.read(allDays).facts).toMatchObject([
      { runs: 2, costedRuns: 1, cpuMs: 10, failedRuns: 1, cachedRuns: 1, sampleIds: ['ok'] },
    ]);
  });

  it('never makes a template of a statement that only failed', async () => {
    using file = aHistoryFile([aRow('failed', { status: 'failed' })]);
    const store = openStore(':memory:');

    await ingest(store.usage, { source: file.source() });

    expect(store.usage.read(allDays)).toMatchObject({ templates: [], facts: [] });
  });

  it('reads each template once, and again only when what its shape rests on moved', async () => {
    using file = aHistoryFile([aRow('a'), aRow('b')]);
    const store = openStore(':memory:');
    const readShapes = readSimply(['id', 'name']);
    await ingest(store.usage, { source: file.source(), readShapes });
    file.append([aRow('c')]);
    await ingest(store.usage, { source: file.source(), readShapes });

    expect(readShapes.texts).toHaveLength(1);
    const moved = { all: 'v2', of: () => 'v2' };
    const outcome = await ingest(store.usage, {
      source: file.source(),
      readShapes: readSimply(['id', 'name', 'added']),
      shapeKeys: moved,
    });

    expect(outcome).toMatchObject({ rows: 0, rereadTemplates: 1 });
    expect(
      store.usage.read(allDays).templates[0]?.shape.columns.map(({ column }) => column),
    ).toEqual(['id', 'name', 'added']);
    expect(await ingest(store.usage, { source: file.source(), shapeKeys: moved })).toMatchObject({
      rereadTemplates: 0,
    });
  });

  it('leaves a template alone whose shape still holds after the schema moved elsewhere', async () => {
    using file = aHistoryFile([aRow('a')]);
    const store = openStore(':memory:');
    await ingest(store.usage, { source: file.source() });

    const outcome = await ingest(store.usage, {
      source: file.source(),
      shapeKeys: { all: 'v2', of: () => 'v1' },
    });

    expect(outcome.rereadTemplates).toBe(0);
  });

  it('tells the same text apart where its names mean other relations', async () => {
    using file = aHistoryFile([
      aRow('a', { text: 'select id from orders', schema: 'north' }),
      aRow('b', { text: 'select id from orders', schema: 'south' }),
    ]);
    const store = openStore(':memory:');
    await ingest(store.usage, { source: file.source() });
    file.append([aRow('c', { text: 'select id from orders', schema: 'south' })]);

    await ingest(store.usage, { source: file.source() });

    const { templates, facts } = store.usage.read(allDays);
    const runs = templates.map(({ fingerprint, shape }) => ({
      relation: shape.relations[0]?.relation,
      runs: facts.find((fact) => fact.fingerprint === fingerprint)?.runs,
    }));
    expect(runs).toHaveLength(2);
    expect(runs).toEqual(
      expect.arrayContaining([
        { relation: 'north.orders', runs: 1 },
        { relation: 'south.orders', runs: 2 },
      ]),
    );
  });

  it('takes the same text for one template where its names mean the same', async () => {
    using file = aHistoryFile([
      aRow('a', { text: 'select id from orders', database: 'one' }),
      aRow('b', { text: 'select id from orders', database: 'two' }),
    ]);
    const store = openStore(':memory:');

    const outcome = await ingest(store.usage, { source: file.source() });

    expect(outcome.newTemplates).toBe(1);
    expect(factsOf(store.usage)).toMatchObject([{ runs: 2 }]);
  });

  it('books what route served on the statement that was asked, and takes no sample of it', async () => {
    using file = aHistoryFile([aRow('a', { text: 'select id from orders' })]);
    const store = openStore(':memory:');
    await ingest(store.usage, { source: file.source() });
    const asked = store.usage.read(allDays).templates[0]?.fingerprint ?? '';
    file.append([aRow('b', { text: `/*served ${asked}*/ select id from gold` })]);

    const outcome = await ingest(store.usage, { source: file.source() });

    expect(outcome.newTemplates).toBe(0);
    expect(store.usage.read(allDays).facts).toMatchObject([
      { fingerprint: asked, servedBy: { kind: 'base' }, sampleIds: ['a'] },
      { fingerprint: asked, servedBy: { kind: 'route', mart: 'gold.m' }, sampleIds: [] },
    ]);
  });

  it('counts bad rows, says where they stand, and loses nothing else', async () => {
    using file = aHistoryFile([aRow('a')]);
    file.appendText('{"id": "torn\n');
    file.append([aRow('b')]);
    const store = openStore(':memory:');

    const outcome = await ingest(store.usage, { source: file.source() });

    expect(outcome).toMatchObject({ rows: 2, badRows: 1 });
    expect(outcome.lastBadRows[0]?.where).toMatch(/:2$/);
    expect(store.usage.badRows('history').count).toBe(1);
    expect(store.usage.badRows('history').last[0]?.where).toMatch(/:2$/);
  });
});
