import { type RelationId, relationParts } from '../../base/relation.ts';
import type { Proposal } from '../proposal.ts';

/** All branches under this are Goldsmith's; it never touches another. */
export const BRANCH_PREFIX = 'goldsmith/';

/** `goldsmith/build/gold-daily_sales-1f2e3d4c`: one branch a proposal, for as long as it lives. */
export function branchName({
  kind,
  relation,
  id,
}: Pick<Proposal, 'kind' | 'relation' | 'id'>): string {
  return `${branchStem({ kind, relation })}${id.replaceAll(/[^A-Za-z0-9]/g, '').slice(0, 8)}`;
}

/** What the branches of all proposals of a kind about a relation begin with. */
export function branchStem({ kind, relation }: Pick<Proposal, 'kind' | 'relation'>): string {
  return `${BRANCH_PREFIX}${kind}/${words(relation)}-`;
}

function words(relation: RelationId): string {
  const { schema, name } = relationParts(relation);
  return [schema, name]
    .filter((part) => part !== undefined)
    .map((part) => part.toLowerCase().replaceAll(/[^a-z0-9_]+/g, '-'))
    .join('-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60);
}
