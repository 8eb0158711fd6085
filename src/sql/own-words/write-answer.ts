import type { RelationId } from '../../base/relation.ts';
import type { MissReason } from '../../marts/certificate.ts';
import { misread, type Written } from '../match/read-back.ts';
import type { ParseSql } from '../parse-sql.ts';
import { printWith } from '../print/print-query.ts';
import { ownWords } from './own-words.ts';

export interface Answer extends Omit<Written, 'sql'> {
  /** The text that was asked; absent where the answer is written in another dialect. */
  readonly asked?: string | undefined;
  readonly columnLists?: ReadonlyMap<RelationId, readonly string[]>;
}

export type WrittenAnswer =
  | { readonly kind: 'written'; readonly sql: string }
  | { readonly kind: 'refused'; readonly because: MissReason };

/**
 * Writes an answer and reads it back. Expressions of the asked text that did not change stand in it in its own words; where
 * that is read otherwise than meant, all of it is written in ours, and where that is, too, there is no answer.
 */
export async function writeAnswer(answer: Answer, parse: ParseSql): Promise<WrittenAnswer> {
  const { asked, query, dialect, columnLists = new Map<RelationId, readonly string[]>() } = answer;
  const own = asked === undefined ? undefined : await ownWords({ sql: asked, dialect }, parse);
  const ways = [own, undefined].map((words) =>
    printWith(query, { dialect: dialect.name, columnLists, ownWords: words }),
  );
  let because: MissReason | undefined;
  const read = new Set<string>();
  for (const way of ways) {
    if (way.kind === 'unprintable') {
      because ??= {
        code: 'NOT_PRINTABLE',
        text: `a rewrite is known, but cannot be written in this dialect: ${way.because}`,
      };
    } else if (!read.has(way.sql)) {
      read.add(way.sql);
      const wrong = await misread({ ...answer, sql: way.sql }, parse);
      if (wrong === undefined) {
        return { kind: 'written', sql: way.sql };
      }
      because = wrong;
    }
  }
  return {
    kind: 'refused',
    because: because ?? { code: 'NOT_PRINTABLE', text: 'a rewrite is known, but has no text' },
  };
}
