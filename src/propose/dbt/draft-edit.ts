import { type RelationId, relationParts } from '../../base/relation.ts';
import type { NanoUsd } from '../../base/usd.ts';
import type { DbtModel } from '../../lineage/dbt/dbt-project.ts';
import { meaningOf } from '../meaning.ts';
import type { Draft, ProposalBody } from '../proposal.ts';
import type { ModelEdit } from './edit-model.ts';
import { whose } from './whose.ts';

export interface EditEvidence {
  readonly model: DbtModel;
  readonly relation: RelationId;
  /** Column by column, why it may go. */
  readonly reasons: readonly { readonly column: string; readonly because: string }[];
  /** Who reads the relation, without these columns. */
  readonly readers: readonly string[];
  /** What building it without them is thought to save a day, and how that comes about; absent where nothing tells. */
  readonly saving?: { readonly perDay: NanoUsd; readonly arithmetic: readonly string[] };
  /** Runs a day of what reads the relation. */
  readonly runsPerDay: number;
}

/**
 * The question whether columns may be taken out of somebody's dbt model: with the edit where it could be made for certain, as a
 * suggestion in words, without files, where not.
 */
export function draftEdit(edit: ModelEdit, evidence: EditEvidence): Draft {
  const { relation, reasons, runsPerDay } = evidence;
  const columns = reasons.map(({ column }) => column).toSorted();
  const files = edit.kind === 'edit' ? edit.files : [];
  const parts = columns.map((column) => `cut ${column}`);
  const meaning = meaningOf({ kind: 'edit', relation, parts, files });
  const body = edit.kind === 'edit' ? editBody(edit, evidence) : suggestionBody(edit, evidence);
  return { kind: 'edit', relation, meaning, steps: [], files, body, evidenceRuns: runsPerDay };
}

function editBody(
  { columns, inside, removedJoins, proofs, risks }: Extract<ModelEdit, { kind: 'edit' }>,
  evidence: EditEvidence,
): ProposalBody {
  const also = [
    ...(inside.length === 0 ? [] : [`${listOf(inside)} further in, which only they needed`]),
    ...(removedJoins.length === 0
      ? []
      : [
          `${removedJoins.length} ${removedJoins.length === 1 ? 'join' : 'joins'} that served nothing else`,
        ]),
  ];
  const goesToo = also.length === 0 ? '' : ` With them go ${also.join(', and ')}.`;
  return {
    ...commonBody(evidence),
    title: `Take ${listOf(columns)} out of dbt model ${evidence.model.name}`,
    because: `${becauseOf(evidence)}${goesToo} All else in the files stays byte for byte.`,
    risks,
    proofs,
    undo: 'Revert the change: the next dbt build makes the columns again from their sources.',
  };
}

function suggestionBody(
  { because, at }: Extract<ModelEdit, { kind: 'suggestion' }>,
  evidence: EditEvidence,
): ProposalBody {
  const columns = evidence.reasons.map(({ column }) => column);
  return {
    ...commonBody(evidence),
    title: `dbt model ${evidence.model.name} could do without ${listOf(columns)}`,
    because: `${becauseOf(evidence)} Goldsmith does not edit ${at} itself: ${because}.`,
    risks: ['This is a suggestion: no file is changed by it.'],
    proofs: [],
    undo: 'Nothing is done.',
  };
}

function commonBody({ saving, reasons, readers }: EditEvidence) {
  return {
    money:
      saving === undefined
        ? { arithmetic: [] }
        : { netPerDay: saving.perDay, arithmetic: saving.arithmetic },
    evidence: reasons.map(({ column, because }) => `${column}: ${because}`),
    readers,
    sql: [],
  };
}

function becauseOf({ relation, reasons, model }: EditEvidence): string {
  const { schema, name } = relationParts(relation);
  const short = schema === undefined ? name : `${schema}.${name}`;
  const count = reasons.length === 1 ? 'one column' : `${reasons.length} columns`;
  return `${short} has ${count} that nobody reads. ${whose(model)}`.trimEnd();
}

function listOf(names: readonly string[]): string {
  const [first = '', ...rest] = names;
  const last = rest.at(-1);
  return last === undefined ? first : `${[first, ...rest.slice(0, -1)].join(', ')} and ${last}`;
}
