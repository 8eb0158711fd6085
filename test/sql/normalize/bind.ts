import { readDdl } from '../../../src/cli/read-ddl.ts';
import type { BoundQuery } from '../../../src/sql/bound.ts';
import type { DialectName } from '../../../src/sql/dialect.ts';
import { DIALECTS } from '../../../src/sql/dialects.ts';
import { bindQuery } from '../../../src/sql/resolve/bind-query.ts';
import { indexSchema } from '../../../src/sql/schema-index.ts';
import { parse, SHOP } from '../match/ask.ts';

/** A text, parsed and resolved against the shop. */
export async function boundOf(sql: string, dialect: DialectName = 'duckdb'): Promise<BoundQuery> {
  const [outcome] = await parse([{ sql, dialect }]);
  const statement = outcome?.kind === 'parsed' ? outcome.statements[0] : undefined;
  if (statement?.kind !== 'query') {
    throw new Error(`not a query: ${sql}`);
  }
  const schema = await readDdl({ ddl: SHOP, dialect: DIALECTS[dialect], names: {} }, parse);
  return bindQuery(statement.query, {
    schema: indexSchema(schema, DIALECTS[dialect]),
    names: {},
    dialect: DIALECTS[dialect],
  }).query;
}
