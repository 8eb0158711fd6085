import type { Dialect } from '../sql/dialect.ts';
import { tokenize } from '../sql/lexer.ts';
import type { Tokens } from '../sql/tokens.ts';
import type { Looser } from './loosen/looser.ts';
import { plainCreate } from './loosen/plain-create.ts';
import { plainInserts } from './loosen/plain-inserts.ts';
import { plainMerge } from './loosen/plain-merge.ts';
import { plainPivot } from './loosen/plain-pivot.ts';
import { plainRows } from './loosen/plain-rows.ts';
import { plainWords } from './loosen/plain-words.ts';
import { unpiped } from './loosen/unpipe.ts';

export interface Loosened extends Looser {
  /** Whether the text was the rest of a template, of which something is missing. */
  readonly isPart: boolean;
}

type Rule = (tokens: Tokens, dialect: Dialect) => Looser | undefined;

/** In this order, each on what the one before it left. */
const RULES: readonly Rule[] = [
  plainMerge,
  plainWords,
  plainInserts,
  plainRows,
  plainPivot,
  unpiped,
  (tokens) => untouched(plainCreate(tokens)),
];

/**
 * What no grammar accepts because of how it is put: lines of `#` before it, the rest of a template's
 * `{{ ... }}`, options of a CREATE that each warehouse invents anew, pipe syntax. Says the same in other words,
 * or else which part of it is missing. Undefined where there is nothing to put otherwise.
 */
export function loosened(sql: string, dialect: Dialect): Loosened | undefined {
  const template = templateEnd(sql);
  const opaque: string[] = [];
  let text = sql.slice(template).replace(/^(?:\s*#[^\n]*\n)+/, '');
  for (const rule of RULES) {
    const looser = rule(tokenize(text, dialect.lexical), dialect);
    text = looser?.sql ?? text;
    opaque.push(...(looser?.opaque ?? []));
  }
  return text === sql ? undefined : { sql: text, isPart: template > 0, opaque };
}

/** After a `}}` that nothing opens. */
function templateEnd(sql: string): number {
  const end = sql.indexOf('}}');
  const start = sql.indexOf('{{');
  return end !== -1 && (start === -1 || start > end) ? end + 2 : 0;
}

function untouched(sql: string | undefined): Looser | undefined {
  return sql === undefined ? undefined : { sql, opaque: [] };
}
