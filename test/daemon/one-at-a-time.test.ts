import { describe, expect, it } from 'vitest';
import { oneAtATime } from '../../src/daemon/one-at-a-time.ts';

describe('one at a time', () => {
  it('runs in the order asked, never two at once, also after one that failed', async () => {
    const turn = oneAtATime();
    const seen: string[] = [];
    let running = 0;
    const work = (name: string, fails = false) =>
      turn(async () => {
        running += 1;
        expect(running).toBe(1);
        await Promise.resolve();
        seen.push(name);
        running -= 1;
        if (fails) {
          throw new Error(name);
        }
        return name;
      });

    const all = await Promise.allSettled([work('a'), work('b', true), work('c')]);

    expect(seen).toEqual(['a', 'b', 'c']);
    expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('says whether somebody has the turn', async () => {
    const turn = oneAtATime();
    expect(turn.isTaken()).toBe(false);

    const working = turn(async () => turn.isTaken());

    expect(turn.isTaken()).toBe(true);
    expect(await working).toBe(true);
    expect(turn.isTaken()).toBe(false);
  });
});
