import type { RelationId } from '../base/relation.ts';
import type { GrownBy, GrownMeasure } from '../marts/growth.ts';
import type { BoundExpr } from '../sql/bound.ts';
import type { DialectName } from '../sql/dialect.ts';
import type { NormalQuery } from '../sql/normal-query.ts';
import { printQuery } from '../sql/print/print-query.ts';
import type { Candidate } from './candidate.ts';
import { drivingSource, type WholeOnly, wholeBecause } from './driving-source.ts';
import { aggregatesOf, exprKey, refTo } from './expressions.ts';

export type Growable =
  | { readonly kind: 'grown'; readonly by: GrownBy; readonly occ: number }
  | WholeOnly;

/**
 * Whether the definition over rows added to its largest source can be added to what the mart holds without loss: sums and counts of exact
 * types are added, least and greatest values compared. What depends on the order of adding, or on distinct values, cannot.
 */
export function growableBy(
  { definition, query }: Pick<Candidate, 'definition' | 'query'>,
  { rowsOf }: { readonly rowsOf: (relation: RelationId) => number },
): Growable {
  const driving = drivingSource({ definition, query }, rowsOf);
  if (driving.kind === 'whole') {
    return driving;
  }
  const { block, occ, relation: source } = driving;
  if (block.distinct || block.having.length > 0) {
    return wholeBecause('it leaves out rows or groups by what other rows hold');
  }
  const { columns } = definition;
  if (columns.length !== block.items.length) {
    return wholeBecause('the types of its columns are not known yet');
  }
  if (block.groupBy === undefined) {
    return block.items.some(({ expr }) => aggregatesOf(expr).length > 0)
      ? wholeBecause('it is one row of totals')
      : { kind: 'grown', by: { source, measures: [] }, occ };
  }
  const grouped = new Set(block.groupBy.map(exprKey));
  const keys: string[] = [];
  const measures: GrownMeasure[] = [];
  for (const [at, { expr }] of block.items.entries()) {
    const { name, type } = columns[at] ?? { name: '', type: '' };
    const how = howToMerge(expr, type);
    if (grouped.delete(exprKey(expr))) {
      if (isInexact(type)) {
        return wholeBecause(`it groups by ${name}, a floating-point number`);
      }
      keys.push(name);
    } else if (how === undefined) {
      return wholeBecause(`values of ${name} (${type}) cannot be added up from parts exactly`);
    } else {
      measures.push({ column: name, how });
    }
  }
  return grouped.size > 0
    ? wholeBecause('it groups by what is none of its columns')
    : { kind: 'grown', by: { source, keys, measures }, occ };
}

/** The definition over the rows whose place in the source is `end` or a later one; absent where it cannot be written. */
export function addedSql(
  query: NormalQuery,
  parts: {
    readonly occ: number;
    /** The column that counts places. */
    readonly place: string;
    readonly end: string;
    readonly dialect: DialectName;
  },
): string | undefined {
  const { body } = query;
  if (body.kind !== 'block') {
    return undefined;
  }
  const isAdded: BoundExpr = {
    kind: 'binary',
    op: '>=',
    left: refTo(parts.occ, parts.place),
    right: { kind: 'literal', type: 'number', text: parts.end },
  };
  const block = { ...body.block, where: [...body.block.where, isAdded] };
  const printed = printQuery({ ...query, body: { kind: 'block', block } }, parts.dialect);
  return printed.kind === 'printed' ? printed.sql : undefined;
}

function howToMerge(expr: BoundExpr, type: string): GrownMeasure['how'] | undefined {
  const isPlain =
    expr.kind === 'call' &&
    !expr.distinct &&
    expr.over === undefined &&
    expr.orderBy.length + expr.modifiers.length === 0;
  if (!isPlain) {
    return undefined;
  }
  switch (expr.name) {
    case 'count':
    case 'count_star':
      return WHOLE_NUMBER.test(type.trim()) ? 'sum' : undefined;
    case 'sum':
      return WHOLE_NUMBER.test(type.trim()) || DECIMAL.test(type.trim()) ? 'sum' : undefined;
    case 'min':
    case 'max':
      return isOrdered(type.trim()) ? expr.name : undefined;
    default:
      return undefined;
  }
}

const WHOLE_NUMBER = /^u?(tiny|small|big|huge)?int(eger)?$/i;
const DECIMAL = /^(decimal|numeric)(\(.*\))?$/i;
/** Equal values of these are the same value; texts may compare equal that are not. */
const MOMENT = /^(date|timestamp(_s|_ms|_ns)?)( without time zone)?$/i;

function isOrdered(type: string): boolean {
  return WHOLE_NUMBER.test(type) || DECIMAL.test(type) || MOMENT.test(type);
}

function isInexact(type: string): boolean {
  return /^(float|real|double)/i.test(type.trim());
}
