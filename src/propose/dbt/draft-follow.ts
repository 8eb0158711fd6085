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
  const files = follow.kind === 'edit' ? follow.files : [];
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
      title: titleOf(follow, model),
      because: `${said}. ${becauseOf(follow, { model, owned })}`,
      money: { arithmetic: ['it is the same model: what it saves and costs stays as it is'] },
      evidence: [],
      readers,
      risks: [
        ...(renamed.some(isGuess)
          ? ['The rename is a guess: nobody saw it happen, so a person has to know.']
          : []),
        ...(follow.kind === 'edit' ? [] : ['This is a suggestion: no file is changed by it.']),
      ],
      proofs:
        follow.kind === 'edit'
          ? [
              'resolved against the schema before and the schema now, both texts are one and the same query but for the renamed names',
              ...(files.length > 1
                ? ['read again, the YAML files say what they said, under the new names']
                : []),
            ]
          : [],
      undo: follow.kind === 'edit' ? 'Revert the change.' : 'Nothing is done.',
      sql: [],
    },
  };
}

type Following = Exclude<ModelFollow, { kind: 'untouched' }>;

function titleOf(follow: Following, { name }: DbtModel): string {
  if (follow.kind === 'edit') {
    return `Follow a renamed source in dbt model ${name}`;
  }
  return follow.handsOn === undefined
    ? `dbt model ${name} has to follow a renamed source`
    : `dbt model ${name} hands a renamed column on`;
}

function becauseOf(
  follow: Following,
  { model: { name }, owned }: { readonly model: DbtModel; readonly owned: string },
): string {
  const fails = `As it stands, the next run of ${name} fails. ${owned}`;
  if (follow.kind === 'edit') {
    const rest = follow.files.length === 1 ? 'the file' : 'the files';
    return `${fails}What it gives keeps its names; all else in ${rest} stays byte for byte.`;
  }
  const { handsOn, at, because } = follow;
  if (handsOn === undefined) {
    return `${fails}Goldsmith does not edit ${at} itself: ${because}.`;
  }
  const called = handsOn.map(({ column, to }) => `${column} is called ${to}`).join(', ');
  const former = handsOn.map(({ column }) => column).join(', ');
  return `${name} takes the source by a \`*\`: in what it makes, ${called} from its next run on, and what names ${former} there fails. ${owned}Goldsmith does not edit ${at} itself: name the columns there as they were called, or follow in what reads it.`;
}
