import type { ShapeAnswer } from '../../src/cli/shape-line.ts';
import { answerShapeLine } from '../../src/cli/shape-line.ts';
import { openParsers } from '../../src/parsers/open-parsers.ts';
import { progress } from './progress.ts';

/** Lines under way at once, as in the verb. */
const AT_ONCE = 64;

/** The answers of `goldsmith shape`, in order, through the same function and the same worker threads. */
export async function askShapes(
  work: string,
  lines: readonly unknown[],
): Promise<readonly ShapeAnswer[]> {
  const parsers = openParsers();
  const answers: ShapeAnswer[] = [];
  try {
    for (let at = 0; at < lines.length; at += AT_ONCE) {
      const some = lines.slice(at, at + AT_ONCE);
      answers.push(...(await Promise.all(some.map((line) => answerShapeLine(line, parsers)))));
      progress(work, { done: answers.length, of: lines.length });
    }
  } finally {
    await parsers.close();
  }
  return answers;
}

/** Read at level full or partial. */
export function isRead({ level, error }: ShapeAnswer): boolean {
  return error === undefined && (level === 'full' || level === 'partial');
}

/** Level full, or partial with a reason given. */
export function isFullOrNamed({ level, error, notUnderstood }: ShapeAnswer): boolean {
  const isNamed = (notUnderstood ?? []).some((reason) => reason.trim() !== '');
  return error === undefined && (level === 'full' || (level === 'partial' && isNamed));
}
