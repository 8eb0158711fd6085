import { type RelationId, relationParts } from '../base/relation.ts';
import type { BoundExpr } from '../sql/bound.ts';
import { refsOf } from './expressions.ts';

const MOST_NAMED = 4;
const LONGEST = 60;

export interface NameParts {
  readonly anchor: RelationId;
  readonly joined: readonly RelationId[];
  /** Names of the grouping columns; absent where it does not aggregate. */
  readonly keys?: readonly string[] | undefined;
}

/** A readable name from what the mart holds: `order_lines_by_order_date_and_region`, `orders_with_customers`. */
export function nameMart({ anchor, joined, keys }: NameParts): string {
  const subject = word(relationParts(anchor).name);
  if (keys !== undefined) {
    return short(
      keys.length === 0 ? `${subject}_totals` : `${subject}_by_${listed(keys.map(word))}`,
    );
  }
  return short(
    joined.length === 0
      ? `${subject}_narrow`
      : `${subject}_with_${listed(joined.map((id) => word(relationParts(id).name)))}`,
  );
}

/**
 * Two marts, or a mart and somebody else's relation, may want one name: the later one (by key) carries six digits
 * of its key, which are the same in every cycle.
 */
export function withoutCollision(
  name: string,
  { key, isTaken }: { readonly key: string; readonly isTaken: (name: string) => boolean },
): string {
  return isTaken(name) ? `${name}_${key.slice(0, 6)}` : name;
}

/** Output names, in order: the column's own where it is alone, `sum_amount`, `customers_name`, `row_count`. */
export function nameColumns(
  exprs: readonly BoundExpr[],
  relations: readonly RelationId[],
): readonly string[] {
  const plain = exprs.map((expr) => plainName(expr));
  const count = (name: string) => plain.filter((each) => same(each, name)).length;
  const taken = new Set<string>();
  return exprs.map((expr, i) => {
    const wanted = plain[i] ?? 'value';
    const [ref] = refsOf(expr);
    const relation = ref === undefined ? undefined : relations[ref.occ];
    const name =
      count(wanted) > 1 && relation !== undefined
        ? `${word(relationParts(relation).name)}_${wanted}`
        : wanted;
    let free = name;
    for (let n = 2; taken.has(free.toLowerCase()); n++) {
      free = `${name}_${n}`;
    }
    taken.add(free.toLowerCase());
    return free;
  });
}

function plainName(expr: BoundExpr): string {
  if (expr.kind === 'ref') {
    return expr.column;
  }
  const bucket = bucketName(expr);
  if (bucket !== undefined) {
    return bucket;
  }
  const columns = [...new Set(refsOf(expr).map(({ column }) => word(column)))].slice(0, 3);
  if (expr.kind === 'call' && expr.name === 'count' && columns.length === 0) {
    return 'row_count';
  }
  const verb = expr.kind === 'call' ? [word(expr.name)] : [];
  return [...verb, ...columns].join('_') || 'value';
}

/** `order_date_month` for `date_trunc('month', order_date)`. */
function bucketName(expr: BoundExpr): string | undefined {
  if (expr.kind !== 'call' || expr.name !== 'date_trunc') {
    return undefined;
  }
  const [unit, from] = expr.args;
  return unit?.kind === 'literal' && from?.kind === 'ref'
    ? `${word(from.column)}_${word(unit.text)}`
    : undefined;
}

function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  if (more > 0) {
    return `${names.slice(0, MOST_NAMED).join('_')}_and_${more}_more`;
  }
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join('_')}_and_${last}`;
}

function short(name: string): string {
  return name.length <= LONGEST ? name : name.slice(0, LONGEST).replace(/_+$/, '');
}

function word(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9_]+/g, '_');
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
