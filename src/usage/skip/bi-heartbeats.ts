import { keyword } from '../../sql/keywords.ts';
import type { Tokens } from '../../sql/tokens.ts';
import { isKeyword } from '../../sql/tokens.ts';
import type { SkipRule } from '../skip-rule.ts';

const FROM = keyword('from');

/** `select 1`, `select version()`: a tool asks whether the warehouse is there. It reads no relation. */
export const biHeartbeats: SkipRule = {
  id: 'bi-heartbeats',

  skips({ statementClass, tokens }) {
    const { kind, verb } = statementClass;
    return kind === 'query' && (verb === 'select' || verb === 'values') && !hasFrom(tokens);
  },
};

function hasFrom(tokens: Tokens): boolean {
  for (let index = 0; index < tokens.count; index += 1) {
    if (isKeyword(tokens, index, FROM)) {
      return true;
    }
  }
  return false;
}
