import { relationId } from '../../src/base/relation.ts';
import { answerMatchLine } from '../../src/cli/match-line.ts';
import { readDdl } from '../../src/cli/read-ddl.ts';
import type { SmallScopeOutcome } from '../../src/prove/small-scope.ts';
import { tryOnSmallDatabases } from '../../src/prove/small-scope.ts';
import type { TrialGround } from '../../src/prove/trial-ground.ts';
import { openTrialGround } from '../../src/prove/trial-ground.ts';
import { trialMatter } from '../../src/prove/trial-matter.ts';
import type { BoundQuery } from '../../src/sql/bound.ts';
import { dialectOf } from '../../src/sql/dialects.ts';
import { bindQuery } from '../../src/sql/resolve/bind-query.ts';
import type { SchemaSnapshot } from '../../src/sql/schema.ts';
import { indexSchema } from '../../src/sql/schema-index.ts';
import { parse } from '../../test/corpus/match-corpus.ts';
import { factsOf, type Work } from './works.ts';

/** Grounds of as many schemas stay open: neighbouring works mostly share theirs. */
const MOST_GROUNDS = 4;
const grounds = new Map<string, TrialGround>();

const duckdb = dialectOf('duckdb');

export interface TryParts {
  readonly databases: number;
  readonly seed: number;
  readonly isShrunk?: boolean;
}

/** The rewrite Goldsmith gives for a work, if it gives one. */
export async function rewriteOf(work: Work): Promise<string | undefined> {
  const { setup, macros, mvs, query, trust } = work;
  const answer = await answerMatchLine(
    { id: 1, dialect: 'duckdb', ddl: `${macros}\n${setup}`, mvs, query },
    { parse, trustDeclaredKeys: trust },
  );
  return answer.sql;
}

/** Runs any text in the place of a work's rewrite, on small databases. */
export async function tryRewrite(
  work: Work,
  { rewritten, ...parts }: TryParts & { readonly rewritten: string },
): Promise<SmallScopeOutcome> {
  const schema = await readDdl({ ddl: work.setup, dialect: duckdb, names: {} }, parse);
  return tryOnSmallDatabases({
    ...trialMatter(await boundQueries([...work.mvs, work.query], schema), schema),
    ground: groundFor(work, schema),
    facts: await factsOf(work),
    marts: work.mvs.map((sql, at) => ({ name: relationId({ name: `mv${at}` }), sql })),
    query: work.query,
    rewritten,
    ...parts,
    approximate: true,
  });
}

export async function boundQueries(
  texts: readonly string[],
  schema: SchemaSnapshot,
): Promise<readonly BoundQuery[]> {
  const index = indexSchema(schema, duckdb);
  const outcomes = await parse(texts.map((sql) => ({ sql, dialect: 'duckdb' as const })));
  return outcomes.flatMap((outcome) =>
    outcome.kind === 'parsed'
      ? outcome.statements.flatMap((statement) =>
          statement.kind === 'query'
            ? [bindQuery(statement.query, { schema: index, names: {}, dialect: duckdb }).query]
            : [],
        )
      : [],
  );
}

export function groundFor({ macros }: Work, schema: SchemaSnapshot): TrialGround {
  // Declared keys say nothing of types: with and without them a ground serves.
  const key = JSON.stringify([macros, ...schema.relations.map(({ id, columns }) => [id, columns])]);
  const known = grounds.get(key) ?? openGround(schema, macros);
  grounds.delete(key);
  grounds.set(key, known);
  const [oldest] = grounds.keys();
  if (grounds.size > MOST_GROUNDS && oldest !== undefined) {
    grounds.get(oldest)?.close();
    grounds.delete(oldest);
  }
  return known;
}

function openGround(schema: SchemaSnapshot, macros: string): TrialGround {
  return openTrialGround({
    relations: schema.relations.filter(({ kind }) => kind === 'table'),
    prelude: macros.split(/;\s*\n/).filter((text) => text.trim() !== ''),
  });
}

export function closeGrounds(): void {
  for (const ground of grounds.values()) {
    ground.close();
  }
  grounds.clear();
}
