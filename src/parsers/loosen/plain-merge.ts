import type { Tokens } from '../../sql/tokens.ts';
import type { Edits } from './edits.ts';
import { areWords, isSign, openEdits, wordAt } from './edits.ts';
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
    } else if (areWords(tokens, at, 'remove duplicates')) {
      edits.replace(at, at + 2, 'when matched then update set * when not matched then insert *');
    }
    bareAction(tokens, at, edits);
    at = joinedBy(tokens, at, edits) ?? at;
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

/** DuckDB's `THEN UPDATE` and `THEN INSERT [BY NAME]` of all columns. */
function bareAction(tokens: Tokens, at: number, edits: Edits): void {
  const isUpdate = areWords(tokens, at, 'then update');
  if (!isUpdate && !areWords(tokens, at, 'then insert')) {
    return;
  }
  const isBy = areWords(tokens, at + 2, 'by name') || areWords(tokens, at + 2, 'by position');
  const end = isBy ? at + 4 : at + 2;
  const isBare =
    end >= tokens.count ||
    isSign(tokens, end, ';') ||
    /^(when|returning)$/.test(wordAt(tokens, end));
  if (isBare) {
    edits.replace(at + 1, end, isUpdate ? 'update set *' : 'insert *');
  }
}

/** DuckDB's `MERGE INTO t USING s USING (id) WHEN ...`: which rows meet is told by columns. */
function joinedBy(tokens: Tokens, at: number, edits: Edits): number | undefined {
  let close = at + 1;
  while (close < tokens.count && !isSign(tokens, close, ')')) {
    close += 1;
  }
  const isList = areWords(tokens, at, 'using') && isSign(tokens, at + 1, '(');
  if (!isList || !areWords(tokens, close + 1, 'when')) {
    return undefined;
  }
  edits.replace(at, close + 1, 'on true');
  edits.leaveOut('the columns a merge joins by');
  return close;
}
