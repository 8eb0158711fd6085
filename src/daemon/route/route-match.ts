import type { RelationId } from '../../base/relation.ts';
import { relationParts } from '../../base/relation.ts';
import type { Capabilities } from '../../connectors/connector.ts';
import { declaredFacts } from '../../sql/match/declared-facts.ts';
import { type MartView, type MatchOutcome, matchQuery } from '../../sql/match/match.ts';
import type { NormalQuery } from '../../sql/normal-query.ts';
import type { SchemaSnapshot } from '../../sql/schema.ts';
import type { UsedMart } from './first-use.ts';
import type { RouteWorld, ServableMart } from './route-world.ts';

export interface RouteMatchRequest {
  readonly query: NormalQuery;
  readonly world: RouteWorld;
  readonly fresh: readonly ServableMart[];
  readonly capabilities: Capabilities;
}

export type RouteMatch =
  | (Extract<MatchOutcome, { kind: 'rewrite' }> & { readonly used: readonly UsedMart[] })
  | Extract<MatchOutcome, { kind: 'refuse' }>;

/**
 * The equal query over one mart; where there is none, over several, or over marts and base tables, for a warehouse whose
 * statements read one moment. Facts of a version are those of the moment it was built: beside base tables, which are of now,
 * only what the warehouse itself enforces may be relied on.
 */
export function matchFresh({ query, world, fresh, capabilities }: RouteMatchRequest): RouteMatch {
  const lists = listsOf(world, { fresh, capabilities });
  const ask = (marts: readonly MartView[]): RouteMatch => {
    const outcome = matchQuery({
      query,
      marts,
      schema: world.schema.snapshot,
      dialect: world.dialect,
    });
    return outcome.kind === 'refuse' ? outcome : { ...outcome, used: usedOf(outcome, marts) };
  };
  const usedOf = (
    { marts }: { readonly marts: readonly RelationId[] },
    views: readonly MartView[],
  ) =>
    marts.flatMap((relation) => {
      const view = views.find((each) => each.relation === relation);
      const found = fresh.find((each) => each.view.relation === relation);
      return view === undefined || found === undefined ? [] : [{ ...view, mart: found.mart }];
    });

  const alone = ask(lists.alone);
  if (alone.kind === 'rewrite' || lists.together.length === 0) {
    return alone;
  }
  const agreeing = ask(lists.together);
  if (agreeing.kind === 'refuse') {
    return alone;
  }
  if (agreeing.certificate.oneMoment !== 'marts-are-current') {
    return agreeing;
  }
  const current = ask(lists.besideBase);
  return current.kind === 'refuse' ? alone : current;
}

interface Lists {
  readonly alone: readonly MartView[];
  readonly together: readonly MartView[];
  readonly besideBase: readonly MartView[];
}

/** A list is indexed once by the matcher: the same marts must come as the same list. */
const lists = new WeakMap<readonly ServableMart[], Map<string, Lists>>();

function listsOf(
  { marts, schema }: RouteWorld,
  { fresh, capabilities }: Pick<RouteMatchRequest, 'fresh' | 'capabilities'>,
): Lists {
  const known = lists.get(marts) ?? new Map<string, Lists>();
  lists.set(marts, known);
  const key = JSON.stringify(fresh.map(({ view }) => view.relation));
  const found = known.get(key) ?? makeLists(fresh, { schema: schema.snapshot, capabilities });
  known.set(key, found);
  return found;
}

function makeLists(
  fresh: readonly ServableMart[],
  {
    schema,
    capabilities,
  }: { readonly schema: SchemaSnapshot; readonly capabilities: Capabilities },
): Lists {
  const mayCombine = capabilities.oneStatementOneSnapshot === true && !capabilities.hasGrants;
  const facts = declaredFacts(schema, { trustKeys: capabilities.enforcesKeys === true });
  const own = mayCombine ? fresh.filter(({ mart }) => isOfOwnDatabase(mart)) : [];
  const together = own.map(({ view }): MartView => ({ ...view, sameSnapshot: true }));
  return {
    alone: fresh.map(({ view }) => view),
    together,
    besideBase: together.map((view) => {
      const { rowCounts } = view.facts;
      return { ...view, facts: { ...facts, source: 'enforced by the warehouse', rowCounts } };
    }),
  };
}

/** Another database, attached, is read as of a moment of its own. */
function isOfOwnDatabase({ definition }: ServableMart['mart']): boolean {
  return definition.sources.every((source) => relationParts(source).database === undefined);
}
