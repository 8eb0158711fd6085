import { toucher } from '../../drift/impact.ts';
import type { Since } from '../../drift/sources-since.ts';
import type { Query } from '../../sql/ir.ts';
import { bindQuery } from '../../sql/resolve/bind-query.ts';
import { columnUses } from '../../sql/resolve/column-uses.ts';
import type { SchemaIndex } from '../../sql/schema-index.ts';
import type { Renamed } from './follow-described.ts';
import type { ModelWorld } from './read-model.ts';

export interface RenamesWorld extends Pick<Since, 'changes'> {
  /** The schema that was written for. */
  readonly before: SchemaIndex;
  /** As the schema is now. */
  readonly world: ModelWorld;
}

/** Each text as the one query it is; undefined where it is none. */
export async function readQueries(
  texts: readonly string[],
  { parse, dialect }: ModelWorld,
): Promise<readonly (Query | undefined)[]> {
  const outcomes = await parse(texts.map((sql) => ({ sql, dialect: dialect.name, hasRun: true })));
  return outcomes.map((outcome) => {
    const [statement, ...more] = outcome.kind === 'parsed' ? outcome.statements : [];
    return statement?.kind === 'query' && more.length === 0 ? statement.query : undefined;
  });
}

/** Of the renames, those of columns that a query written for the schema before reads. */
export function renamesRead(
  query: Query,
  { before, world: { names, dialect }, changes }: RenamesWorld,
): readonly Renamed[] {
  const bound = bindQuery(query, { schema: before, names, dialect });
  const touches = toucher([...bound.relations.keys()], columnUses(bound.query));
  return changes.filter(
    (change): change is Renamed => change.kind === 'column-renamed' && touches(change),
  );
}
