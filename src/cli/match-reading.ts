import type { RelationId } from '../base/relation.ts';
import type { Facts } from '../marts/facts.ts';
import type { BoundQuery } from '../sql/bound.ts';
import type { Dialect, DialectName } from '../sql/dialect.ts';
import type { Query } from '../sql/ir.ts';
import { columnLabels } from '../sql/match/column-labels.ts';
import type { MartView, MatchOutcome } from '../sql/match/match.ts';
import { matchQuery } from '../sql/match/match.ts';
import { readingsOf } from '../sql/match/set-stand-ins.ts';
import { normalize } from '../sql/normalize/normalize.ts';
import { bindQuery } from '../sql/resolve/bind-query.ts';
import type { NameContext, SchemaRelation, SchemaSnapshot } from '../sql/schema.ts';
import { indexSchema } from '../sql/schema-index.ts';

/** The parsed texts of a line, and what they are read against. */
export interface MatchTexts {
  readonly asked: Query;
  readonly marts: readonly MartQuery[];
  readonly tables: SchemaSnapshot;
  readonly facts: Facts;
  readonly dialect: Dialect;
  readonly names: NameContext;
  readonly printAs: DialectName;
}

export interface MartQuery {
  readonly name: string;
  readonly id: RelationId;
  readonly sql: string;
  readonly query: Query;
}

/** The texts as they were read, and what the matcher says of them. */
export interface MatchReading {
  readonly schema: SchemaSnapshot;
  readonly marts: readonly MartReading[];
  readonly bound: BoundQuery;
  readonly outcome: MatchOutcome;
}

export interface MartReading {
  readonly view: MartView;
  readonly bound: BoundQuery;
  /** Names for columns that have none of their own. */
  readonly list: readonly string[] | undefined;
}

/** Of the ways to read the functions that the texts call the first that finds a rewrite; where none does, the first. */
export function matchReading(texts: MatchTexts): MatchReading {
  const [first, ...others] = readingsOf(texts.tables);
  const found = readWith(first, texts);
  if (found.outcome.kind === 'rewrite') {
    return found;
  }
  for (const tables of others) {
    const other = readWith(tables, texts);
    if (other.outcome.kind === 'rewrite') {
      return other;
    }
  }
  return found;
}

function readWith(tables: SchemaSnapshot, texts: MatchTexts): MatchReading {
  const schema = withMarts(tables, texts.marts);
  const marts = texts.marts.map((mart) => martOf(mart, { schema, texts }));
  const bound = bind(texts.asked, { schema, texts });
  const outcome = matchQuery({
    query: normalize(bound),
    marts: marts.map(({ view }) => view),
    schema,
    dialect: texts.printAs,
  });
  return { schema, marts, bound, outcome };
}

/** Marts that read other marts, and queries that name one, are read through to the tables. */
function withMarts(tables: SchemaSnapshot, marts: readonly MartQuery[]): SchemaSnapshot {
  const known = new Set(tables.relations.map((relation) => relation.id.toLowerCase()));
  const views = marts
    .filter((mart) => !known.has(mart.id.toLowerCase()))
    .map(
      (mart): SchemaRelation => ({
        id: mart.id,
        kind: 'view',
        columns: [],
        keys: [],
        foreignKeys: [],
        definition: mart.query,
      }),
    );
  return { ...tables, relations: [...tables.relations, ...views] };
}

interface BindParts {
  readonly schema: SchemaSnapshot;
  readonly texts: MatchTexts;
}

function bind(query: Query, { schema, texts }: BindParts): BoundQuery {
  const { dialect, names } = texts;
  return bindQuery(query, { schema: indexSchema(schema, dialect), names, dialect }).query;
}

function martOf(mart: MartQuery, parts: BindParts): MartReading {
  const bound = bind(mart.query, parts);
  const query = normalize(bound);
  const { labels, areOwn } = columnLabels(query.outputs, mart.query);
  const view: MartView = {
    relation: mart.id,
    query,
    columns: labels.map((name) => ({ name, type: '' })),
    facts: parts.texts.facts,
    sameSnapshot: true,
  };
  return { view, bound, list: areOwn ? undefined : labels };
}
