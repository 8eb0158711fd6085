import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import { factsDoubtedAt, recall } from '../../src/daemon/gather-input.ts';
import { openStore } from '../../src/store/open-store.ts';

describe('facts that were measured before', () => {
  let store: ReturnType<typeof openStore>;
  const HOUR = 3_600_000;
  const now = 100 * HOUR;
  const key = (name: string) =>
    ({ kind: 'unique-key', relation: relationId({ name }), columns: ['id'] }) as const;

  beforeAll(() => {
    store = openStore(':memory:');
    for (const [name, at] of [['early', now - 9 * HOUR] as const, ['late', now - HOUR] as const]) {
      store.documents.put('fact', name, { obligation: key(name), holds: true, at });
    }
  });
  afterAll(() => store.close());

  function recalled(refusals: Parameters<typeof factsDoubtedAt>[0]) {
    const doubtedAt = factsDoubtedAt(refusals);
    const { checked } = recall({ documents: store.documents, schemaDigest: '', now, doubtedAt });
    return [...checked.values()].map(({ obligation }) => obligation);
  }

  it('are taken as they are while no build found one that no longer holds', () => {
    expect(recalled([{ code: 'CUT_TOO_SMALL', at: now }])).toEqual([key('early'), key('late')]);
  });

  it('are measured again where a build found since that a key repeats, so that the next is not refused for it too', () => {
    const refusals = [
      { code: 'KEYS_REPEAT', at: now - 5 * HOUR },
      { code: 'CHECK_SAME_ROW_COUNT', at: now - 9 * HOUR },
    ];

    expect(recalled(refusals)).toEqual([key('late')]);
  });
});
