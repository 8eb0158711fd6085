import { type RelationId, readableRelation } from '../../base/relation.ts';
import { meaningOf } from '../meaning.ts';
import type { Draft, FileChange, ProposalBody } from '../proposal.ts';
import type { Extension } from './extend-model.ts';
import { shortList } from './short-list.ts';
import { whose } from './whose.ts';

export interface ExtensionEvidence {
  /** The mart that would be made otherwise. */
  readonly mart: RelationId;
  /** What is said of that mart: money, readers, evidence. */
  readonly body: Pick<ProposalBody, 'money' | 'evidence' | 'readers'>;
  /** Why a mart would be made, with its numbers. */
  readonly because: string;
  readonly runsPerDay: number;
}

/** The question whether a model may hold what a new mart would; undefined where none has its rows. */
export function draftExtension(
  extension: Extension,
  evidence: ExtensionEvidence,
): Draft | undefined {
  switch (extension.kind) {
    case 'none':
      return undefined;
    case 'extended':
      return extended(extension, evidence);
    case 'there':
      return there(extension, evidence);
    case 'suggestion':
      return suggested(extension, evidence);
  }
}

const INSTEAD =
  'Goldsmith builds nothing of its own for it meanwhile; decline this, and the mart itself is asked about.';

const HAVE_TO_NAME =
  'Statements have to name the model to gain by it; until they do, nothing is saved.';

type Extended = Extract<Extension, { kind: 'extended' }>;

function extended(extension: Extended, evidence: ExtensionEvidence): Draft {
  const { model, added, files, makesTable } = extension;
  return draft(evidence, {
    parts: [
      ...added.map((column) => `add ${column} to ${model.id}`),
      ...(makesTable ? [`store ${model.id} as a table`] : []),
    ],
    files,
    title: titleOf(extension),
    because: `${evidence.because}. ${readableRelation(evidence.mart)} would have the sources, conditions and grain of dbt model ${model.name}${whatOf(extension)} ${whose(model)}${INSTEAD}`,
    risks: [
      HAVE_TO_NAME,
      ...(makesTable
        ? [
            'It answered with what its sources hold now; a table answers with what they held when dbt ran.',
            'Every dbt run builds it whole: that is its upkeep.',
          ]
        : []),
      ...(model.materialized === 'incremental'
        ? [
            'The model is incremental: older rows have no value in the new columns without --full-refresh, and the next run fails unless on_schema_change lets columns in.',
          ]
        : []),
    ],
    proofs:
      added.length === 0
        ? ['its statement is not touched']
        : [
            'the extended text, read again, gives every column it gave before and those that were wanted',
          ],
    undo: 'Revert the change.',
  });
}

function titleOf({ model, added, makesTable }: Extended): string {
  const columns = shortList(added);
  if (added.length === 0) {
    return `Store dbt model ${model.name} as a table, instead of a mart beside it`;
  }
  return `Add ${columns} to dbt model ${model.name}${makesTable ? ' and store it as a table' : ''}, instead of a mart beside it`;
}

function whatOf({ added, makesTable, isDescribed }: Extended): string {
  const stored =
    'which is a view: stored as a table, it need not be computed for everyone who asks';
  const lacking = `which lacks only ${shortList(added)}: written at the end of its select lists, in its own style${isDescribed ? ', and described where its columns are' : ''}`;
  const parts = [...(added.length === 0 ? [] : [lacking]), ...(makesTable ? [stored] : [])];
  return `, ${parts.join('; and ')}.`;
}

function there(
  { model, names }: Extract<Extension, { kind: 'there' }>,
  evidence: ExtensionEvidence,
): Draft {
  const by = names.map(({ wanted, model: own }) => `${wanted} as ${own}`).join(', ');
  const relation = model.relation === undefined ? model.name : readableRelation(model.relation);
  return draft(evidence, {
    parts: [`read ${model.id}`],
    files: [],
    title: `Read ${relation}: it has what a new mart would hold`,
    because: `${evidence.because}. dbt model ${model.name} has the sources, conditions and grain of ${readableRelation(evidence.mart)}, and all of its columns${by === '' ? '' : ` (${by})`}. Whoever sends these statements can name it instead. ${INSTEAD}`,
    risks: [HAVE_TO_NAME, 'How fresh it is follows from when dbt runs.'],
    proofs: [],
    undo: 'Nothing is done.',
  });
}

function suggested(
  { model, because, lacks }: Extract<Extension, { kind: 'suggestion' }>,
  evidence: ExtensionEvidence,
): Draft {
  const columns = shortList(lacks);
  return draft(evidence, {
    parts: [`suggest ${lacks.length === 0 ? 'a table' : lacks.join(', ')} for ${model.id}`],
    files: [],
    title: `dbt model ${model.name} could ${columns === '' ? 'be a table' : `hold ${columns}`}, instead of a mart beside it`,
    because: `${evidence.because}. ${readableRelation(evidence.mart)} would have the sources, conditions and grain of dbt model ${model.name}, which ${columns === '' ? 'is a view' : `lacks only ${columns}`}. Goldsmith does not edit ${model.path} itself: ${because}. ${whose(model)}${INSTEAD}`,
    risks: ['This is a suggestion: no file is changed by it.'],
    proofs: [],
    undo: 'Nothing is done.',
  });
}

interface Wording extends Pick<ProposalBody, 'title' | 'because' | 'risks' | 'proofs' | 'undo'> {
  readonly parts: readonly string[];
  readonly files: readonly FileChange[];
}

function draft(
  { mart, body, runsPerDay }: ExtensionEvidence,
  { parts, files, ...words }: Wording,
): Draft {
  return {
    kind: 'edit',
    relation: mart,
    meaning: meaningOf({ kind: 'edit', relation: mart, parts, files }),
    steps: [],
    files,
    evidenceRuns: runsPerDay,
    body: { ...body, ...words, sql: [] },
  };
}
