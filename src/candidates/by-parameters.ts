import type { BoundExpr } from '../sql/bound.ts';
import type { Candidate } from './candidate.ts';
import { refsOf, someNode } from './expressions.ts';
import { IN_ZONE, type Kinds, MAPPED, WEEKS, WRITTEN, whyByCall } from './session-calls.ts';

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
  const isOf = (type: RegExp) => (piece: unknown) =>
    refsOf(piece).some(({ column }) => type.test(typeOf(column)));
  const kinds = { isTime: isOf(TIME), isText: isOf(TEXT) };
  let found: string | undefined;
  someNode(all, (node) => {
    found = whyByNode(node as BoundExpr, kinds);
    return found !== undefined;
  });
  return found;
}

const ZONED = /^timestamp(_l?tz| with (local )?time zone)/i;
const TIME = /^(date|time|timestamp)/i;
const TEXT = /char|text|string/i;
/** A type whose meaning is the session's; all others say whether they have a zone. */
const PLAIN_TIMESTAMP = /^timestamp(\(\d+\))?$/i;

function whyByNode(node: BoundExpr, kinds: Kinds): string | undefined {
  const { isTime } = kinds;
  if (node.kind === 'literal') {
    return node.type === 'timestamp' ? MAPPED : node.type === 'timestamptz' ? IN_ZONE : undefined;
  }
  if (node.kind === 'call') {
    return whyByCall(node, kinds);
  }
  if (node.kind === 'extract') {
    return /week|dow|dayofweek/i.test(node.part) ? WEEKS : undefined;
  }
  if (node.kind === 'cast') {
    if (PLAIN_TIMESTAMP.test(node.type)) {
      return MAPPED;
    }
    if (ZONED.test(node.type)) {
      return IN_ZONE;
    }
    const isConstant = refsOf(node.operand).length === 0;
    return isConstant || TIME.test(node.type) === isTime(node.operand) ? undefined : WRITTEN;
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
