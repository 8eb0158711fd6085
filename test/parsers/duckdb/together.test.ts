import { describe, expect, it } from 'vitest';
import { together } from '../../../src/parsers/duckdb/together.ts';

describe('questions asked together', () => {
  it('are asked in one go in their order, at most so many, and those of another turn after them', async () => {
    const asked: string[] = [];
    const ask = together(3, async (questions: readonly string[]) => {
      asked.push(questions.join());
      return questions.map((question) => question.toUpperCase());
    });

    const first = Promise.all(['a', 'b', 'c', 'd'].map(ask));

    expect(await first).toEqual(['A', 'B', 'C', 'D']);
    expect(await ask('e')).toBe('E');
    expect(asked).toEqual(['a,b,c', 'd', 'e']);
  });

  it('are asked one by one where they fail together, and only the one at fault fails', async () => {
    const ask = together(8, async (questions: readonly string[]) => {
      if (questions.includes('bad')) {
        throw new Error(`no answer to ${questions.length}`);
      }
      return questions;
    });

    const answers = await Promise.allSettled(['a', 'bad', 'b'].map(ask));

    expect(answers).toMatchObject([
      { value: 'a' },
      { reason: { message: 'no answer to 1' } },
      { value: 'b' },
    ]);
  });

  it('fail where there are not as many answers, rather than take those of others', async () => {
    const ask = together(8, async (): Promise<readonly string[]> => ['one', 'two']);

    const answers = await Promise.allSettled([ask('a'), ask('b'), ask('c')]);

    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await expect(ask('d')).rejects.toThrow('1 questions have 2 answers');
  });
});
