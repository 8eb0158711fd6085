import type { Statement } from '../ir.ts';
import type { ReaderName } from '../parse-sql.ts';
import type { Shape } from '../query-shape.ts';
import { bindStatement, type StatementBinding } from './bind-statement.ts';
import type { BindContext } from './binder.ts';
import { columnUses } from './column-uses.ts';
import { joinUses } from './join-uses.ts';
import { occurrencesOf } from './occurrences.ts';
import { traceLineage } from './trace-lineage.ts';

export interface ShapeRequest {
  readonly statement: Statement;
  readonly reader: ReaderName;
  readonly context: BindContext;
}

/**
 * The shape of one parsed statement. `full` when every name was resolved and nothing was opaque; `partial`
 * with the reasons otherwise. A statement whose CTEs multiply out beyond bounds has its facts but no query. Give it a statement without literals where the shape is to be kept.
 */
export function shapeOf({ statement, reader, context }: ShapeRequest): Shape {
  const binding = bindStatement(statement, context);
  const { query, target, notUnderstood } = binding;
  const relations = [...(binding.relations ?? [])].map(([relation, seen]) => ({
    relation,
    via: seen.via,
    known: seen.known,
  }));
  return {
    level: notUnderstood.length === 0 ? 'full' : 'partial',
    reader,
    statement: binding.kind,
    ...(target === undefined ? {} : { target }),
    relations,
    ...factsOf(binding),
    notUnderstood,
    ...(query === undefined || binding.isShared === true ? {} : { query }),
  };
}

function factsOf({
  query,
  targetColumns,
  marks,
}: StatementBinding): Pick<Shape, 'columns' | 'joins' | 'lineage'> {
  if (query === undefined) {
    return { columns: [], joins: [], lineage: [] };
  }
  const occurrences = occurrencesOf(query);
  const names = targetColumns ?? query.outputs;
  return {
    columns: columnUses(query, occurrences),
    joins: joinUses(query, occurrences),
    lineage: traceLineage(query, { names, occurrences, ...(marks && { marks }) }),
  };
}

/** The shape of a text no grammar accepted: token facts only. */
export function lexerShape({
  because,
  relations,
}: {
  readonly because: string;
  readonly relations: Shape['relations'];
}): Shape {
  return {
    level: 'lexer',
    reader: 'tokens',
    statement: 'other',
    relations,
    columns: [],
    joins: [],
    lineage: [],
    notUnderstood: [because],
  };
}
