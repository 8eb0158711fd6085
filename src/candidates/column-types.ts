import type { RelationId } from '../base/relation.ts';
import type { BoundExpr } from '../sql/bound.ts';
import type { SchemaSnapshot } from '../sql/schema.ts';

/**
 * The type of an output of a mart, where it follows from the schema without asking the warehouse; empty where it
 * does not. The daemon describes each candidate's SQL and the described types win over these.
 */
export function typeOfOutput(
  expr: BoundExpr,
  {
    relations,
    schema,
  }: { readonly relations: readonly RelationId[]; readonly schema: SchemaSnapshot },
): string {
  if (expr.kind === 'ref') {
    const relation = schema.relations.find(({ id }) => id === relations[expr.occ]);
    return relation?.columns.find(({ name }) => name === expr.column)?.type ?? '';
  }
  if (expr.kind !== 'call') {
    return '';
  }
  if (expr.name === 'count') {
    return 'bigint';
  }
  const [argument] = expr.args;
  const type = argument === undefined ? '' : typeOfOutput(argument, { relations, schema });
  if (expr.name === 'min' || expr.name === 'max') {
    return type;
  }
  return expr.name === 'sum' ? typeOfSum(type) : '';
}

const WHOLE_NUMBERS =
  /^(tinyint|smallint|integer|int|bigint|utinyint|usmallint|uinteger|ubigint|hugeint)$/;

function typeOfSum(type: string): string {
  const decimal = /^decimal\(\d+,\s*(\d+)\)$/.exec(type);
  if (decimal !== null) {
    return `decimal(38,${decimal[1] ?? '0'})`;
  }
  if (WHOLE_NUMBERS.test(type)) {
    return 'hugeint';
  }
  return type === 'double' || type === 'float' ? 'double' : '';
}
