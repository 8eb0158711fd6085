import { makesRows } from '../../prune/makes-rows.ts';
import type { BoundExpr, BoundFrom, BoundQuery, BoundSelect } from '../../sql/bound.ts';
import { expressionsOf, refsIn } from '../../sql/normalize/walk.ts';
import { leavesOf, tailExprs } from '../../sql/resolve/occurrences.ts';
import { holdsAggregate, nodesOf, queryIn } from '../../sql/resolve/walk-expr.ts';
import { ordinalAt } from './ordinal-at.ts';
import {
  type ModelText,
  type TextCte,
  type TextItem,
  type TextMember,
  type TextQuery,
  type TextSelect,
  type TextSource,
  Unreadable,
} from './text-query.ts';
import { conditionsOf, ctesByName, flatMembers, membersOf, wrappedIn } from './tree-parts.ts';

export interface LiveRequest {
  readonly text: ModelText;
  /** What the text was resolved to. */
  readonly bound: BoundQuery;
  /** Places of the outputs that are wanted. */
  readonly outputs: ReadonlySet<number>;
  /** Items that stay whatever reads them. */
  readonly pinned: ReadonlySet<TextItem>;
  /** Joins that are taken away. */
  readonly removed: ReadonlySet<TextSource>;
}

/** What of a text its wanted outputs need. */
export interface Live {
  readonly items: ReadonlySet<TextItem>;
  /** Sources of which more is read than their own join condition. */
  readonly sources: ReadonlySet<TextSource>;
  readonly ctes: ReadonlySet<TextCte>;
  /** Items that are needed for another reason than that somebody reads them. */
  readonly because: ReadonlyMap<TextItem, string>;
  /** For each item, what it was resolved to and its place among the outputs of its select. */
  readonly meaning: ReadonlyMap<
    TextItem,
    { readonly expr: BoundExpr; readonly name: string; readonly place: number }
  >;
}

type Places = ReadonlySet<number> | 'all';

/**
 * Goes from the wanted outputs to everything they need, through CTEs, derived tables and set operations. Text and tree are
 * compared on the way: throws `Unreadable` where they do not have the same parts.
 */
export function liveItems(request: LiveRequest): Live {
  const walk = new Walk(request);
  walk.query(request.bound, request.text.query, request.outputs);
  return walk;
}

class Walk implements Live {
  readonly items = new Set<TextItem>();
  readonly sources = new Set<TextSource>();
  readonly ctes = new Set<TextCte>();
  readonly because = new Map<TextItem, string>();
  readonly meaning = new Map<TextItem, { expr: BoundExpr; name: string; place: number }>();
  readonly #request: LiveRequest;
  readonly #ctes: ReadonlyMap<string, TextCte>;

  constructor(request: LiveRequest) {
    this.#request = request;
    this.#ctes = ctesByName(request.text.query);
  }

  query(bound: BoundQuery, text: TextQuery | undefined, places: Places): void {
    const { body } = bound;
    if (body.kind === 'set') {
      this.#set(bound, text, places);
      return;
    }
    const [member, ...more] = text?.members ?? [];
    if (more.length > 0) {
      throw new Unreadable('a set operation that is read as none');
    }
    this.#member(bound, member, places);
  }

  #member(bound: BoundQuery, member: TextMember | undefined, places: Places): void {
    const { body } = bound;
    if (member?.kind === 'nested') {
      const inner = wrappedIn(body);
      this.query(inner ?? bound, member.query, inner === undefined ? places : 'all');
      return;
    }
    if (body.kind === 'set') {
      throw new Unreadable('a query that is read as a set operation');
    }
    if (body.kind === 'select' && (member === undefined || member.kind === 'select')) {
      this.#select(bound, { body, text: member, places });
      return;
    }
    if (member?.kind === 'select') {
      throw new Unreadable('a SELECT that is read as something else');
    }
    for (const expr of expressionsOf(bound)) {
      this.#inside(expr);
    }
  }

  #set(bound: BoundQuery, text: TextQuery | undefined, places: Places): void {
    const members = membersOf(bound);
    const texts = text === undefined ? undefined : flatMembers(text);
    if (texts !== undefined && texts.length !== members.queries.length) {
      throw new Unreadable('a set operation with more or fewer members than are read');
    }
    const byOrder = tailExprs(bound)
      .flatMap(refsIn)
      .map(({ column }) => bound.outputs.indexOf(column));
    const wanted =
      members.isUnionAll && places !== 'all' ? new Set([...places, ...byOrder]) : 'all';
    members.queries.forEach((query, index) => this.#member(query, texts?.[index], wanted));
  }

  #select(
    query: BoundQuery,
    {
      body,
      text,
      places,
    }: {
      readonly body: BoundSelect;
      readonly text: TextSelect | undefined;
      readonly places: Places;
    },
  ): void {
    const items = text === undefined ? undefined : this.#itemsOf(body, text);
    const isWhole = places === 'all' || body.distinct === 'all';
    const live = body.items.filter(({ expr }, place) => {
      const item = items?.[place];
      const isWanted = isWhole || places.has(place);
      const pin =
        item === undefined || text === undefined
          ? undefined
          : this.#pin(item, { text, expr, place });
      if (item !== undefined && pin !== undefined) {
        this.because.set(item, pin);
      }
      const isLive = isWanted || pin !== undefined;
      if (isLive && item !== undefined) {
        this.items.add(item);
      }
      return isLive;
    });
    const { where, having, qualify, distinct, groupBy, from } = body;
    const exprs = [
      ...live.map(({ expr }) => expr),
      ...(groupBy?.exprs ?? []),
      ...(distinct === undefined || distinct === 'all' ? [] : distinct),
      ...[where, having, qualify].filter((expr) => expr !== undefined),
      ...tailExprs(query),
    ];
    exprs.forEach((expr) => this.#inside(expr));
    this.#from(from, { text, exprs });
  }

  /** Why an item stays though nobody reads it. */
  #pin(
    item: TextItem,
    {
      text,
      expr,
      place,
    }: { readonly text: TextSelect; readonly expr: BoundExpr; readonly place: number },
  ): string | undefined {
    if (this.#request.pinned.has(item)) {
      return 'its name stands elsewhere in the same file';
    }
    if (text.groupBy?.isAll === true && !holdsAggregate(expr)) {
      return 'GROUP BY ALL groups by it';
    }
    if (makesRows(expr)) {
      return 'it makes rows of its own';
    }
    const { tokens } = this.#request.text;
    const lists = [text.groupBy, text.orderBy].filter((list) => list !== undefined);
    const isPlaced = lists.some(({ elements }) =>
      elements.some((element) => ordinalAt(tokens, element) === place + 1),
    );
    return isPlaced ? 'GROUP BY or ORDER BY names it by its place' : undefined;
  }

  /** By place, the text item an output was made by; stars make several and have none. */
  #itemsOf(body: BoundSelect, text: TextSelect): readonly (TextItem | undefined)[] {
    const written = text.items.filter(({ isStar }) => !isStar);
    const named = body.items.filter(({ fromStar }) => !fromStar);
    if (written.length !== named.length) {
      throw new Unreadable('a select list with more or fewer items than are read');
    }
    let at = 0;
    return body.items.map(({ fromStar, expr, name }, place) => {
      const item = fromStar ? undefined : written[at];
      at += fromStar ? 0 : 1;
      if (item !== undefined) {
        this.meaning.set(item, { expr, name, place });
      }
      return item;
    });
  }

  #from(
    from: BoundFrom | undefined,
    {
      text,
      exprs,
    }: { readonly text: TextSelect | undefined; readonly exprs: readonly BoundExpr[] },
  ): void {
    const leaves = leavesOf(from);
    if (text !== undefined && text.sources.length !== leaves.length) {
      throw new Unreadable('a FROM with more or fewer sources than are read');
    }
    // The tree turns RIGHT JOIN round, so that its sources stand in another order.
    const isTurned = text?.sources.some(({ join }) => join === 'right') === true;
    const sources = isTurned ? [] : (text?.sources ?? []);
    const conditions = conditionsOf(from);
    const isRemoved = (at: number) => {
      const source = sources[at];
      return source !== undefined && this.#request.removed.has(source);
    };
    const ons = conditions.filter(({ at }) => !isRemoved(at));
    ons.forEach(({ on }) => this.#inside(on));
    const lateral = leaves.flatMap((leaf) =>
      leaf.kind === 'function'
        ? leaf.args
        : leaf.kind === 'opaque-from'
          ? leaf.inside
          : leaf.kind === 'derived' && leaf.lateral
            ? expressionsOf(leaf.query)
            : [],
    );
    lateral.forEach((expr) => this.#inside(expr));
    const used = [...exprs, ...lateral].flatMap(refsIn);
    const all = [...used, ...ons.flatMap(({ on }) => refsIn(on))];
    leaves.forEach((leaf, at) => {
      const source = sources[at];
      if (isRemoved(at)) {
        return;
      }
      const elsewhere = ons.filter((one) => one.at !== at).flatMap(({ on }) => refsIn(on));
      if (source !== undefined && [...used, ...elsewhere].some(({ occ }) => occ === leaf.occ)) {
        this.sources.add(source);
      }
      const columns = new Set(
        all.filter(({ occ }) => occ === leaf.occ).map(({ column }) => column),
      );
      this.#leaf(leaf, { columns, source });
    });
  }

  #leaf(
    leaf: Exclude<BoundFrom, { readonly kind: 'join' }>,
    {
      columns,
      source,
    }: { readonly columns: ReadonlySet<string>; readonly source: TextSource | undefined },
  ): void {
    if (leaf.kind === 'opaque-from') {
      leaf.sources
        .flatMap(leavesOf)
        .forEach((inner) => this.#leaf(inner, { columns: new Set(['*']), source: undefined }));
      return;
    }
    if (leaf.kind !== 'derived') {
      if (leaf.kind === 'recursive') {
        throw new Unreadable('a recursive WITH');
      }
      return;
    }
    const wanted = columns.has('*')
      ? ('all' as const)
      : new Set(leaf.columns.flatMap((name, at) => (columns.has(name) ? [at] : [])));
    if (leaf.origin !== 'cte') {
      this.query(leaf.query, leaf.origin === 'subquery' ? source?.query : undefined, wanted);
      return;
    }
    const cte = this.#ctes.get((leaf.name ?? '').toLowerCase());
    if (cte === undefined) {
      throw new Unreadable(`the WITH of ${leaf.name ?? 'a name'} is not found`);
    }
    this.ctes.add(cte);
    this.query(leaf.query, cte.query, cte.hasColumnList ? 'all' : wanted);
  }

  /** Queries inside an expression need all they select. */
  #inside(expr: BoundExpr): void {
    for (const node of nodesOf(expr)) {
      const query = queryIn(node);
      if (query !== undefined) {
        this.query(query, undefined, 'all');
      }
    }
  }
}
