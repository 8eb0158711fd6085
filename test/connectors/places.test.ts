import { describe, expect, it } from 'vitest';
import { Places, untilAborted } from '../../src/connectors/places.ts';

/** A place that is taken, and what became of those behind it, in order. */
async function aTakenPlace() {
  const places = new Places({ name: 'shop', size: 1 });
  await places.take({});
  const served: string[] = [];
  const wait = async (who: string, patience: Parameters<Places['take']>[0] = {}) => {
    await places.take(patience);
    served.push(who);
    places.give();
  };
  return { places, served, wait };
}

describe('places for statements', () => {
  it('are given to who waits longest', async () => {
    const { places, served, wait } = await aTakenPlace();
    const all = [wait('a'), wait('b')];

    places.give();
    await Promise.all(all);

    expect(served).toEqual(['a', 'b']);
    await places.take({ timeoutMs: 1 });
  });

  it('are left to those behind by who is called off, or ran out of time, before their turn', async () => {
    const { places, served, wait } = await aTakenPlace();
    const calledOff = new AbortController();
    const first = wait('called off', { signal: calledOff.signal });
    const second = wait('late', { timeoutMs: 5 });
    const third = wait('patient', { timeoutMs: 2 ** 40 });

    calledOff.abort();

    await expect(first).rejects.toBe(calledOff.signal.reason);
    await expect(second).rejects.toMatchObject({ code: 'CONNECTOR_TIMEOUT' });
    places.give();
    await third;
    expect(served).toEqual(['patient']);
  });

  it('are refused to all who wait, and kept by who has one', async () => {
    const { places, served, wait } = await aTakenPlace();
    const all = [wait('a'), wait('b')];

    places.refuse(new Error('closed'));

    expect(await Promise.allSettled(all)).toMatchObject([
      { reason: { message: 'closed' } },
      { reason: { message: 'closed' } },
    ]);
    places.give();
    await wait('c');
    expect(served).toEqual(['c']);
  });

  it('are not taken by who was called off before asking', async () => {
    const places = new Places({ name: 'shop', size: 1 });

    await expect(places.take({ signal: AbortSignal.abort('enough') })).rejects.toBe('enough');

    await places.take({ timeoutMs: 1 });
  });
});

it('what takes long is waited for until an abort, and its own outcome is what comes before', async () => {
  const stop = new AbortController();
  const long = untilAborted(new Promise<never>(() => undefined), stop.signal);
  const quick = untilAborted(Promise.resolve('done'), stop.signal);

  expect(await quick).toBe('done');
  stop.abort();
  await expect(long).rejects.toBe(stop.signal.reason);
});
