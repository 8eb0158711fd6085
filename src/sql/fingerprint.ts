import { hash } from 'node:crypto';
import type { Dialect } from './dialect.ts';
import { tokenizeForNow } from './lexer.ts';
import { measureTokens } from './measure-tokens.ts';
import { normalFormOf } from './normal-form.ts';
import type { Tokens } from './tokens.ts';

export interface Fingerprint {
  /** 32 hex digits: the first half of SHA-256 over the normal form. */
  readonly fingerprint: string;
  /** The text without literals, comments, case and alias noise; see `normal-form.ts`. */
  readonly normalForm: string;
  /** Operators that could chain (AND, OR, +, ||, ::, UNION...): bounds the depth of a parse tree. */
  readonly operators: number;
  /** Deepest nesting of brackets and CASE. */
  readonly depth: number;
  /** Characters of the text, comments included. */
  readonly length: number;
}

/** Statements with equal fingerprints are executions of one template. Never throws; linear in the text's length. */
export function fingerprint(sql: string, dialect: Dialect): Fingerprint {
  return fingerprintTokens(tokenizeForNow(sql, dialect.lexical), dialect);
}

export function fingerprintTokens(tokens: Tokens, dialect: Dialect): Fingerprint {
  const normalForm = normalFormOf(tokens, dialect);
  const { operators, depth } = measureTokens(tokens);
  return {
    fingerprint: fingerprintOfForm(normalForm),
    normalForm,
    operators,
    depth,
    length: tokens.sql.length,
  };
}

/** 32 hex digits: the first half of SHA-256 over the normal form. */
export function fingerprintOfForm(normalForm: string): string {
  return hash('sha256', normalForm, 'hex').slice(0, 32);
}
