import type { MissReason } from '../../marts/certificate.ts';
import type { BoundExpr } from '../bound.ts';
import type { Block, JoinTree, NormalQuery } from '../normal-query.ts';
import { isCut } from '../normalize/barriers.ts';
import { natureOf } from '../normalize/functions.ts';
import { toBound } from '../normalize/to-bound.ts';
import { expressionsOf, someExpr } from '../normalize/walk.ts';
import type { ColumnTypes, TypeScope } from './column-types.ts';
import { familyOf, isCollated, sourcesOfTree, typeOf } from './column-types.ts';
import type { OrderScope } from './totally-ordered.ts';
import { isTotallyOrdered } from './totally-ordered.ts';

/**
 * Why the answer of a query is not one and the same multiset each time it is asked, if it is not. With facts, an order by
 * a verified key settles which rows a limit keeps.
 */
export function uncertainty(query: NormalQuery, scope?: OrderScope): MissReason | undefined {
  return fromBarriers(query) ?? fromLimits(query, scope);
}

function fromBarriers(query: NormalQuery): MissReason | undefined {
  for (const barrier of barriersOf(query)) {
    if (barrier.startsWith('volatile')) {
      return {
        code: 'VOLATILE',
        text: `the answer may change between two runs (${barrier.slice('volatile: '.length)}), so none can be proved equal`,
      };
    }
    if (barrier.startsWith('not unique')) {
      return {
        code: 'NOT_UNIQUE',
        text: `the answer is not determined by the rows (${barrier.slice('not unique: '.length)}), so none can be proved equal`,
      };
    }
    if (barrier.startsWith('opaque') || barrier.startsWith('unresolved') || barrier === 'lambda') {
      return {
        code: 'NOT_UNDERSTOOD',
        text: `a part of the statement was not understood (${barrier})`,
      };
    }
  }
  return undefined;
}

/** Barriers of a query and of all queries it reads. */
export function barriersOf(query: NormalQuery): readonly string[] {
  const { body } = query;
  switch (body.kind) {
    case 'opaque':
      return [body.because];
    case 'set':
      return [...barriersOf(body.left), ...barriersOf(body.right)];
    case 'block':
      return [...body.block.barriers, ...nestedIn(body.block.from).flatMap(barriersOf)];
  }
}

/** The queries among a tree's sources. */
export function nestedIn(tree: JoinTree): readonly NormalQuery[] {
  return [...sourcesOfTree(tree).values()].flatMap((source) =>
    source.kind === 'query' ? [source.query] : [],
  );
}

function fromLimits(query: NormalQuery, scope?: OrderScope): MissReason | undefined {
  const { body } = query;
  if (query.limitModifier !== undefined) {
    return { code: 'LIMIT_NOT_UNIQUE', text: `limit ${query.limitModifier} is not matched` };
  }
  const isLimited = query.limit !== undefined || query.offset !== undefined;
  if (isLimited && !isTotallyOrdered(query, scope)) {
    return {
      code: 'LIMIT_NOT_UNIQUE',
      text: 'the order does not settle which rows the limit keeps; with an ORDER BY over all outputs, or over a verified key, it may match',
    };
  }
  switch (body.kind) {
    case 'set':
      return fromLimits(body.left, scope) ?? fromLimits(body.right, scope);
    case 'block':
      return firstOf(nestedIn(body.block.from).map((nested) => fromLimits(nested, scope)));
    case 'opaque':
      return body.whole !== undefined && isCut({ body: body.whole, orderBy: [], outputs: [] })
        ? {
            code: 'LIMIT_NOT_UNIQUE',
            text: 'a limit stands inside a part that is only compared as a whole',
          }
        : undefined;
  }
}

function firstOf<T>(values: readonly (T | undefined)[]): T | undefined {
  return values.find((value) => value !== undefined);
}

/** Why groups of the query have no one value: texts that compare without case are told apart by nobody. */
export function collatedGroups(query: NormalQuery, types: ColumnTypes): MissReason | undefined {
  const { body } = query;
  if (body.kind === 'set') {
    return collatedGroups(body.left, types) ?? collatedGroups(body.right, types);
  }
  if (body.kind === 'opaque') {
    return undefined;
  }
  const { block } = body;
  const scope = { types, sources: sourcesOfTree(block.from) };
  const exprs = [...block.items.map((item) => item.expr), ...(block.groupBy ?? [])];
  const groups = block.groupBy !== undefined || block.distinct;
  const isCollatedRef = (part: BoundExpr): boolean =>
    part.kind === 'ref' && isCollated(typeOf(part, scope));
  if (groups && exprs.some((expr) => someExpr(expr, isCollatedRef))) {
    return {
      code: 'COLLATED_TEXT',
      text: 'the query groups texts that compare without case, so which of them stands for a group is not determined',
    };
  }
  return firstOf(nestedIn(block.from).map((nested) => collatedGroups(nested, types)));
}

/** Why a mart's definition may not be relied on, whatever the query. */
export function martUnfit(query: NormalQuery, scope: OrderScope): MissReason | undefined {
  const { types } = scope;
  const isLimited = query.limit !== undefined || query.offset !== undefined;
  if (isLimited && !isTotallyOrdered(query, scope)) {
    return { code: 'MART_HAS_LIMIT', text: 'the mart keeps only some rows of its definition' };
  }
  const uncertain = uncertainty(query, scope) ?? collatedGroups(query, types);
  if (uncertain !== undefined) {
    return { code: 'MART_NOT_DETERMINED', text: `the mart's own definition: ${uncertain.text}` };
  }
  const bound = toBound(query);
  const exprs = expressionsOf(bound);
  if (exprs.some(isFrozen)) {
    return {
      code: 'MART_FROZEN_VALUE',
      text: 'the mart holds a value of the moment it was built (a clock, a parameter)',
    };
  }
  return asksZone(query, types)
    ? {
        code: 'SESSION_TIME_ZONE',
        text: 'the mart computes with a timestamp whose meaning depends on the time zone of a session, or whose type is not known',
      }
    : undefined;
}

/** True when an expression holds a value of the moment it was computed. */
export function isFrozen(expr: BoundExpr): boolean {
  return someExpr(
    expr,
    (part) =>
      part.kind === 'parameter' || (part.kind === 'call' && natureOf(part.name) !== 'immutable'),
  );
}

/** True when any block of the query, at any depth of its sources, computes with the session's time zone. */
function asksZone({ body }: NormalQuery, types: ColumnTypes): boolean {
  if (body.kind === 'set') {
    return asksZone(body.left, types) || asksZone(body.right, types);
  }
  return (
    body.kind === 'block' &&
    (dependsOnZone(body.block, types) ||
      nestedIn(body.block.from).some((nested) => asksZone(nested, types)))
  );
}

const DATE_CALLS =
  /^(date|date_trunc|date_part|datetrunc|day.*|week.*|month.*|quarter|year.*|hour|minute|second|strftime|date_format|to_date|last_day|isoyear|isodow)$/;

/** Calls that take moments as they are, whatever zone they are shown in. */
const ZONE_FREE = /^(count|min|max|coalesce|nullif|ifnull|nvl|greatest|least|any_value)$/;

function dependsOnZone(block: Block, types: ColumnTypes): boolean {
  const exprs = [
    ...block.items.map((item) => item.expr),
    ...block.where,
    ...block.having,
    ...(block.groupBy ?? []),
    ...onOf(block.from),
  ];
  const scope = { types, sources: sourcesOfTree(block.from) };
  return exprs.some((expr) => readsZone(expr, scope));
}

/** True when an expression may mean something else in another time zone. */
export function readsZone(whole: BoundExpr, scope: TypeScope): boolean {
  const isZoned = (expr: BoundExpr): boolean => {
    const family = familyOf(typeOf(expr, scope));
    return family === 'timestamptz';
  };
  const mayBeZoned = (expr: BoundExpr): boolean =>
    isZoned(expr) || (expr.kind === 'ref' && familyOf(typeOf(expr, scope)) === 'unknown');
  const usesZone = (part: BoundExpr): boolean => {
    if (part.kind === 'cast') {
      return (
        isZoned(part) ||
        isZoned(part.operand) ||
        (/^(date|time)/.test(part.type) && mayBeZoned(part.operand))
      );
    }
    if (part.kind === 'extract') {
      return mayBeZoned(part.from);
    }
    if (part.kind === 'call') {
      return (
        (DATE_CALLS.test(part.name) && part.args.some(mayBeZoned)) ||
        (!ZONE_FREE.test(part.name) && part.args.some(isZoned))
      );
    }
    if (part.kind === 'binary') {
      return part.op === 'at time zone' || isZoned(part.left) !== isZoned(part.right);
    }
    return (part.kind === 'in-list' || part.kind === 'between') && isZoned(part.operand);
  };
  return someExpr(whole, usesZone);
}

/** All ON conditions of a tree. */
export function onOf(tree: JoinTree): readonly BoundExpr[] {
  if (tree.kind === 'inner') {
    return tree.members.flatMap(onOf);
  }
  return tree.kind === 'outer' ? [...tree.on, ...onOf(tree.left), ...onOf(tree.right)] : [];
}
