import { type RelationId, readableRelation } from '../../base/relation.ts';
import { meaningOf } from '../meaning.ts';
import type { Draft, ProposalBody } from '../proposal.ts';
import type { NewModel } from './new-model.ts';
import { shortList } from './short-list.ts';

export interface NewModelEvidence {
  /** The mart that would be made otherwise. */
  readonly mart: RelationId;
  /** What is said of that mart: evidence, readers, and what its readers would save, once they read the model. */
  readonly body: Pick<ProposalBody, 'money' | 'evidence' | 'readers'>;
  readonly because: string;
  /** Models that may hold it and are not understood. */
  readonly unread: readonly string[];
  readonly runsPerDay: number;
}

/** The question whether a mart shall be a model of the dbt project that makes its sources. */
export function draftNewModel(
  { name, relation: made, materialized, files, tested }: Extract<NewModel, { kind: 'new' }>,
  { mart, body, because, unread, runsPerDay }: NewModelEvidence,
): Draft {
  const parts = [`make dbt model ${name}`];
  return {
    kind: 'edit',
    relation: mart,
    meaning: meaningOf({ kind: 'edit', relation: mart, parts, files }),
    steps: [],
    files,
    evidenceRuns: runsPerDay,
    body: {
      ...body,
      title: `Add dbt model ${name}`,
      because: `${because}. All it reads is of the dbt project, and no model that is understood has its sources, conditions and grain: it is written as a new one, a ${materialized} that dbt makes as ${readableRelation(made)}, with its description and data contract. Goldsmith builds nothing of its own for it meanwhile; decline this, and the mart itself is asked about.`,
      risks: [
        ...(unread.length === 0
          ? []
          : [
              `Whether one of these models holds it already could not be told, they are not understood: ${shortList(unread)}.`,
            ]),
        'Statements have to name the model to gain by it; until they do, nothing is saved.',
        'How fresh it is follows from when dbt runs.',
        ...(materialized === 'table' ? ['Every dbt run builds it whole: that is its upkeep.'] : []),
      ],
      proofs: [
        'with its references followed, the file is the very query the mart would be',
        ...(tested.length === 0 ? [] : [`dbt will test it: ${tested.join('; ')}`]),
      ],
      undo: 'Revert the change, and drop the relation: dbt leaves what it no longer makes.',
      sql: [],
    },
  };
}
