import type { Tokens } from '../../sql/tokens.ts';
import { areWords, isSign, openEdits } from './edits.ts';
import type { Looser } from './looser.ts';

/**
 * A MERGE without what says nothing of what is read, `ALL BY NAME` as a star; `INSERT * EXCEPT (...)` and `SET * EXCEPT (...)` leave
 * columns out.
 */
export function plainMerge(tokens: Tokens): Looser | undefined {
  const edits = openEdits(tokens);
  if (areWords(tokens, 0, 'merge with schema evolution into')) {
    edits.replace(0, 5, 'merge into');
  }
  for (let at = 0; at < tokens.count; at += 1) {
    if (areWords(tokens, at, 'update all by name')) {
      edits.replace(at + 1, at + 4, 'set *');
    } else if (areWords(tokens, at, 'insert all by name')) {
      edits.replace(at + 1, at + 4, '*');
    }
    const isAll =
      (areWords(tokens, at, 'insert') || areWords(tokens, at, 'set')) &&
      isSign(tokens, at + 1, '*');
    if (isAll && areWords(tokens, at + 2, 'except')) {
      let close = at + 3;
      while (close < tokens.count && !isSign(tokens, close, ')')) {
        close += 1;
      }
      edits.replace(at + 2, close + 1, '');
      edits.leaveOut('columns left out of a merge');
      at = close;
    }
  }
  return edits.done();
}
