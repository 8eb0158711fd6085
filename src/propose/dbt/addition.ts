import type { RelationId } from '../../base/relation.ts';
import type { NormalQuery } from '../../sql/normal-query.ts';
import { tablesIn } from './column-words.ts';
import type { Missing } from './find-extendable.ts';

/** A column to be added that can be written without a doubt: a source's own column, or an aggregate of one. */
export interface Addition {
  readonly name: string;
  readonly relation: RelationId;
  /** Absent: rows are counted. */
  readonly column?: string;
  readonly aggregate?: { readonly name: string; readonly distinct: boolean };
}

const AGGREGATES = new Set(['sum', 'count', 'min', 'max', 'avg']);

/** What is to be written for a missing column; a reason in words where it is more than that. */
export function additionOf({ name, expr }: Missing, wanted: NormalQuery): Addition | string {
  const sources = wanted.body.kind === 'block' ? tablesIn(wanted.body.block.from) : [];
  const sourceOf = (occ: number): RelationId | undefined => {
    const relation = sources.find((each) => each.occ === occ)?.relation;
    return sources.filter((each) => each.relation === relation).length === 1 ? relation : undefined;
  };
  const isCall = expr.kind === 'call' && AGGREGATES.has(expr.name);
  const plain =
    isCall &&
    expr.over === undefined &&
    expr.filter === undefined &&
    expr.orderBy.length === 0 &&
    expr.modifiers.length === 0;
  const [argument, ...more] = isCall ? expr.args : [expr];
  const because = `${name} is more than a column of a source or an aggregate of one`;
  if ((isCall && !plain) || more.length > 0) {
    return because;
  }
  const aggregate = isCall ? { aggregate: { name: expr.name, distinct: expr.distinct } } : {};
  if (isCall && (argument === undefined || argument.kind === 'star')) {
    const [only] = sources;
    return only === undefined ? because : { name, relation: only.relation, ...aggregate };
  }
  const relation = argument?.kind === 'ref' ? sourceOf(argument.occ) : undefined;
  return argument?.kind === 'ref' && relation !== undefined
    ? { name, relation, column: argument.column, ...aggregate }
    : because;
}
