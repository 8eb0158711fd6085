import type { RelationId } from '../../base/relation.ts';
import type { Mart } from '../../marts/mart.ts';
import { candidateKey } from '../author-mart.ts';
import type { Candidate } from '../candidate.ts';
import type { Enumerator } from '../enumeration.ts';
import { statusOf } from '../join-star.ts';
import { isStarMart } from '../mart-shape.ts';

/** What the ledger already holds: a mart is judged by the same rules all its life. */
export const published: Enumerator = {
  id: 'published',

  enumerate({ marts, definitionOf, world }) {
    const candidates: Candidate[] = [];
    for (const { definition, stage } of sortedByRelation(marts)) {
      const read = definitionOf(definition.relation);
      if (stage === 'quarantined') {
        continue;
      }
      const shape = read === undefined ? undefined : isStarMart(read.query);
      candidates.push({
        key: candidateKey(definition.sql),
        enumerator: 'published',
        definition,
        query: read?.query ?? {
          body: { kind: 'opaque', because: 'unread' },
          outputs: [],
          orderBy: [],
        },
        ...(shape?.anchorOf === undefined ? {} : { anchor: shape.anchorOf(world.rowsOf) }),
        ...(shape?.grain === undefined ? {} : { grain: shape.grain }),
        unverified: definition.obligations.filter((each) => statusOf(each, world) === 'unknown'),
        failed: definition.obligations.filter((each) => statusOf(each, world) === 'failed'),
        objections:
          read === undefined
            ? ['the schema no longer holds a readable definition of it']
            : read.objections,
      });
    }
    return { candidates, not: [] };
  },
};

function sortedByRelation(marts: readonly Mart[]): readonly Mart[] {
  const name = ({ definition }: Mart): RelationId => definition.relation;
  return marts.toSorted((a, b) => (name(a) < name(b) ? -1 : 1));
}
