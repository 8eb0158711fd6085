import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pruneLedger } from '../../src/materializer/prune-ledger.ts';
import { writing } from '../../src/materializer/work.ts';
import {
  aBuild,
  create,
  DAY,
  openWorkshop,
  SALES,
  START,
  toLogical,
  toVersion,
  type Workshop,
} from './workshop.ts';

describe('pruning the ledger', () => {
  let shop: Workshop;

  beforeEach(async () => {
    shop = await openWorkshop();
    await shop.apply([create, aBuild(), toVersion(), toLogical]);
  });
  afterEach(() => shop.close());

  const verbs = async () =>
    (await shop.ledger.entriesSince(0)).map(({ action }) => action.kind).toSorted();

  it('lets go of renewed views after a month, and of everything that ended after the retention', async () => {
    expect(await verbs()).toEqual(['build-version', 'create-mart', 'repoint-view', 'repoint-view']);

    await pruneLedger(shop.work, { now: START + 31 * DAY, retentionMs: 400 * DAY });

    expect(await verbs()).toEqual(['build-version', 'create-mart']);

    await pruneLedger(shop.work, { now: START + 401 * DAY, retentionMs: 400 * DAY });

    expect(await verbs()).toEqual([]);
    expect(await shop.ledger.readMarts()).toMatchObject([{ definition: { relation: SALES } }]);
  });

  it('keeps what is still open, and what a person said', async () => {
    await writing(shop.work, {
      purpose: 'ledger',
      async run(session) {
        const open = { planDigest: 'p', step: 0, action: toLogical, fencingToken: 1 };
        await shop.ledger.begin({ ...open, startedAt: START }, session);
        const refusal = { at: START, relation: SALES, digest: 'd', because: 'no', evidence: {} };
        await shop.ledger.recordRefusal({ ...refusal, code: 'declined' }, session);
        await shop.ledger.recordRefusal({ ...refusal, code: 'CHECK_SAME_ROW_COUNT' }, session);
      },
    });

    await pruneLedger(shop.work, { now: START + 500 * DAY, retentionMs: 400 * DAY });

    expect(await shop.ledger.openEntries()).toMatchObject([{ action: toLogical }]);
    expect((await shop.ledger.readRefusals()).map(({ code }) => code)).toEqual(['declined']);
  });
});
