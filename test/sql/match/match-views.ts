import { relationId } from '../../../src/base/relation.ts';
import { readDdl } from '../../../src/cli/read-ddl.ts';
import { dialectOf } from '../../../src/sql/dialects.ts';
import { declaredFacts } from '../../../src/sql/match/declared-facts.ts';
import type { MatchOutcome } from '../../../src/sql/match/match.ts';
import { matchQuery } from '../../../src/sql/match/match.ts';
import type { NormalQuery } from '../../../src/sql/normal-query.ts';
import { normalize } from '../../../src/sql/normalize/normalize.ts';
import { bindQuery } from '../../../src/sql/resolve/bind-query.ts';
import { indexSchema } from '../../../src/sql/schema-index.ts';
import { parse, SHOP } from './ask.ts';

export interface Views {
  /** Whether each mart's rows are of the moment of its sources. */
  readonly mvs: readonly { readonly sql: string; readonly sameSnapshot: boolean }[];
  readonly query: string;
}

/** Matches a query over the shop, each mart as old as it is said to be. */
export async function matchViews({ mvs, query }: Views): Promise<MatchOutcome> {
  const dialect = dialectOf('duckdb');
  const schema = await readDdl({ ddl: SHOP, dialect, names: {} }, parse);
  const facts = declaredFacts(schema, { trustKeys: true });
  async function normalOf(sql: string): Promise<NormalQuery> {
    const [outcome] = await parse([{ sql, dialect: 'duckdb' }]);
    const statement = outcome?.kind === 'parsed' ? outcome.statements[0] : undefined;
    if (statement?.kind !== 'query') {
      throw new Error(`not a query: ${sql}`);
    }
    const scope = { schema: indexSchema(schema, dialect), names: {}, dialect };
    return normalize(bindQuery(statement.query, scope).query);
  }
  const marts = await Promise.all(
    mvs.map(async ({ sql, sameSnapshot }, index) => {
      const definition = await normalOf(sql);
      return {
        relation: relationId({ name: `mv${index}` }),
        query: definition,
        columns: definition.outputs.map((name) => ({ name, type: '' })),
        facts,
        sameSnapshot,
      };
    }),
  );
  return matchQuery({ query: await normalOf(query), marts, schema, dialect: 'duckdb' });
}
