import { describe, expect, it } from 'vitest';
import { handTurnedClock } from '../../src/base/clock.ts';
import { begunAnew } from '../../src/connectors/begun-anew.ts';

describe('a stream that may be begun anew', () => {
  const options = {
    clock: handTurnedClock(0),
    attempts: 3,
    firstDelayMs: 250,
    isRetryable: (error: unknown) => error instanceof Error && error.message === 'busy',
  };

  /** Each time it is begun: a fault, before or behind its first chunk, or all chunks. */
  function streamOf(...times: readonly (readonly (string | Error)[])[]) {
    const left = [...times];
    const told = { begun: 0, ended: 0 };
    async function* begin() {
      told.begun += 1;
      try {
        for (const chunk of left.shift() ?? []) {
          if (chunk instanceof Error) {
            throw chunk;
          }
          yield [chunk];
        }
      } finally {
        told.ended += 1;
      }
    }
    return { begin, told };
  }

  async function read(begin: () => AsyncIterable<readonly string[]>): Promise<readonly string[]> {
    const rows: string[] = [];
    for await (const chunk of begunAnew(begin, options)) {
      rows.push(...chunk);
    }
    return rows;
  }
  const busy = new Error('busy');

  it('is begun anew after a fault that passes', async () => {
    const { begin, told } = streamOf([busy], [busy], ['a', 'b']);

    expect(await read(begin)).toEqual(['a', 'b']);
    expect(told).toEqual({ begun: 3, ended: 3 });
  });

  it('is not begun anew for ever, nor after a fault that stays', async () => {
    const always = streamOf([busy], [busy], [busy], ['a']);
    const other = streamOf([new Error('denied')], ['a']);

    await expect(read(always.begin)).rejects.toThrow('busy');
    await expect(read(other.begin)).rejects.toThrow('denied');
    expect([always.told.begun, other.told.begun]).toEqual([3, 1]);
  });

  it('gives no row twice: behind the first chunk a fault ends it', async () => {
    const { begin, told } = streamOf(['a', busy], ['a', 'b']);

    await expect(read(begin)).rejects.toThrow('busy');
    expect(told.begun).toBe(1);
  });

  it('is ended when its reader leaves', async () => {
    const { begin, told } = streamOf(['a', 'b']);

    for await (const _first of begunAnew(begin, options)) {
      break;
    }

    expect(told.ended).toBe(1);
  });
});
