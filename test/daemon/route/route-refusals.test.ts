import { describe, expect, it } from 'vitest';
import { RouteRefusals } from '../../../src/daemon/route/route-refusals.ts';

const because = [{ code: 'COLUMN_NOT_IN_MART', text: 'the query needs city' }];

describe('a kind of statement that no mart answers', () => {
  it('is refused from memory after two looks, with the code of the last alone, and looked at now and then', () => {
    const refusals = new RouteRefusals();
    const marts: readonly object[] = [];
    let looks = 0;
    for (let ask = 0; ask < 34; ask += 1) {
      const remembered = refusals.recall(marts, 'q1');
      if (remembered === undefined) {
        looks += 1;
        refusals.note(marts, { kind: 'q1', because });
      } else {
        expect(remembered).toEqual([
          {
            code: 'COLUMN_NOT_IN_MART',
            text: expect.stringMatching(/^not looked at: .* every 16th/),
          },
        ]);
      }
    }

    expect(looks).toBe(4);
  });

  it('is asked each time once it was answered, whatever its literals got since', () => {
    const refusals = new RouteRefusals();
    const marts: readonly object[] = [];
    refusals.note(marts, { kind: 'q1' });
    for (let ask = 0; ask < 5; ask += 1) {
      refusals.note(marts, { kind: 'q1', because });
    }

    expect(refusals.recall(marts, 'q1')).toBeUndefined();
  });

  it('is asked anew of other marts, and says nothing of another kind', () => {
    const refusals = new RouteRefusals();
    const marts: readonly object[] = [];
    refusals.note(marts, { kind: 'q1', because });
    refusals.note(marts, { kind: 'q1', because });

    expect(refusals.recall(marts, 'q1')).toHaveLength(1);
    expect(refusals.recall(marts, 'q2')).toBeUndefined();
    expect(refusals.recall([], 'q1')).toBeUndefined();
  });
});
