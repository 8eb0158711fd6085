import type { Dialect } from '../sql/dialect.ts';
import { tokenize } from '../sql/lexer.ts';
import { COMMA, isPunctuation, SEMICOLON, type Tokens } from '../sql/tokens.ts';
import { bare, endOfPath, isIdentifier, pathAt, wordAt } from './token-names.ts';

/** What a statement gave another name; paths as written, without quotes, outermost first. */
export type RenameStatement =
  | {
      readonly kind: 'column';
      readonly relation: readonly string[];
      readonly from: string;
      readonly to: string;
    }
  | {
      readonly kind: 'relation';
      readonly relation: readonly string[];
      readonly to: readonly string[];
    };

/** A cheap look: most statements of a history rename nothing. */
export function mayRename(sql: string): boolean {
  return /\brename\b/i.test(sql) && /\balter\b/i.test(sql);
}

/**
 * The renames of relations and their columns that a text asks for, in its order: `ALTER TABLE t RENAME [COLUMN] a TO b`, `ALTER TABLE t
 * RENAME TO u`, of views too. Fields within a column, constraints and whatever reads otherwise are left out.
 */
export function renamesIn(sql: string, dialect: Dialect): readonly RenameStatement[] {
  const tokens = tokenize(sql, dialect.lexical);
  const found: RenameStatement[] = [];
  for (let at = 0; at < tokens.count; at += 1) {
    const isFirst = at === 0 || isPunctuation(tokens, at - 1, SEMICOLON);
    const named =
      isFirst && wordAt(tokens, at) === 'alter' ? relationAt(tokens, at + 1) : undefined;
    if (named !== undefined) {
      found.push(...clausesAt(tokens, named));
    }
  }
  return found;
}

interface NamedRelation {
  readonly relation: readonly string[];
  /** Of what stands behind it. */
  readonly next: number;
}

/** Words between ALTER and the kind of the object. */
const ADJECTIVES: ReadonlySet<string> = new Set(
  'materialized external foreign iceberg dynamic hybrid streaming event'.split(' '),
);

function relationAt(tokens: Tokens, from: number): NamedRelation | undefined {
  let at = from;
  while (ADJECTIVES.has(wordAt(tokens, at))) {
    at += 1;
  }
  if (!['table', 'view'].includes(wordAt(tokens, at))) {
    return undefined;
  }
  at = afterIfExists(tokens, at + 1);
  if (wordAt(tokens, at) === 'only' && isIdentifier(tokens, at + 1)) {
    at += 1;
  }
  if (!isIdentifier(tokens, at)) {
    return undefined;
  }
  const last = endOfPath(tokens, at);
  return { relation: split(pathAt(tokens, { at, last })), next: last + 1 };
}

function clausesAt(tokens: Tokens, { relation, next }: NamedRelation): readonly RenameStatement[] {
  const found: RenameStatement[] = [];
  let at = next;
  while (wordAt(tokens, at) === 'rename') {
    if (wordAt(tokens, at + 1) === 'to') {
      const last = endOfPath(tokens, at + 2);
      const to = isIdentifier(tokens, at + 2) ? split(pathAt(tokens, { at: at + 2, last })) : [];
      return to.length === 0 || !endsClause(tokens, last + 1)
        ? found
        : [...found, { kind: 'relation', relation, to }];
    }
    const hasWord = wordAt(tokens, at + 1) === 'column' && wordAt(tokens, at + 2) !== 'to';
    const name = hasWord ? afterIfExists(tokens, at + 2) : at + 1;
    const isRename =
      isIdentifier(tokens, name) &&
      wordAt(tokens, name + 1) === 'to' &&
      isIdentifier(tokens, name + 2) &&
      endsClause(tokens, name + 3);
    if (!isRename) {
      return found;
    }
    found.push({
      kind: 'column',
      relation,
      from: bare(tokens, name),
      to: bare(tokens, name + 2),
    });
    at = isPunctuation(tokens, name + 3, COMMA) ? name + 4 : name + 3;
  }
  return found;
}

function afterIfExists(tokens: Tokens, at: number): number {
  return wordAt(tokens, at) === 'if' && wordAt(tokens, at + 1) === 'exists' ? at + 2 : at;
}

function endsClause(tokens: Tokens, at: number): boolean {
  return (
    at >= tokens.count || isPunctuation(tokens, at, COMMA) || isPunctuation(tokens, at, SEMICOLON)
  );
}

/** BigQuery quotes whole paths: `project.dataset.table`. */
function split(path: readonly string[]): readonly string[] {
  const [only = ''] = path;
  return path.length === 1 && /^[\w-]+(\.\w+)+$/.test(only) ? only.split('.') : path;
}
