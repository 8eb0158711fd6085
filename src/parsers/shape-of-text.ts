import { relationId, relationParts } from '../base/relation.ts';
import type { Reads } from '../sql/agreement.ts';
import { dropLiterals } from '../sql/drop-literals.ts';
import type { ParseOutcome, Reading } from '../sql/parse-sql.ts';
import type { Shape } from '../sql/query-shape.ts';
import type { BindContext } from '../sql/resolve/binder.ts';
import { lexerShape, readsOf, shapeOf } from '../sql/resolve/shape-of.ts';
import { holdsAggregate } from '../sql/resolve/walk-expr.ts';

type Parsed = Extract<ParseOutcome, { readonly kind: 'parsed' }>;

/** What a parsed text reads, without its literals. */
export function shapeOfParsed(outcome: Parsed, context: BindContext): Shape {
  const shapes = outcome.statements.map((statement) =>
    shapeOf({ statement: dropLiterals(statement), reader: outcome.reader, context }),
  );
  const [only, ...more] = shapes;
  return only === undefined || more.length > 0 ? severalShapes(shapes) : only;
}

/** What a second reader's text reads, as far as two readings are compared by it. */
export function readsOfWitness({ reader, statements }: Reading, context: BindContext): Reads {
  const [only, ...more] = statements;
  return only === undefined || more.length > 0
    ? shapeOfParsed({ kind: 'parsed', reader, statements }, context)
    : readsOf({ statement: dropLiterals(only), reader, context });
}

/**
 * Whether it pays to ask a second reader: marts are made of what joins, groups or aggregates tables that are known, and
 * of nothing else.
 */
export function isWorthAWitness({ statement, level, relations, joins, query }: Shape): boolean {
  const isKnown = level !== 'lexer' && relations.some(({ known }) => known);
  return statement === 'query' && isKnown && (joins.length > 0 || isGrouped(query));
}

function isGrouped(query: Shape['query']): boolean {
  const body = query?.body;
  return (
    body?.kind === 'select' &&
    (body.groupBy !== undefined || body.items.some(({ expr }) => holdsAggregate(expr)))
  );
}

/** The parser's own message may quote the statement, so it is not kept. */
export function shapeOfUnparsed(tables: readonly string[]): Shape {
  const relations = tables.map((table) => ({
    relation: relationId(relationParts(table)),
    via: 'named' as const,
    known: false,
  }));
  return lexerShape({ because: 'no grammar accepted it', relations });
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
