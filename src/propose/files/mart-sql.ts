import type { RelationId } from '../../base/relation.ts';
import type { Dialect } from '../../sql/dialect.ts';
import { tokenize } from '../../sql/lexer.ts';
import { tokenText } from '../../sql/tokens.ts';
import { linesOfSql } from './lines-of-sql.ts';
import type { FileOutcome } from './wanted-file.ts';

/** The first line of every statement Goldsmith keeps; without it a file is somebody else's. */
function markerLine(mart: RelationId): string {
  return `-- goldsmith: ${mart.replaceAll(/\s+/g, ' ')}`;
}

interface MartStatement {
  readonly mart: RelationId;
  readonly sql: string;
  readonly dialect: Dialect;
}

/** A mart's statement as a file: nothing in it changes but by the definition. */
function martSql({ mart, sql, dialect }: MartStatement): string {
  const text = linesOfSql(sql.replaceAll('\r\n', '\n').trimEnd(), dialect);
  return `${markerLine(mart)}\n-- Goldsmith keeps the view of this name equal to this statement.\n${text}\n;\n`;
}

/** What becomes of the file: people's comments and layout stay for as long as the statement is the same. */
export function writeMartSql(
  now: string | undefined,
  { mart, sql, dialect }: MartStatement,
): FileOutcome {
  const text = martSql({ mart, sql, dialect });
  if (now === undefined || sameStatement(now, text, dialect)) {
    return { kind: 'text', text: now ?? text };
  }
  return isOurs(now, mart)
    ? { kind: 'text', text }
    : {
        kind: 'left-alone',
        because: 'it does not begin with the line Goldsmith marks its files with',
      };
}

/** The mart is given up: its file goes, unless somebody made it his own. */
export function removeMartSql(now: string | undefined, mart: RelationId): FileOutcome {
  return now === undefined || isOurs(now, mart)
    ? { kind: 'text', text: undefined }
    : {
        kind: 'left-alone',
        because: 'it does not begin with the line Goldsmith marks its files with',
      };
}

function isOurs(text: string, mart: RelationId): boolean {
  return text.replace(/\r?\n[\s\S]*$/, '').trimEnd() === markerLine(mart);
}

/** Equal but for comments, blanks and a closing semicolon. */
export function sameStatement(left: string, right: string, dialect: Dialect): boolean {
  const [a, b] = [words(left, dialect), words(right, dialect)];
  return a.length === b.length && a.every((word, i) => word === b[i]);
}

function words(text: string, dialect: Dialect): readonly string[] {
  const tokens = tokenize(text, dialect.lexical);
  const all = Array.from({ length: tokens.count }, (_, index) => tokenText(tokens, index));
  return all.at(-1) === ';' ? all.slice(0, -1) : all;
}
