import type { RelationId } from '../base/relation.ts';
import { relationParts } from '../base/relation.ts';
import { quoteName } from './quote.ts';

/**
 * The text with relations named without their schema, so that a common table expression of that name stands for them. Strings
 * are left alone. Only for texts that are tried, never for one that is served.
 */
export function withBareNames(sql: string, relations: readonly RelationId[]): string {
  const patterns = relations.flatMap((relation) => {
    const { schema, name } = relationParts(relation);
    return schema === undefined
      ? []
      : [{ pattern: qualified(schema, name), bare: quoteName(name) }];
  });
  if (patterns.length === 0) {
    return sql;
  }
  return sql
    .split(/('(?:[^']|'')*')/)
    .map((piece, at) =>
      at % 2 === 1
        ? piece
        : patterns.reduce((text, { pattern, bare }) => text.replaceAll(pattern, bare), piece),
    )
    .join('');
}

function qualified(schema: string, name: string): RegExp {
  const [first, second] = [schema, name].map((part) => {
    const plain = part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    return `(?:${plain}|"${plain.replaceAll('"', '""')}")`;
  });
  return new RegExp(`(?<![\\w".])${first}\\s*\\.\\s*${second}(?![\\w"])`, 'gi');
}
