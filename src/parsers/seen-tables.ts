import { DIALECTS } from '../sql/dialects.ts';
import type { ParseRequest } from '../sql/parse-sql.ts';
import { tokenFacts } from '../sql/token-facts.ts';

/** The relations a text names, as its tokens tell: all there is of a statement no grammar accepted. */
export function seenTables({ sql, dialect }: ParseRequest): readonly string[] {
  return tokenFacts(sql, DIALECTS[dialect]).tables;
}
