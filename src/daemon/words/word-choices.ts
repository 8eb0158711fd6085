import { DAY_MS, dayOf } from '../../base/clock.ts';
import { GoldsmithError } from '../../base/goldsmith-error.ts';
import { relationId } from '../../base/relation.ts';
import { historyDays } from '../../decide/days.ts';
import type { Report } from '../../http/service.ts';
import type { DbtProject } from '../../lineage/dbt/dbt-project.ts';
import type { BusinessWord, WordDefinition } from '../../lineage/words/business-words.ts';
import { semanticParts } from '../../lineage/words/semantic-parts.ts';
import { meaningOf } from '../../propose/meaning.ts';
import type { Draft, FileChange } from '../../propose/proposal.ts';
import { semanticFiles } from '../../propose/semantic-model/semantic-files.ts';
import { dbtBeside } from '../dbt/dbt-beside.ts';
import type { Engine } from '../engine.ts';
import { keepChoice, type WordChoice, wordChoices } from './kept-choices.ts';
import type { WordsFoundParts } from './words-found.ts';
import { requireWord } from './words-report.ts';

export interface ChooseWord extends Omit<WordsFoundParts, 'asked'> {
  readonly word: string;
  /** The id of a definition, or how it begins. */
  readonly definition: string;
  readonly by: string;
}

/**
 * Keeps what a person chose a word to mean, and writes it as a model and a semantic model for dbt. Nothing else changes: everybody's
 * statements stay as they are. Raises `WORD_UNKNOWN`, `DEFINITION_UNKNOWN`, and `DEFINITION_NOT_WRITABLE` with the reason.
 */
export async function chooseWord(
  engine: Engine,
  { word: asked, definition: id, by, ...parts }: ChooseWord,
): Promise<Report> {
  const word = await requireWord(engine, { asked, ...parts });
  const definition = oneOf(word, id);
  const beside = await dbtBeside(engine, parts);
  const { path } = engine.config.dbt;
  const written = semanticFiles({
    name: word.name,
    definition,
    parts: semanticParts(definition),
    schema: parts.schema.index,
    dialect: engine.connector.dialect,
    folder: path === '' ? FOLDER : `${path}/${FOLDER}`,
    refer: referTo(beside.kind === 'read' ? beside.project : undefined),
  });
  if (written.kind === 'no-files') {
    const message = `${word.name} by definition ${definition.id} cannot be written as a semantic model: ${written.because}`;
    throw new GoldsmithError('DEFINITION_NOT_WRITABLE', message);
  }
  const { clock, config, store } = engine;
  const files = written.files.map(({ path: at, text = '' }) => ({ path: at, text }));
  const choice: WordChoice = {
    word: word.word,
    name: word.name,
    definition: definition.id,
    keys: [...definition.keys],
    text: definition.text,
    by,
    at: clock.now(),
    files,
    readers: word.definitions.flatMap(({ readers }) => readers.map(({ name }) => name)),
    runsPerDay: runsPerDayOf(engine, word),
  };
  keepChoice(store.documents, choice);
  engine.log.info({ word: word.name, definition: definition.id }, 'a definition was chosen');
  const lines = [
    `${word.name} is ${definition.text} from now on, by ${by}`,
    ...others(word, definition),
    ...(config.mode === 'observe'
      ? ['mode observe proposes nothing: `--out <folder>` writes the files']
      : ['the next cycle proposes the files; `--out <folder>` writes them here']),
    ...files.map((file) => `  ${file.path}`),
  ];
  return {
    text: `${lines.join('\n')}\n`,
    value: { word: word.word, definition: definition.id, files },
  };
}

const FOLDER = 'models/semantic';

/** Over the days that are known: a history younger than the window says no less a day for it. */
function runsPerDayOf(
  { store, clock, config }: Pick<Engine, 'store' | 'clock' | 'config'>,
  { definitions }: BusinessWord,
): number {
  const now = clock.now();
  const known = store.usage.read({
    fromDay: dayOf(now - config.words.evidenceDays * DAY_MS),
    untilDay: dayOf(now),
  });
  const runs = definitions.reduce((sum, { runs: its }) => sum + its, 0);
  return runs / Math.max(1, historyDays(known, now).length);
}

/** The files of what was chosen, as a question to whoever owns them; not again once they agreed. */
export function draftWords({
  store,
  memory,
  config,
}: Pick<Engine, 'store' | 'memory' | 'config'>): readonly Draft[] {
  if (config.mode === 'observe') {
    return [];
  }
  const applied = new Set(
    memory.proposals
      .list()
      .filter(({ state }) => state === 'applied')
      .map(({ meaning }) => meaning),
  );
  return [...wordChoices(store.documents).values()]
    .map(draftOf)
    .filter(({ meaning }) => !applied.has(meaning));
}

function draftOf({
  name,
  definition,
  text,
  by,
  at,
  files,
  readers,
  runsPerDay,
}: WordChoice): Draft {
  const relation = relationId({ schema: 'words', name });
  const changes: readonly FileChange[] = files;
  const parts = [`define ${name} as ${definition}`];
  return {
    kind: 'edit',
    relation,
    meaning: meaningOf({ kind: 'edit', relation, parts, files: changes }),
    parts,
    steps: [],
    files: changes,
    body: {
      title: `Define ${name} once`,
      because: `${by} chose on ${dayOf(at)} that ${name} is ${text}; the files say so in dbt's semantic layer`,
      money: { arithmetic: ['it is one meaning instead of several'] },
      evidence: [`${runsPerDay.toFixed(1)} runs a day measure by this name`],
      readers: [...new Set(readers)],
      risks: ['who computes it in another way goes on doing so until they read the metric'],
      proofs: [],
      undo: 'take the two files out again; nothing in the warehouse rests on them',
      sql: [],
    },
    evidenceRuns: runsPerDay,
  };
}

function oneOf({ name, definitions }: BusinessWord, id: string): WordDefinition {
  const found = definitions.filter((each) => each.id.startsWith(id.toLowerCase()));
  const [only, ...more] = found;
  if (only === undefined || more.length > 0) {
    const known = definitions.map((each) => each.id).join(', ');
    const message = `${name} has ${only === undefined ? 'no' : 'more than one'} definition ${id}; its definitions are ${known}`;
    throw new GoldsmithError('DEFINITION_UNKNOWN', message);
  }
  return only;
}

function others({ definitions }: BusinessWord, chosen: WordDefinition): readonly string[] {
  const left = definitions.filter(({ id }) => id !== chosen.id);
  const readers = new Set(left.flatMap((each) => each.readers.map(({ name }) => name)));
  return readers.size === 0
    ? []
    : [`these readers compute it in another way and still will: ${[...readers].join(', ')}`];
}

/** How a model of this project is told which relation it reads. */
function referTo(project: DbtProject | undefined) {
  const models = new Map(project?.models.map((model) => [model.relation, model.name]));
  const sources = new Map(project?.sources.map((source) => [source.relation, source]));
  return (relation: Parameters<typeof models.get>[0]): string | undefined => {
    const model = models.get(relation);
    const source = relation === undefined ? undefined : sources.get(relation);
    if (model !== undefined) {
      return `{{ ref('${model}') }}`;
    }
    return source && `{{ source('${source.source}', '${source.name}') }}`;
  };
}
