import type { RelationId } from '../../src/base/relation.ts';
import type { Candidate } from '../../src/candidates/candidate.ts';
import { readDefinition } from '../../src/candidates/read-definition.ts';
import type { MartColumn } from '../../src/marts/mart.ts';
import { openParsers } from '../../src/parsers/open-parsers.ts';
import { dialectOf } from '../../src/sql/dialects.ts';
import type { Statement } from '../../src/sql/ir.ts';
import { schemaFromDdl } from '../../src/sql/schema-from-ddl.ts';
import { indexSchema } from '../../src/sql/schema-index.ts';

const parsers = openParsers({ workers: 1, idleMs: 500 });
const DDL = `
create table shop.s.events (id bigint, day date, seen timestamp, at_zone timestamptz, user_id bigint, kind varchar, amount decimal(12,2));
create table shop.s.users (user_id bigint primary key, region varchar, joined date);
`;
const ROWS: Readonly<Record<string, number>> = { 'shop.s.events': 1_000_000, 'shop.s.users': 5000 };

export function rowsOf(relation: RelationId): number {
  return ROWS[relation] ?? 0;
}

/** A view over a large table of events and a small one of their users, as candidates are read. */
export async function readView(
  sql: string,
  columns: readonly (readonly [string, string])[],
): Promise<Pick<Candidate, 'query' | 'definition'>> {
  const ddl = `${DDL}; create view shop.g.v as ${sql}`;
  const statements: Statement[] = [];
  for (const text of ddl.split(';').filter((each) => each.trim() !== '')) {
    const [outcome] = await parsers.parse([{ sql: text, dialect: 'duckdb' }]);
    if (outcome?.kind !== 'parsed') {
      throw new Error(`unparsed: ${text}`);
    }
    statements.push(...outcome.statements);
  }
  const schema = indexSchema(
    schemaFromDdl(statements, { dialect: dialectOf('duckdb') }),
    dialectOf('duckdb'),
  );
  const view = 'shop.g.v' as RelationId;
  const read = readDefinition(view, { schema, dialect: 'duckdb' });
  if (read === undefined) {
    throw new Error('the view has a definition');
  }
  return {
    query: read.query,
    definition: {
      relation: view,
      origin: 'adopted',
      sql,
      columns: columns.map(([name, type]): MartColumn => ({ name, type })),
      sources: read.sources,
      obligations: [],
      maxStalenessMs: 1,
    },
  };
}
