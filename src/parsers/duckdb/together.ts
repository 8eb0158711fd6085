import { setImmediate } from 'node:timers/promises';

interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Asks what is asked in one turn of the loop in one go, at most so much of it: where asking costs more than answering. One
 * such question is under way at a time. Where it fails, each is asked alone, so that a question's fate is its own.
 */
export function together<Question, Answer>(
  most: number,
  ask: (questions: readonly Question[]) => Promise<readonly Answer[]>,
): (question: Question) => Promise<Answer> {
  const waiting: Waiting<Question, Answer>[] = [];
  let isAtWork = false;

  async function work(): Promise<void> {
    await setImmediate();
    while (waiting.length > 0) {
      await settle(waiting.splice(0, most));
    }
    isAtWork = false;
  }

  async function settle(asked: readonly Waiting<Question, Answer>[]): Promise<void> {
    try {
      const answers = await ask(asked.map(({ question }) => question));
      if (answers.length !== asked.length) {
        throw new RangeError(`${asked.length} questions have ${answers.length} answers`);
      }
      answers.forEach((answer, at) => asked[at]?.resolve(answer));
    } catch (error) {
      const [only, ...more] = asked;
      if (more.length === 0) {
        only?.reject(error);
        return;
      }
      for (const each of asked) {
        await settle([each]);
      }
    }
  }

  return (question) =>
    new Promise((resolve, reject) => {
      waiting.push({ question, resolve, reject });
      if (!isAtWork) {
        isAtWork = true;
        void work();
      }
    });
}
