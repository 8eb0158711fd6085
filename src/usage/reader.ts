import type { HistoryRow } from '../connectors/history-row.ts';
import type { CommentTags } from '../sql/comment-tags.ts';
import { toolOf } from '../sql/comment-tags.ts';
import { readJsonPairs } from '../sql/json-pairs.ts';
import type { ReaderRule } from './reader-settings.ts';
import { agents } from './readers/agents.ts';
import { biComments } from './readers/bi-comments.ts';
import { configured } from './readers/configured.ts';
import { dbt } from './readers/dbt.ts';
import { namesCiSchema } from './readers/dbt-ci.ts';
import { knownClients } from './readers/known-clients.ts';
import { looker } from './readers/looker.ts';
import { metabase } from './readers/metabase.ts';
import { orchestrators } from './readers/orchestrators.ts';
import { ownStatements } from './readers/own-statements.ts';
import { sqlcommenter } from './readers/sqlcommenter.ts';
import { superset } from './readers/superset.ts';
import { tableau } from './readers/tableau.ts';
import type { Asker, Recogniser } from './recogniser.ts';
import type { Reader } from './template.ts';

/** In the order they are asked; the first that knows the reader decides. */
export const READER_RECOGNISERS: readonly Recogniser[] = [
  ownStatements,
  configured,
  dbt,
  looker,
  metabase,
  tableau,
  superset,
  biComments,
  orchestrators,
  agents,
  sqlcommenter,
  knownClients,
];

export interface ReaderQuestion {
  readonly row: Pick<HistoryRow, 'user' | 'role' | 'client' | 'tags' | 'schema'> &
    Partial<Pick<HistoryRow, 'text'>>;
  readonly tags: CommentTags;
  readonly rules: readonly ReaderRule[];
}

/**
 * Who asks. The operator's rules for user, client and role go first, then comment and query tags, then well-known clients; a user
 * whom nothing tells is a person, and with no user told either the reader is unknown (it lowers `attributedShare`).
 */
export function readerOf({ row, tags, rules }: ReaderQuestion): Reader {
  const rowTags = flatTags(row.tags);
  const tool = tags.tool ?? toolOf(rowTags);
  const asker: Asker = {
    user: row.user ?? '',
    role: row.role ?? '',
    client: (row.client ?? '').trim().toLowerCase(),
    schema: row.schema ?? '',
    namesCiSchema: row.text !== undefined && namesCiSchema(row.text),
    rowTags: Object.fromEntries(rowTags),
    tags: tool === undefined || tool === tags.tool ? tags : { ...tags, tool },
    rules,
  };
  for (const recogniser of READER_RECOGNISERS) {
    const reader = recogniser.recognise(asker);
    if (reader !== undefined) {
      return reader;
    }
  }
  if (asker.user === '') {
    return {
      kind: 'unknown',
      name: asker.client === '' ? 'unknown' : asker.client,
      tool: asker.client,
    };
  }
  return { kind: 'person', name: asker.user, tool: asker.client };
}

const NO_TAGS: ReadonlyMap<string, string> = new Map();

/** Row tags as they are, and what stands as JSON inside them (a query tag often does). */
function flatTags(tags: HistoryRow['tags']): ReadonlyMap<string, string> {
  if (tags === undefined) {
    return NO_TAGS;
  }
  const pairs = new Map(Object.entries(tags));
  for (const value of Object.values(tags)) {
    if (value.startsWith('{')) {
      readJsonPairs(value, pairs);
    }
  }
  return pairs;
}
