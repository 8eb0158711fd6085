import type { BoundExpr, BoundFrom, BoundQuery } from '../../sql/bound.ts';
import { type TextCte, type TextMember, type TextQuery, Unreadable } from './text-query.ts';

/** By lower-case name; throws `Unreadable` where one name has two meanings. */
export function ctesByName(query: TextQuery): ReadonlyMap<string, TextCte> {
  const found = new Map<string, TextCte>();
  const visit = ({ ctes, members }: TextQuery): void => {
    for (const cte of ctes) {
      if (found.has(cte.name)) {
        throw new Unreadable(`two WITH entries called ${cte.name}`);
      }
      found.set(cte.name, cte);
      visit(cte.query);
    }
    for (const member of members) {
      if (member.kind === 'nested') {
        visit(member.query);
      } else if (member.kind === 'select') {
        member.sources.forEach((source) => source.query !== undefined && visit(source.query));
      }
    }
  };
  visit(query);
  return found;
}

/** A bracketed member with an order or a limit of its own is read as a select of all its outputs. */
export function wrappedIn(body: BoundQuery['body']): BoundQuery | undefined {
  return body.kind === 'select' &&
    body.from?.kind === 'derived' &&
    body.from.origin === 'subquery' &&
    body.where === undefined &&
    body.items.every(({ fromStar }) => fromStar)
    ? body.from.query
    : undefined;
}

export interface Members {
  readonly queries: readonly BoundQuery[];
  readonly isUnionAll: boolean;
}

/** The members of a set operation in reading order; of any other query, itself. */
export function membersOf(query: BoundQuery): Members {
  const { body } = query;
  if (body.kind !== 'set') {
    return { queries: [query], isUnionAll: true };
  }
  const [left, right] = [membersOf(body.left), membersOf(body.right)];
  const isUnionAll = body.op === 'union' && body.all && left.isUnionAll && right.isUnionAll;
  return { queries: [...left.queries, ...right.queries], isUnionAll };
}

/** As `membersOf`, of a text. */
export function flatMembers({ members }: TextQuery): readonly TextMember[] {
  return members.flatMap((member) => {
    const isSet = member.kind === 'nested' && member.query.members.length > 1;
    return isSet && member.query.ctes.length === 0 ? flatMembers(member.query) : [member];
  });
}

export interface Condition {
  /** Of the source that is joined by it, counted from the left. */
  readonly at: number;
  readonly on: BoundExpr;
}

/** The ON conditions of a FROM, each with the place of the source it joins. */
export function conditionsOf(from: BoundFrom | undefined): readonly Condition[] {
  const conditions: Condition[] = [];
  const visit = (item: BoundFrom, first: number): number => {
    if (item.kind !== 'join') {
      return first + 1;
    }
    const middle = visit(item.left, first);
    const end = visit(item.right, middle);
    if (item.on !== undefined) {
      conditions.push({ at: middle, on: item.on });
    }
    return end;
  };
  if (from !== undefined) {
    visit(from, 0);
  }
  return conditions;
}
