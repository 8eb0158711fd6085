import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../src/base/clock.ts';
import { relationId } from '../../../src/base/relation.ts';
import {
  changesOf,
  endedIncidents,
  keepIncidents,
  noteChanges,
  openIncidents,
} from '../../../src/daemon/drift/incident-book.ts';
import type { Incident } from '../../../src/drift/incidents/incident.ts';
import { openStore, type Store } from '../../../src/store/open-store.ts';

const ORDERS = relationId({ schema: 'silver', name: 'orders' });

describe('the book of incidents', () => {
  let store: Store;
  beforeEach(() => {
    store = openStore(':memory:');
  });
  afterEach(() => store.close());

  it('notes when a source changed, and takes a state that was not read to its end for no change', () => {
    const { documents } = store;
    const looks: readonly (readonly [rows: number, checksum: string])[] = [
      [10, 'a'],
      [10, 'a'],
      [12, ''],
      [12, 'b'],
      [12, ''],
      [12, 'c'],
    ];
    for (const [day, [rows, checksum]] of looks.entries()) {
      noteChanges(documents, { states: [{ relation: ORDERS, rows, checksum }], now: day * DAY_MS });
    }

    expect(changesOf(documents, ORDERS)).toEqual([2 * DAY_MS, 5 * DAY_MS]);
  });

  it('keeps what is open and, apart from it, what ended within 90 days', () => {
    const { documents } = store;
    const incident: Incident = {
      relation: relationId({ schema: 'gold', name: 'daily' }),
      kind: 'source-emptied',
      subject: ORDERS,
      source: ORDERS,
      because: 'silver.orders has no rows and had 10',
      expectedRows: 10,
      beganAt: 0,
      diagnosis: ['nobody had looked before'],
    };
    keepIncidents(documents, { open: [incident], ended: [], now: 0 });
    expect(openIncidents(documents)).toEqual([incident]);

    const over = { ...incident, endedAt: DAY_MS, ending: 'all is well again' };
    keepIncidents(documents, { open: [], ended: [over], now: DAY_MS });
    expect(openIncidents(documents)).toEqual([]);
    expect(endedIncidents(documents)).toEqual([over]);

    keepIncidents(documents, { open: [], ended: [], now: 92 * DAY_MS });
    expect(endedIncidents(documents)).toEqual([]);
  });
});
