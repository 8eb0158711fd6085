import type { MissReason } from '../../marts/certificate.ts';
import type { Dialect } from '../dialect.ts';
import { dialectOf } from '../dialects.ts';
import type { NormalQuery } from '../normal-query.ts';
import { queryKey } from '../normalize/expr-key.ts';
import { normalize } from '../normalize/normalize.ts';
import { toBound } from '../normalize/to-bound.ts';
import type { ParseSql } from '../parse-sql.ts';
import { bindQuery } from '../resolve/bind-query.ts';
import type { NameContext, SchemaRelation, SchemaSnapshot } from '../schema.ts';
import { indexSchema } from '../schema-index.ts';
import { tablesOf } from './mart-index.ts';
import type { MartView } from './match.ts';

export interface Written {
  readonly sql: string;
  /** What the text must mean. */
  readonly query: NormalQuery;
  readonly dialect: Dialect;
  readonly names: NameContext;
  readonly schema: SchemaSnapshot;
  readonly marts: readonly MartView[];
}

/**
 * Reads a text we wrote as anyone else's, with the marts as tables. Nothing comes back where it means what it was written
 * for, output names and all; else why it must not be used.
 */
export async function misread(written: Written, parse: ParseSql): Promise<MissReason | undefined> {
  const { sql, query, names, marts } = written;
  const [outcome] = await parse([{ sql, dialect: written.dialect.name }]);
  const statement = outcome?.kind === 'parsed' ? outcome.statements[0] : undefined;
  if (outcome?.kind !== 'parsed' || statement?.kind !== 'query' || outcome.statements.length > 1) {
    const because = outcome?.kind === 'unparsed' ? outcome.because : 'it is not one SELECT';
    return notReadBack(`no reader accepts the text written for it: ${because}`);
  }
  const dialect = {
    ...dialectOf(written.dialect.name),
    names: written.dialect.names,
  };
  const schema = withMartsAsTables(written.schema, marts);
  const binding = bindQuery(statement.query, {
    schema: indexSchema(schema, dialect),
    names,
    dialect,
  });
  const [unknown] = binding.notUnderstood;
  if (unknown !== undefined) {
    return notReadBack(`the text written for it is not wholly resolved (${unknown})`);
  }
  const outputs = binding.query.outputs;
  if (outputs.join('\n') !== query.outputs.join('\n')) {
    return notReadBack(
      `the text written for it gives ${outputs.join(', ')} instead of ${query.outputs.join(', ')}`,
    );
  }
  const again = normalize(binding.query);
  const [meant, read] = [tablesOf(query), tablesOf(again)];
  if (meant.size !== read.size || [...meant].some((relation) => !read.has(relation))) {
    return notReadBack(`the text written for it reads ${[...read].join(', ')}`);
  }
  return queryKey(toBound(again)) === queryKey(toBound(normalize(toBound(query))))
    ? undefined
    : notReadBack('the text written for it means something else when it is read again');
}

function notReadBack(text: string): MissReason {
  return { code: 'NOT_READ_BACK', text: `a rewrite is known, but ${text}` };
}

function withMartsAsTables(schema: SchemaSnapshot, marts: readonly MartView[]): SchemaSnapshot {
  const own = new Map(
    marts.map((mart): [string, SchemaRelation] => [
      mart.relation,
      {
        id: mart.relation,
        kind: 'table',
        columns: mart.columns.map(({ name, type }) => ({ name, type, notNull: false })),
        keys: [],
        foreignKeys: [],
      },
    ]),
  );
  return {
    ...schema,
    relations: [...schema.relations.filter((relation) => !own.has(relation.id)), ...own.values()],
  };
}
