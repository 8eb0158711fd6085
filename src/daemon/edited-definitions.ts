import { digestOf } from '../base/digest.ts';
import type { RelationId } from '../base/relation.ts';
import type { Mart } from '../marts/mart.ts';
import { editedDefinitionNotice } from '../notify/notice.ts';
import { dialectOf } from '../sql/dialects.ts';
import { tokenize } from '../sql/lexer.ts';
import { tokenText } from '../sql/tokens.ts';
import { textOfDefinition } from './adoptables.ts';
import type { Engine } from './engine.ts';
import type { ObservedSchema } from './observe-schema.ts';
import { relationNamed } from './relation-named.ts';
import { handIn, tellPeople } from './tell-people.ts';

/** A definition that was changed after the takeover of its table, which goes on with the one in the ledger. */
export interface EditedDefinition {
  readonly relation: RelationId;
  readonly because: string;
}

/**
 * Definitions handed over with tables that are not those the tables were taken over with. Blanks, comments and letter case of
 * words do not matter; a file that is gone does not either, for the ledger holds what it said.
 */
export function editedDefinitions(
  { config, connector, names }: Pick<Engine, 'config' | 'connector' | 'names'>,
  { marts, schema }: { readonly marts: readonly Mart[]; readonly schema: ObservedSchema },
): readonly EditedDefinition[] {
  const { lexical } = dialectOf(connector.dialect);
  const wordsOf = (sql: string) => {
    const tokens = tokenize(sql, lexical);
    return Array.from({ length: tokens.count }, (_, at) => {
      const text = tokenText(tokens, at);
      return /^["'`]/.test(text) ? text : text.toLowerCase();
    }).join(' ');
  };
  return config.marts.adoptable.flatMap((one) => {
    if (one.table === undefined) {
      return [];
    }
    const relation = relationNamed(one.table, { schema, names });
    const mart = marts.find(
      ({ definition, was }) => definition.relation === relation && was === 'table',
    );
    const text = textOfDefinition(one);
    if (mart === undefined || text.kind === 'unread') {
      return [];
    }
    const where = one.definitionFile ?? 'marts.adoptable';
    const known = [mart.definition.sql, ...(mart.former ?? []).map(({ sql }) => sql)];
    return known.some((sql) => wordsOf(text.sql) === wordsOf(sql))
      ? []
      : [
          {
            relation,
            because: `its definition in ${where} is no longer the one it was taken over with, which it goes on with; take it off marts.adoptable, make the table by the new definition, and list it again`,
          },
        ];
  });
}

const TOLD_EDIT = 'told-edit';

/** Says once of each edit that it was seen; again only when there is another one. */
export async function tellEdits(
  engine: Pick<Engine, 'store' | 'log' | 'notifier' | 'outbox' | 'clock' | 'metrics'>,
  {
    edited,
    signal,
  }: { readonly edited: readonly EditedDefinition[]; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const { documents } = engine.store;
  const told = digestOf(edited);
  if ((documents.get(TOLD_EDIT, 'latest') ?? digestOf([])) === told) {
    return;
  }
  const notices = edited.map(({ relation, because }) => editedDefinitionNotice(relation, because));
  documents.transaction(() => {
    documents.put(TOLD_EDIT, 'latest', told);
    handIn(engine, notices);
  });
  for (const { relation, because } of edited) {
    engine.log.warn({ mart: relation, because }, 'a definition handed over was edited');
  }
  await tellPeople(engine, notices, signal);
}
