import { dayNumber, dayOf } from '../base/clock.ts';
import type { HistoryRow } from '../connectors/history-row.ts';
import type { CommentTags } from '../sql/comment-tags.ts';
import { commentTagsOf } from '../sql/comment-tags.ts';
import { type Fingerprint, fingerprintOfForm } from '../sql/fingerprint.ts';
import { measureTokens } from '../sql/measure-tokens.ts';
import { normalFormOf } from '../sql/normal-form.ts';
import type { Tokens } from '../sql/tokens.ts';
import type { Interpreted, InterpretParts } from './interpret-row.ts';
import { interpretWith } from './interpret-row.ts';
import { readerOf } from './reader.ts';
import { mayNameCatalog } from './skip/metadata-queries.ts';

/** Remembered answers; when full, all are forgotten at once. */
const MOST_REMEMBERED = 4096;
/** One for each template that is in use; their texts are some hundred bytes each. */
const MOST_FORMS = 16_384;
/** Longer comments are prose or hold what changes each time. */
const LONGEST_REMEMBERED = 1024;

/**
 * `interpretRow` for many rows of one history: same answers, but comment tags, readers and days that repeat from row
 * to row are read once. Memory is bounded.
 */
export function rowInterpreter({
  dialect,
  readerRules,
}: InterpretParts): (row: HistoryRow) => Interpreted {
  const tagsByComment = remembering<CommentTags>();
  const readers = remembering<ReturnType<typeof readerOf>>();
  const days = remembering<string>();
  const fingerprints = remembering<KnownForm>(MOST_FORMS);
  const noTags: CommentTags = { pairs: {} };
  let comments = '';

  function tagsOf(tokens: Tokens): CommentTags {
    comments = commentText(tokens);
    if (comments === '') {
      return noTags;
    }
    return comments.length > LONGEST_REMEMBERED
      ? commentTagsOf(tokens)
      : tagsByComment(comments, () => commentTagsOf(tokens));
  }

  function formOf(normalForm: string): KnownForm {
    return fingerprints(normalForm, () => ({
      normalForm,
      fingerprint: fingerprintOfForm(normalForm),
      mayNameCatalog: mayNameCatalog(normalForm),
    }));
  }

  /** The text is the one first remembered, so that templates do not hold a copy for each of their runs. */
  function printOf(tokens: Tokens): Fingerprint {
    const { normalForm, fingerprint } = formOf(normalFormOf(tokens, dialect));
    const { operators, depth } = measureTokens(tokens);
    return { fingerprint, normalForm, operators, depth, length: tokens.sql.length };
  }

  return (row) =>
    interpretWith(row, {
      dialect,
      tagsOf,
      printOf,
      mayNameCatalog: (normalForm) => formOf(normalForm).mayNameCatalog,
      readerOf(asked, tags) {
        const read = () => readerOf({ row: asked, tags, rules: readerRules });
        if (asked.tags !== undefined || comments.length > LONGEST_REMEMBERED) {
          return read();
        }
        const { user = '', role = '', client = '' } = asked;
        return readers(`${user}\0${role}\0${client}\0${comments}`, read);
      },
      dayOf: (at) => days(String(dayNumber(at)), () => dayOf(at)),
    });
}

interface KnownForm {
  readonly normalForm: string;
  readonly fingerprint: string;
  readonly mayNameCatalog: boolean;
}

function remembering<Value>(most = MOST_REMEMBERED): (key: string, make: () => Value) => Value {
  const known = new Map<string, Value>();
  return (key, make) => {
    const value = known.get(key);
    if (value !== undefined) {
      return value;
    }
    if (known.size >= most) {
      known.clear();
    }
    const made = make();
    known.set(key, made);
    return made;
  };
}

function commentText({ sql, comments }: Tokens): string {
  if (comments.length <= 1) {
    const [only] = comments;
    return only === undefined ? '' : sql.slice(only.start, only.end);
  }
  return comments.map(({ start, end }) => sql.slice(start, end)).join('\n');
}
