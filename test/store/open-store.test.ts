import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/open-store.ts';
import { temporaryState } from './temporary-state.ts';

describe('openStore', () => {
  it('makes the file, and finds what was put in it again', () => {
    using state = temporaryState();
    const first = openStore(state.path);
    first.documents.put('receipt', 'a', { net: 5n });
    first.close();

    const second = openStore(state.path);

    expect(second.documents.get('receipt', 'a')).toEqual({ net: '5' });
    second.close();
  });

  it('starts anew when the file was deleted', () => {
    using state = temporaryState();
    const first = openStore(state.path);
    first.documents.put('receipt', 'a', 1);
    first.close();
    rmSync(state.path);

    const second = openStore(state.path);

    expect(second.documents.list('receipt')).toEqual([]);
    expect(second.usage.positionOf('history')).toBeUndefined();
    second.close();
  });

  it('refuses a state of a newer version in one sentence and does not touch it', () => {
    using state = temporaryState();
    openStore(state.path).close();
    const newer = new DatabaseSync(state.path);
    newer.exec('pragma user_version = 99');
    newer.close();
    const before = readFileSync(state.path);

    expect(() => openStore(state.path)).toThrow(
      expect.objectContaining({
        code: 'STATE_FROM_NEWER_VERSION',
        message: expect.stringMatching(
          /newer Goldsmith \(state version 99, this one knows \d+\); start that version/,
        ),
      }),
    );
    expect(readFileSync(state.path)).toEqual(before);
  });

  it('refuses a file that is no database', () => {
    using state = temporaryState();
    writeFileSync(state.path, 'these are my notes, not a state file'.repeat(10));

    expect(() => openStore(state.path)).toThrow(
      expect.objectContaining({
        code: 'STATE_CORRUPT',
        message: expect.stringContaining('move it away and Goldsmith starts anew'),
      }),
    );
  });

  it("refuses another application's database and does not touch it", () => {
    using state = temporaryState();
    const other = new DatabaseSync(state.path);
    other.exec('create table notes (text text); pragma user_version = 1');
    other.close();
    const before = readFileSync(state.path);

    expect(() => openStore(state.path)).toThrow(
      expect.objectContaining({ code: 'STATE_NOT_OURS' }),
    );
    expect(readFileSync(state.path)).toEqual(before);
  });

  it('says that a damaged file is damaged', () => {
    using state = temporaryState();
    const store = openStore(state.path);
    for (let at = 0; at < 500; at += 1) {
      store.documents.put('plan', String(at), { text: 'x'.repeat(200) });
    }
    store.close();
    const bytes = readFileSync(state.path);
    bytes.fill(0xab, 4096, bytes.length - 4096);
    writeFileSync(state.path, bytes);

    expect(() => openStore(state.path)).toThrow(
      expect.objectContaining({
        code: 'STATE_CORRUPT',
        message: expect.stringMatching(/is damaged; restore it from a backup/),
      }),
    );
  });

  it('says that its folder is missing', () => {
    using state = temporaryState();

    expect(() => openStore(`${state.folder}/missing/state.db`)).toThrow(
      expect.objectContaining({ code: 'STATE_UNREACHABLE' }),
    );
  });

  it('says that the path is a folder', () => {
    using state = temporaryState();

    expect(() => openStore(state.folder)).toThrow(
      expect.objectContaining({ code: 'STATE_UNREACHABLE' }),
    );
  });

  it('undoes all parts of a transaction that fails', () => {
    const store = openStore(':memory:');

    expect(() =>
      store.transaction(() => {
        store.documents.put('plan', 'p', 1);
        store.routeAsks.record({
          client: 'app',
          role: '',
          fingerprint: 'f',
          day: '2026-03-10',
          outcome: 'rewritten',
        });
        throw new Error('stopped');
      }),
    ).toThrow('stopped');

    expect(store.documents.get('plan', 'p')).toBeUndefined();
    expect(store.routeAsks.clientsSince('2026-01-01')).toEqual([]);
  });
});
