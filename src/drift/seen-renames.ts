import type { EpochMs } from '../base/clock.ts';
import { type RelationParts, relationParts } from '../base/relation.ts';
import type { NameContext } from '../sql/schema.ts';
import type { RenameWitness } from './detect-renames.ts';
import type { RenameStatement } from './rename-statements.ts';
import type { PicturedRelation } from './schema-picture.ts';

/** A rename that somebody ran. */
export interface SeenRename {
  readonly at: EpochMs;
  /** What bare names meant to him. */
  readonly names: NameContext;
  readonly statement: RenameStatement;
}

/** What one relation, and each of its columns, is called in the end. */
interface Called {
  readonly was: PicturedRelation;
  parts: RelationParts;
  /** Names as they are, in lower case, to names as they were. */
  readonly columns: Map<string, string>;
}

/**
 * What renames that were seen say between two pictures: followed one after the other, so that a column that went through three names
 * and a table that moved in between are still known. Names that nobody had, or several, say nothing.
 */
export function witnessOf(
  seen: readonly SeenRename[],
  {
    before,
    after,
  }: { readonly before: readonly PicturedRelation[]; readonly after: readonly PicturedRelation[] },
): RenameWitness {
  const all = before.map((was): Called => {
    const columns = new Map(was.columns.map(({ name }) => [name.toLowerCase(), name]));
    return { was, parts: relationParts(was.id), columns };
  });
  for (const rename of seen.toSorted((a, b) => a.at - b.at)) {
    const called = meantBy(rename, all);
    if (called !== undefined) {
      follow(called, rename.statement);
    }
  }
  const found = all.flatMap((called) => {
    const is = after.find(({ id }) => isSame(relationParts(id), called.parts));
    return is === undefined ? [] : [{ ...called, is }];
  });
  return {
    seen: found.flatMap(({ was, is, columns }) =>
      is.columns.flatMap(({ name }) => {
        const from = columns.get(name.toLowerCase());
        return from === undefined || from === name ? [] : [{ relation: was.id, from, to: name }];
      }),
    ),
    moved: found.flatMap(({ was, is }) => (was.id === is.id ? [] : [{ from: was.id, to: is.id }])),
  };
}

function follow(called: Called, statement: RenameStatement): void {
  if (statement.kind === 'relation') {
    const [name = '', schema = called.parts.schema, database = called.parts.database] =
      statement.to.toReversed();
    called.parts = { database, schema, name };
    return;
  }
  const from = statement.from.toLowerCase();
  const was = called.columns.get(from);
  if (was !== undefined) {
    called.columns.delete(from);
    called.columns.set(statement.to.toLowerCase(), was);
  }
}

/** The one relation of that name at that moment; none where several might be meant. */
function meantBy({ statement, names }: SeenRename, all: readonly Called[]): Called | undefined {
  const [name = '', schema = names.schema, database = names.database] =
    statement.relation.toReversed();
  const meant = all.filter(({ parts }) => isSame(parts, { database, schema, name }));
  return meant.length === 1 ? meant[0] : undefined;
}

/** As far as both say; some ids leave the connection's own database out. */
function isSame(a: RelationParts, b: RelationParts): boolean {
  const agree = (x: string | undefined, y: string | undefined) =>
    x === undefined || y === undefined || x.toLowerCase() === y.toLowerCase();
  return (
    a.name.toLowerCase() === b.name.toLowerCase() &&
    agree(a.schema, b.schema) &&
    agree(a.database, b.database)
  );
}
