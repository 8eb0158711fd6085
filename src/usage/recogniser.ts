import type { CommentTags } from '../sql/comment-tags.ts';
import type { ReaderRule } from './reader-settings.ts';
import type { Reader } from './template.ts';

/** What is known of who sent a statement. */
export interface Asker {
  readonly user: string;
  readonly role: string;
  /** Lower case. */
  readonly client: string;
  /** Of the session; empty when the history does not tell. */
  readonly schema: string;
  /** The text names a relation in a schema that only dbt's CI makes. */
  readonly namesCiSchema: boolean;
  /** Tags beside the statement (query tag, job labels), keys as the warehouse tells them. */
  readonly rowTags: Readonly<Record<string, string>>;
  readonly tags: CommentTags;
  readonly rules: readonly ReaderRule[];
}

/** One way to know a reader; the first in `READER_RECOGNISERS` that does decides. */
export interface Recogniser {
  readonly id: string;
  recognise(asker: Asker): Reader | undefined;
}

/** The value of the first of these keys that has one, in the comment's pairs, then in the row's tags. */
export function tagOf({ tags, rowTags }: Asker, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = own(tags.pairs, key) ?? own(rowTags, key);
    if (value !== undefined && value !== '' && value !== 'null') {
      return value;
    }
  }
  return undefined;
}

function own(pairs: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(pairs, key) ? pairs[key] : undefined;
}
