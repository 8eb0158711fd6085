import { type RelationId, readableRelation, relationId } from '../../base/relation.ts';
import { describeChange, isGuess } from '../../drift/schema-change.ts';
import type { DbtModel } from '../../lineage/dbt/dbt-project.ts';
import { meaningOf } from '../meaning.ts';
import type { Draft } from '../proposal.ts';
import type { ProjectFollow } from './follow-renames.ts';
import { subjectOfModel } from './subject-of-model.ts';
import { whose } from './whose.ts';

export interface FollowEvidence {
  readonly readers: readonly string[];
  /** Runs a day of what reads the models. */
  readonly runsPerDay: number;
}

/** The question whether somebody's dbt models may say the new names of what they read. */
export function draftFollow(follow: ProjectFollow, { readers, runsPerDay }: FollowEvidence): Draft {
  const { renamed } = follow;
  const relation = subjectOf(follow);
  const files = follow.kind === 'edit' ? follow.files : [];
  const parts = renamed.map(
    ({ relation: of, column, to }) => `follow ${readableRelation(of)}.${column} to ${to}`,
  );
  const said = renamed.map(describeChange).join('; ');
  return {
    kind: 'edit',
    relation,
    meaning: meaningOf({ kind: 'edit', relation, parts, files }),
    parts,
    steps: [],
    files,
    evidenceRuns: runsPerDay,
    body: {
      title: titleOf(follow),
      because: `${said}. ${becauseOf(follow)}`,
      money: {
        arithmetic: [
          follow.models.length === 1
            ? 'it is the same model: what it saves and costs stays as it is'
            : 'they are the same models: what they save and cost stays as it is',
        ],
      },
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
              'resolved against the schema before and the schema now, both texts of each model are one and the same query but for the renamed names',
              ...(files.length > follow.models.length
                ? ['read again, the YAML files say what they said, under the new names']
                : []),
            ]
          : [],
      undo: follow.kind === 'edit' ? 'Revert the change.' : 'Nothing is done.',
      sql: [],
    },
  };
}

/** An edit is about the source, whoever reads it; what one model cannot follow is about that model. */
function subjectOf({ kind, models, renamed }: ProjectFollow): RelationId {
  const [only, ...more] = models;
  if (kind === 'suggestion' && only !== undefined && more.length === 0) {
    return subjectOfModel(only);
  }
  const [first] = renamed.map(({ relation }) => relation).toSorted();
  return first ?? relationId({ schema: 'dbt', name: 'sources' });
}

/** `dbt model a`, `dbt models a, b and c`, `12 dbt models`. */
function named(models: readonly DbtModel[]): string {
  const names = models.map(({ name }) => name).toSorted();
  return names.length > 4 ? `${names.length} dbt models` : `${called(names)} ${listOf(names)}`;
}

function called(names: readonly string[]): string {
  return names.length === 1 ? 'dbt model' : 'dbt models';
}

function listOf(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

function titleOf(follow: ProjectFollow): string {
  const models = named(follow.models);
  if (follow.kind === 'edit') {
    return `Follow a renamed source in ${models}`;
  }
  if (follow.handsOn !== undefined) {
    return `${models} hands a renamed column on`;
  }
  return `${models} ${follow.models.length === 1 ? 'has' : 'have'} to follow a renamed source`;
}

function becauseOf(follow: ProjectFollow): string {
  const names = listOf(follow.models.map(({ name }) => name).toSorted());
  const owned = follow.models.map(whose).join('');
  const fails = `As it stands, the next run of ${names} fails. ${owned}`;
  if (follow.kind === 'edit') {
    const rest = follow.files.length === 1 ? 'the file' : 'the files';
    const gives = follow.models.length === 1 ? 'What it gives' : 'What they give';
    return `${fails}${gives} keeps its names; all else in ${rest} stays byte for byte.`;
  }
  const { handsOn, at, because } = follow;
  if (handsOn === undefined) {
    return `${fails}Goldsmith does not edit ${at} itself: ${because}.`;
  }
  const now = handsOn.map(({ column, to }) => `${column} is called ${to}`).join(', ');
  const former = handsOn.map(({ column }) => column).join(', ');
  return `${names} takes the source by a \`*\`: in what it makes, ${now} from its next run on, and what names ${former} there fails. ${owned}Goldsmith does not edit ${at} itself: name the columns there as they were called, or follow in what reads it.`;
}
