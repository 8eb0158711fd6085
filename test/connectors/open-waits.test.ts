import { describe, expect, it } from 'vitest';
import { openWaits, type Waits } from '../../src/connectors/open-waits.ts';
import { stillHeld } from './live-bytes.ts';

describe('waits that can be given up', () => {
  it('settle as the work does while nothing is given up', async () => {
    const waits = openWaits();
    const failed = new Error('the work failed');

    expect(await waits.until(Promise.resolve('rows'))).toBe('rows');
    await expect(waits.until(Promise.reject(failed))).rejects.toBe(failed);
  });

  it('all reject with the reason once they are given up, also those for work that never ends', async () => {
    const waits = openWaits();
    const reason = new Error('the time is up');
    const never = new Promise<string>(() => undefined);
    const waiting = Promise.allSettled([waits.until(never), waits.until(never)]);

    waits.giveUp(reason);

    expect(await waiting).toEqual([
      { status: 'rejected', reason },
      { status: 'rejected', reason },
    ]);
  });

  it('reject at once for whatever is waited for afterwards, with the first reason', async () => {
    const waits = openWaits();
    const first = new Error('aborted');

    waits.giveUp(first);
    waits.giveUp(new Error('the time is up'));

    await expect(waits.until(new Promise(() => undefined))).rejects.toBe(first);
  });

  it('leave work that fails after it was given up to nobody, without an unhandled rejection', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    try {
      const waits = openWaits();
      const work = Promise.withResolvers<string>();
      const waiting = waits.until(work.promise).catch((error: unknown) => error);
      const reason = new Error('the time is up');
      waits.giveUp(reason);
      expect(await waiting).toBe(reason);

      work.reject(new Error('the connection was closed'));
      await stillHeld([]);

      expect(unhandled).toEqual([]);
    } finally {
      process.off('unhandledRejection', note);
    }
  });

  it('hold neither a result nor an error once they have settled, however long they stay open', async () => {
    const waits = openWaits();
    const results: WeakRef<object>[] = [];
    for (let at = 0; at < 50; at += 1) {
      results.push(await settled(waits, Promise.resolve({ rows: [at] })));
      results.push(await settled(waits, Promise.reject(new Error(`failure ${at}`))));
    }

    expect(await stillHeld(results)).toBe(0);
    waits.giveUp(new Error('they stayed open until here'));
  });
});

/** What the work came to, waited for and let go of. */
async function settled(waits: Waits, work: Promise<object>): Promise<WeakRef<object>> {
  return new WeakRef(await waits.until(work).catch((reason: object) => reason));
}
