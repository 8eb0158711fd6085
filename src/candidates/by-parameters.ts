import type { BoundExpr } from '../sql/bound.ts';
import type { Candidate } from './candidate.ts';
import { refsOf, someNode } from './expressions.ts';

/** Where columns are declared, and as what. */
type Declared = readonly {
  readonly id: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}[];

/**
 * What in a definition over one table may come out otherwise where a parameter of the session is another (its time zone, the first day of
 * its week, how it writes and reads times), in words; nothing where nothing does. What is kept by a warehouse that looks at no session of
 * a reader's must not hang on one.
 */
export function whyByParameters(
  { query: { body } }: Pick<Candidate, 'query'>,
  { catalog }: { readonly catalog: Declared },
): string | undefined {
  if (body.kind !== 'block' || body.block.from.kind !== 'table') {
    return undefined;
  }
  const { from, items, where, groupBy = [] } = body.block;
  const declared = catalog.find(({ id }) => id === from.relation)?.columns ?? [];
  const typeOf = (column: string) => declared.find(({ name }) => name === column)?.type ?? '';
  const all = [items, where, groupBy];
  const zoned = refsOf(all).find(({ column }) => ZONED.test(typeOf(column)));
  if (zoned !== undefined) {
    return `what day ${zoned.column} is depends on the time zone of the session`;
  }
  const isTime = (piece: unknown) => refsOf(piece).some(({ column }) => TIME.test(typeOf(column)));
  let found: string | undefined;
  someNode(all, (node) => {
    found = whyByNode(node as BoundExpr, isTime);
    return found !== undefined;
  });
  return found;
}

const ZONED = /^timestamp(_l?tz| with (local )?time zone)/i;
const TIME = /^(date|time|timestamp)/i;

function whyByNode(node: BoundExpr, isTime: (piece: unknown) => boolean): string | undefined {
  if (node.kind === 'call') {
    const parts = node.args.filter((arg) => arg.kind === 'literal').map(({ text }) => text);
    const isOfWeeks = node.name === 'week' || parts.some((part) => /^week/i.test(part));
    if (isOfWeeks && (node.name === 'week' || node.name === 'date_trunc')) {
      return WEEKS;
    }
    return TEXTUAL.has(node.name) && isTime(node.args) ? WRITTEN : undefined;
  }
  if (node.kind === 'extract') {
    return /week|dow|dayofweek/i.test(node.part) ? WEEKS : undefined;
  }
  if (node.kind === 'cast') {
    const isConstant = refsOf(node.operand).length === 0;
    const toTime = TIME.test(node.type);
    return isConstant ||
      (toTime ? isTime(node.operand) && !ZONED.test(node.type) : !isTime(node.operand))
      ? undefined
      : WRITTEN;
  }
  if (node.kind === 'binary' && !['and', 'or'].includes(node.op)) {
    const sides = [node.left, node.right];
    const isText =
      node.op === '||' || /like|collate|time zone/.test(node.op) || sides.some(isString);
    return isText && isTime(sides) ? WRITTEN : undefined;
  }
  if (node.kind === 'between') {
    return [node.low, node.high].some(isString) && isTime(node.operand) ? WRITTEN : undefined;
  }
  return node.kind === 'in-list' && node.list.some(isString) && isTime(node.operand)
    ? WRITTEN
    : undefined;
}

function isString(expr: BoundExpr): boolean {
  return expr.kind === 'literal' && expr.type === 'string';
}

const WEEKS = 'on which day a week begins depends on the session';
const WRITTEN = 'how a time is written or read as a text depends on the session';

const TEXTUAL: ReadonlySet<string> = new Set(
  'lower upper trim ltrim rtrim length substr substring replace concat left right like'.split(' '),
);
