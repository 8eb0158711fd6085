import { type RelationId, relationParts } from '../../base/relation.ts';
import { meaningOf } from '../meaning.ts';
import type { Draft, ProposalBody } from '../proposal.ts';
import type { Extension } from './extend-model.ts';

export interface ExtensionEvidence {
  /** The mart that would be made otherwise. */
  readonly mart: RelationId;
  /** What is said of that mart: money, readers, evidence. */
  readonly body: Pick<ProposalBody, 'money' | 'evidence' | 'readers'>;
  readonly runsPerDay: number;
}

/** The question whether a model may hold what a new mart would: nothing where it cannot be written for certain. */
export function draftExtension(
  extension: Extension,
  { mart, body, runsPerDay }: ExtensionEvidence,
): Draft | undefined {
  if (extension.kind !== 'extended' || extension.model.relation === undefined) {
    return undefined;
  }
  const { model, added, files } = extension;
  const relation = extension.model.relation;
  const parts = added.map((column) => `add ${column}`);
  const columns = added.join(', ');
  return {
    kind: 'edit',
    relation,
    meaning: meaningOf({ kind: 'edit', relation, parts, files }),
    steps: [],
    files,
    evidenceRuns: runsPerDay,
    body: {
      ...body,
      title: `Add ${columns} to dbt model ${model.name}, instead of a mart beside it`,
      because: `${shortName(mart)} would have the sources, conditions and grain of dbt model ${model.name}, which lacks only ${columns}. The columns are written at the end of its select lists, in its own style.`,
      risks: [
        'Statements have to name the model to gain by it: until they do, the mart is what answers them.',
        ...(model.materialized === 'incremental'
          ? [
              'The model is incremental: older rows have no value in the new columns without --full-refresh.',
            ]
          : []),
      ],
      proofs: [
        'the extended text, read again, gives every column it gave before and those that were wanted',
      ],
      undo: 'Revert the change.',
      sql: [],
    },
  };
}

function shortName(relation: RelationId): string {
  const { schema, name } = relationParts(relation);
  return schema === undefined ? name : `${schema}.${name}`;
}
