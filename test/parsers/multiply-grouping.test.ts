import { describe, expect, it } from 'vitest';
import { column, ident } from '../../src/parsers/make-expr.ts';
import { multiplyGrouping } from '../../src/parsers/multiply-grouping.ts';

const [a, b, c] = ['a', 'b', 'c'].map((name) => column([ident(name)])) as [
  ReturnType<typeof column>,
  ReturnType<typeof column>,
  ReturnType<typeof column>,
];

describe('multiplyGrouping', () => {
  it('leaves plain expressions as they are', () => {
    expect(multiplyGrouping([{ kind: 'expr', expr: a }])).toEqual({ kind: 'exprs', exprs: [a] });
  });

  it('combines the sets of every element with those of every other', () => {
    const groupBy = multiplyGrouping([
      { kind: 'expr', expr: c },
      { kind: 'cube', groups: [[a], [b]] },
    ]);

    const sets = [[0, 1, 2], [0, 1], [0, 2], [0]];
    expect(groupBy).toEqual({ kind: 'sets', exprs: [c, a, b], sets });
  });

  it('keeps a set that comes twice, for its rows come twice', () => {
    const twice = [{ kind: 'expr', expr: a }] as const;

    const groupBy = multiplyGrouping([{ kind: 'sets', sets: [twice, twice] }]);

    expect(groupBy).toEqual({ kind: 'sets', exprs: [a], sets: [[0], [0]] });
  });

  it('gives up on more than 1024 sets', () => {
    const groups = Array.from({ length: 11 }, (_, index) => [column([ident(`c${index}`)])]);

    expect(multiplyGrouping([{ kind: 'cube', groups }])).toBeUndefined();
  });
});
