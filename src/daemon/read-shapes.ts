import { relationId, relationParts } from '../base/relation.ts';
import type { DialectName } from '../sql/dialect.ts';
import { dialectOf } from '../sql/dialects.ts';
import { dropLiterals } from '../sql/drop-literals.ts';
import type { ParseOutcome, ParseSql } from '../sql/parse-sql.ts';
import type { Shape } from '../sql/query-shape.ts';
import { lexerShape, shapeOf } from '../sql/resolve/shape-of.ts';
import type { NameContext } from '../sql/schema.ts';
import type { SchemaIndex } from '../sql/schema-index.ts';
import type { ReadShapes } from '../usage/usage-ports.ts';

/** Raise it whenever the parsers or the resolver read differently, so that kept shapes are read again. */
export const READERS_VERSION = '1';

export interface ReadShapesParts {
  readonly parse: ParseSql;
  readonly dialect: DialectName;
  readonly schema: SchemaIndex;
  /** What bare names mean where the history does not tell. */
  readonly names: NameContext;
}

/** Parsers and resolver behind the port of `usage/`: texts to shapes without literals. */
export function makeReadShapes(parts: ReadShapesParts): ReadShapes {
  const { parse, dialect } = parts;
  return async (requests, signal) => {
    const outcomes = await parse(
      requests.map(({ text }) => ({ sql: text, dialect })),
      signal,
    );
    return new Map(
      requests.map(({ fingerprint, database, schema }, at) => [
        fingerprint,
        shapeOfOutcome(outcomes[at], {
          ...parts,
          names: {
            ...parts.names,
            ...(database === undefined ? {} : { database }),
            ...(schema === undefined ? {} : { schema }),
          },
        }),
      ]),
    );
  };
}

/** The parser's own message may quote the statement, so it is not kept: only that no grammar accepted it. */
function shapeOfOutcome(outcome: ParseOutcome | undefined, parts: ReadShapesParts): Shape {
  if (outcome === undefined || outcome.kind === 'unparsed') {
    const relations = (outcome?.tables ?? []).map((table) => ({
      relation: relationId(relationParts(table)),
      via: 'named' as const,
      known: false,
    }));
    return lexerShape({ because: 'no grammar accepted it', relations });
  }
  const context = {
    schema: parts.schema,
    names: parts.names,
    dialect: dialectOf(parts.dialect),
  };
  const shapes = outcome.statements.map((statement) =>
    shapeOf({ statement: dropLiterals(statement), reader: outcome.reader, context }),
  );
  const [only, ...more] = shapes;
  return only === undefined || more.length > 0 ? severalShapes(shapes) : only;
}

/** Several statements in one text: all they read is kept, none of them is a query to be matched. */
function severalShapes(shapes: readonly Shape[]): Shape {
  return {
    level: 'partial',
    reader: shapes[0]?.reader ?? 'tokens',
    statement: 'other',
    relations: shapes.flatMap(({ relations }) => relations),
    columns: shapes.flatMap(({ columns }) => columns),
    joins: shapes.flatMap(({ joins }) => joins),
    lineage: [],
    notUnderstood: ['several statements in one text'],
  };
}
