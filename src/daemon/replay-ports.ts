import type { RelationId } from '../base/relation.ts';
import type { HistorySource } from '../connectors/history-row.ts';
import type { Facts } from '../marts/facts.ts';
import { noFacts } from '../marts/facts.ts';
import type { MartDefinition } from '../marts/mart.ts';
import type { ReplayPorts } from '../materializer/work.ts';
import { isFloat } from '../prove/content-fingerprint.ts';
import { oneStatement } from '../prove/one-statement.ts';
import { classifyStatement } from '../sql/classify-statement.ts';
import type { DialectName } from '../sql/dialect.ts';
import { dialectOf } from '../sql/dialects.ts';
import type { Query } from '../sql/ir.ts';
import { matchQuery } from '../sql/match/match.ts';
import type { NormalQuery } from '../sql/normal-query.ts';
import { normalize } from '../sql/normalize/normalize.ts';
import type { ParseSql } from '../sql/parse-sql.ts';
import { bindQuery } from '../sql/resolve/bind-query.ts';
import type { NameContext, SchemaSnapshot } from '../sql/schema.ts';
import { indexSchema, type SchemaIndex } from '../sql/schema-index.ts';
import { splitStatements } from '../sql/split-statements.ts';
import { logicalTwin, printReading } from './stand-in.ts';

export interface ReplayPortsParts {
  readonly source: HistorySource;
  readonly parse: ParseSql;
  readonly dialect: DialectName;
  readonly schema: SchemaIndex;
  readonly names: NameContext;
  /** Verified join facts, for rewrites the mart's own build has yet to confirm. */
  readonly facts: Facts;
  readonly onProved?: ReplayPorts['onProved'];
}

/** Where the materializer gets real statements from, and how they read on both sides. */
export function makeReplayPorts(parts: ReplayPortsParts): ReplayPorts {
  const { source, dialect } = parts;
  return {
    fetchTexts: (ids, options) => source.fetchTexts(ids, options),
    isSafeToReplay(sql) {
      if (splitStatements(sql, dialectOf(dialect)).length !== 1) {
        return { safe: false, because: 'it is not exactly one statement' };
      }
      return classifyStatement(sql, dialectOf(dialect)).kind === 'query'
        ? { safe: true }
        : { safe: false, because: 'it is not a query' };
    },
    rewriteForReplay: (_fingerprint, text, build) => bothSides(text, { ...parts, ...build }),
    ...(parts.onProved === undefined ? {} : { onProved: parts.onProved }),
  };
}

interface Build extends ReplayPortsParts {
  readonly mart: RelationId;
  readonly table: RelationId;
  readonly definition: MartDefinition;
}

/** A statement that names the mart reads its logical definition on one side; one that does not is matched. */
async function bothSides(text: string, build: Build): ReturnType<ReplayPorts['rewriteForReplay']> {
  const { mart, table, definition, dialect } = build;
  const query = await readOne(text, build);
  if (query === undefined) {
    return undefined;
  }
  const naming = bindWith(query, { ...build, schema: withMartAsTable(build) });
  if (naming !== undefined && reads(naming, mart)) {
    const base = logicalTwin(naming, { mart, definitionSql: definition.sql, dialect });
    const served = printReading(naming, { mart, instead: table, dialect });
    const approximate = definition.columns.some(({ type }) => isFloat(type));
    return base === undefined || served === undefined ? undefined : { base, served, approximate };
  }

  const asked = bindWith(query, build);
  const held = await readOne(definition.sql, build);
  const holds = held === undefined ? undefined : bindWith(held, build);
  if (asked === undefined || holds === undefined) {
    return undefined;
  }
  const outcome = matchQuery({
    query: asked,
    marts: [{ relation: mart, query: holds, columns: definition.columns, facts: factsOf(build) }],
    schema: build.schema.snapshot,
    dialect,
  });
  const served =
    outcome.kind === 'rewrite'
      ? printReading(outcome.query, { mart, instead: table, dialect })
      : undefined;
  const base = oneStatement(text, dialect);
  return served === undefined || base === undefined ? undefined : { base, served };
}

/** The definition's obligations are checked on the build's own snapshot before anything is replayed, so they hold there. */
function factsOf({ definition, facts }: Build): Facts {
  const { obligations } = definition;
  return {
    ...noFacts,
    source: `obligations of ${definition.relation}`,
    verifiedAt: facts.verifiedAt,
    uniqueKeys: [...facts.uniqueKeys, ...obligations.filter((one) => one.kind === 'unique-key')],
    inclusions: [...facts.inclusions, ...obligations.filter((one) => one.kind === 'inclusion')],
    notNull: [...facts.notNull, ...obligations.filter((one) => one.kind === 'not-null')],
    rowCounts: facts.rowCounts,
  };
}

async function readOne(
  sql: string,
  { parse, dialect }: ReplayPortsParts,
): Promise<Query | undefined> {
  const [outcome] = await parse([{ sql, dialect }]);
  const statement =
    outcome?.kind === 'parsed' && outcome.statements.length === 1
      ? outcome.statements[0]
      : undefined;
  return statement?.kind === 'query' ? statement.query : undefined;
}

function bindWith(
  query: Query,
  { schema, names, dialect }: Pick<ReplayPortsParts, 'schema' | 'names' | 'dialect'>,
): NormalQuery | undefined {
  const bound = bindQuery(query, { schema, names, dialect: dialectOf(dialect) });
  return bound.notUnderstood.length > 0 ? undefined : normalize(bound.query);
}

/** The schema with the mart's view as a plain table, so that what names it keeps naming it. */
function withMartAsTable({ schema, mart, definition, dialect }: Build): SchemaIndex {
  const others = schema.snapshot.relations.filter(({ id }) => id !== mart);
  const snapshot: SchemaSnapshot = {
    ...schema.snapshot,
    relations: [
      ...others,
      {
        id: mart,
        kind: 'table',
        columns: definition.columns.map(({ name, type }) => ({ name, type, notNull: false })),
        keys: [],
        foreignKeys: [],
      },
    ],
  };
  return indexSchema(snapshot, dialectOf(dialect));
}

function reads(piece: unknown, relation: RelationId): boolean {
  if (typeof piece !== 'object' || piece === null) {
    return false;
  }
  return Object.entries(piece).some(
    ([key, value]: [string, unknown]) =>
      (key === 'relation' && value === relation) || reads(value, relation),
  );
}
