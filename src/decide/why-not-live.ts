import { DAY_MS } from '../base/clock.ts';
import { formatDuration } from '../base/duration.ts';
import { namedAfter } from '../base/named-after.ts';
import { relationParts } from '../base/relation.ts';
import type { Candidate } from '../candidates/candidate.ts';
import type { NativeOffer } from '../connectors/native-offer.ts';
import type { JoinTree } from '../sql/normal-query.ts';
import type { CycleInput } from './cycle-input.ts';

/**
 * Why a shape that gives what its sources hold now, and reads them for it, is not taken; nothing where it may be. Its readers get
 * errors from the moment one of them is made anew until a cycle sees that, and may need the right to read all of them.
 */
export function whyNotLive(
  { definition, query: { body } }: Pick<Candidate, 'definition' | 'query'>,
  {
    offer: { readsAsOwner, rewritesUntold },
    catalog,
    now,
  }: Pick<CycleInput, 'catalog' | 'now'> & {
    readonly offer: Pick<NativeOffer, 'readsAsOwner' | 'rewritesUntold'>;
  },
): string | undefined {
  if (definition.origin === 'adopted') {
    return readsAsOwner === true
      ? 'it would have to stand as the author of the view that was taken over wrote it, and only what Goldsmith writes is certainly taken'
      : 'its readers would have to be let read all it is made of, and whether they may, only the author of a view that was taken over knows';
  }
  if (body.kind === 'block' && hasOuterJoin(body.block.from)) {
    return 'changes of left joins are a preview of the warehouse, and statements on its sources would not be answered from it';
  }
  const floating = definition.columns.find(({ type }) => /^(float|real|double)/i.test(type));
  if (floating !== undefined) {
    return `${floating.name} is a floating-point number, whose last digits would differ from refresh to refresh`;
  }
  const { name } = relationParts(definition.relation);
  const isTold = rewritesUntold !== true;
  if (
    isTold &&
    relationParts(namedAfter(definition.relation, SUFFIX)).name !== `${name}${SUFFIX}`
  ) {
    return 'its name is so long that those of its versions are cut, so that nobody could tell which statements the warehouse answers from it by itself';
  }
  const made = catalog.find(
    ({ id, createdAt }) =>
      definition.sources.includes(id) && createdAt !== undefined && now - createdAt < SETTLED_MS,
  );
  return made === undefined
    ? undefined
    : `${made.id} was made less than ${formatDuration(SETTLED_MS)} ago, and readers would get errors if it were made anew`;
}

/** As long as that of any version: the history tells a mart by it (`usage/interpret-row.ts`). */
const SUFFIX = '__v9999';

/** Whoever makes a table anew by a job does so more often. */
const SETTLED_MS = 8 * DAY_MS;

function hasOuterJoin(tree: JoinTree): boolean {
  return tree.kind === 'outer' || (tree.kind === 'inner' && tree.members.some(hasOuterJoin));
}
