import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/open-store.ts';

describe('document store', () => {
  it('replaces, lists in order of key, and removes', () => {
    const { documents } = openStore(':memory:');
    documents.put('plan', 'b', { steps: 2 });
    documents.put('plan', 'a', { steps: 1 });
    documents.put('plan', 'a', { steps: 3 });
    documents.put('receipt', 'a', 'other');

    expect(documents.list('plan')).toEqual([
      { key: 'a', value: { steps: 3 } },
      { key: 'b', value: { steps: 2 } },
    ]);
    expect(documents.remove('plan', 'a')).toBe(true);
    expect(documents.remove('plan', 'a')).toBe(false);
    expect(documents.get('plan', 'a')).toBeUndefined();
    expect(documents.get('receipt', 'a')).toBe('other');
  });
});

describe('route asks', () => {
  it('lists the clients that asked since a day, each once, lower case', () => {
    const { routeAsks } = openStore(':memory:');
    const ask = { role: '', fingerprint: 'f', outcome: 'refused' } as const;
    routeAsks.record({ ...ask, client: 'Notebook', day: '2026-03-10' });
    routeAsks.record({ ...ask, client: 'notebook', day: '2026-03-11' });
    routeAsks.record({ ...ask, client: 'app', day: '2026-03-09' });

    expect(routeAsks.clientsSince('2026-03-09')).toEqual(['app', 'notebook']);
    expect(routeAsks.clientsSince('2026-03-10')).toEqual(['notebook']);
  });
});
