import { readableRelation } from '../../base/relation.ts';
import { describeChange, isGuess } from '../../drift/schema-change.ts';
import type { DbtModel } from '../../lineage/dbt/dbt-project.ts';
import { meaningOf } from '../meaning.ts';
import type { Draft } from '../proposal.ts';
import type { ModelFollow } from './follow-model.ts';
import { subjectOfModel } from './subject-of-model.ts';
import { whose } from './whose.ts';

export interface FollowEvidence {
  readonly model: DbtModel;
  readonly readers: readonly string[];
  /** Runs a day of what reads the model. */
  readonly runsPerDay: number;
}

/** The question whether somebody's dbt model may say the new names of what it reads; undefined where it need not. */
export function draftFollow(
  follow: ModelFollow,
  { model, readers, runsPerDay }: FollowEvidence,
): Draft | undefined {
  if (follow.kind === 'untouched') {
    return undefined;
  }
  const relation = subjectOfModel(model);
  const { renamed } = follow;
  const files = follow.kind === 'edit' ? [follow.file] : [];
  const parts = renamed.map(
    ({ relation: of, column, to }) => `follow ${readableRelation(of)}.${column} to ${to}`,
  );
  const said = renamed.map(describeChange).join('; ');
  const owned = whose(model);
  return {
    kind: 'edit',
    relation,
    meaning: meaningOf({ kind: 'edit', relation, parts, files }),
    parts,
    steps: [],
    files,
    evidenceRuns: runsPerDay,
    body: {
      title:
        follow.kind === 'edit'
          ? `Follow a renamed source in dbt model ${model.name}`
          : `dbt model ${model.name} has to follow a renamed source`,
      because:
        follow.kind === 'edit'
          ? `${said}. As it stands, the next run of ${model.name} fails. ${owned}What it gives keeps its names; all else in the file stays byte for byte.`
          : `${said}. As it stands, the next run of ${model.name} fails. ${owned}Goldsmith does not edit ${follow.at} itself: ${follow.because}.`,
      money: { arithmetic: ['it is the same model: what it saves and costs stays as it is'] },
      evidence: [],
      readers,
      risks: [
        ...(renamed.some(isGuess)
          ? ['The rename is a guess: nobody saw it happen, so a person has to know.']
          : []),
        follow.kind === 'edit'
          ? 'Descriptions and tests of the source in its YAML file are not touched: they may still say the former name.'
          : 'This is a suggestion: no file is changed by it.',
      ],
      proofs:
        follow.kind === 'edit'
          ? [
              'resolved against the schema before and the schema now, both texts are one and the same query but for the renamed names',
            ]
          : [],
      undo: follow.kind === 'edit' ? 'Revert the change.' : 'Nothing is done.',
      sql: [],
    },
  };
}
