import { sha256 } from '../../base/digest.ts';
import { readableRelation } from '../../base/relation.ts';
import { describeChange, isGuess, type SchemaChange } from '../../drift/schema-change.ts';
import type { DbtSource } from '../../lineage/dbt/dbt-project.ts';
import { meaningOf } from '../meaning.ts';
import type { Draft } from '../proposal.ts';
import { followMovedSource } from './follow-moved-source.ts';

export interface MovedSourceParts {
  readonly source: DbtSource;
  readonly change: Extract<SchemaChange, { readonly kind: 'relation-moved' }>;
  /** The YAML file that declares it; absent where it is not there. */
  readonly text: string | undefined;
  /** Where the project lies in the repository; empty at its root. */
  readonly path: string;
  /** Models that read it, by name. */
  readonly models: readonly string[];
  readonly readers: readonly string[];
  readonly runsPerDay: number;
}

/** The question whether a source of the project may name its table where it is now; none where its file does, which dbt has not read yet. */
export function draftMovedSource({
  source,
  change,
  text,
  path,
  models,
  readers,
  runsPerDay,
}: MovedSourceParts): Draft | undefined {
  const { relation, to } = change;
  const file = source.path ?? 'the file that declares it';
  const outcome =
    text === undefined
      ? { kind: 'refused' as const, because: 'it is not there' }
      : followMovedSource({ text, source, to });
  const edited = outcome.kind === 'edited' ? outcome.text : undefined;
  if (edited !== undefined && edited === text) {
    return undefined;
  }
  const files =
    edited === undefined || text === undefined
      ? []
      : [{ path: path === '' ? file : `${path}/${file}`, text: edited, was: sha256(text) }];
  const name = `${source.source}.${source.name}`;
  const parts = [`follow source ${name} to ${readableRelation(to)}`];
  const fail =
    models.length === 0 ? '' : ` As it stands, the next run of ${models.join(', ')} fails.`;
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
        files.length > 0
          ? `Follow the moved table of dbt source ${name}`
          : `dbt source ${name} has to follow its table`,
      because:
        outcome.kind === 'edited'
          ? `${describeChange(change)}.${fail} Models go on naming the source as they do; all else in the file stays byte for byte.`
          : `${describeChange(change)}.${fail} Goldsmith does not edit ${file} itself: ${outcome.because}.`,
      money: { arithmetic: ['the models stay as they are: what they save and cost does too'] },
      evidence: [],
      readers,
      risks: [
        ...(isGuess(change)
          ? ['The move is a guess: nobody saw it happen, so a person has to know.']
          : []),
        ...(files.length > 0 ? [] : ['This is a suggestion: no file is changed by it.']),
      ],
      proofs:
        files.length > 0
          ? ['read again, the YAML file says what it said and where the table is now']
          : [],
      undo: files.length > 0 ? 'Revert the change.' : 'Nothing is done.',
      sql: [],
    },
  };
}
