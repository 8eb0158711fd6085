import type { Reads } from '../agreement.ts';
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
  return {
    level: levelOf(binding),
    reader,
    statement: binding.kind,
    ...(target === undefined ? {} : { target }),
    relations: relationsOf(binding),
    ...factsOf(binding),
    notUnderstood,
    ...(query === undefined || binding.isShared === true ? {} : { query }),
  };
}

/** As much of a shape as two readings of one text are compared by; its columns are found out when they are asked for. */
export function readsOf({ statement, reader, context }: ShapeRequest): Reads {
  const binding = bindStatement(statement, context);
  return {
    level: levelOf(binding),
    reader,
    relations: relationsOf(binding),
    get columns() {
      return binding.query === undefined ? [] : columnUses(binding.query);
    },
  };
}

function levelOf({ notUnderstood }: StatementBinding): 'full' | 'partial' {
  return notUnderstood.length === 0 ? 'full' : 'partial';
}

function relationsOf({ relations = new Map() }: StatementBinding): Shape['relations'] {
  return [...relations].map(([relation, { via, known }]) => ({ relation, via, known }));
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
