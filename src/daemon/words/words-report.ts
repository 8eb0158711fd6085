import { dayOf } from '../../base/clock.ts';
import { GoldsmithError } from '../../base/goldsmith-error.ts';
import type { Report } from '../../http/service.ts';
import type { BusinessWord, WordDefinition } from '../../lineage/words/business-words.ts';
import { foldWord } from '../../lineage/words/fold-word.ts';
import { totalQuery } from '../../lineage/words/totals-sql.ts';
import type { Engine } from '../engine.ts';
import { keptWrites } from '../lineage/kept-writes.ts';
import { type Comparison, compareDefinitions } from './compare-definitions.ts';
import { type WordChoice, wordChoices } from './kept-choices.ts';
import { type Doubt, settleDoubts } from './same-measures.ts';
import { type WordsFoundParts, wordsFound } from './words-found.ts';
import { comparisonLines, headOf, longLines, runsOf, shortLines } from './words-text.ts';
import { writtenColumns } from './written-columns.ts';

type Parts = Omit<WordsFoundParts, 'asked'>;

/** All contested words, or one of them in full. */
export function reportWords(
  engine: Engine,
  { word, ...parts }: Parts & { readonly word: string | undefined },
): Promise<Report> {
  return word === undefined
    ? wordsReport(engine, parts)
    : wordReport(engine, { ...parts, asked: word });
}

/** Every name that readers measure by in more than one way, and how many they measure by in one. */
async function wordsReport(engine: Engine, parts: Parts): Promise<Report> {
  const words = await wordsFound(engine, parts);
  const contested = words.filter(({ definitions }) => definitions.length > 1);
  const lines = contested
    .toSorted((a, b) => runsOf(b) - runsOf(a))
    .flatMap((word) => [headOf(word), ...word.definitions.flatMap(shortLines)]);
  const head =
    contested.length === 0
      ? `of ${words.length} words that readers measure by, none has more than one arithmetic`
      : `${contested.length} of ${words.length} words that readers measure by have more than one arithmetic`;
  const tail =
    contested.length === 0 ? [] : ['`goldsmith words <word>` runs the definitions side by side'];
  return {
    text: `${[head, ...lines, ...tail].join('\n')}\n`,
    value: { words: words.length, contested: contested.map((word) => toldWord(word)) },
  };
}

/**
 * One word: its definitions, who uses which, and how their results differ on the data as it is now. Raises `WORD_UNKNOWN`.
 */
async function wordReport(
  engine: Engine,
  { asked, ...parts }: Parts & { readonly asked: string },
): Promise<Report> {
  const { word, comparison } = await comparedWord(engine, { asked, ...parts });
  const writes = keptWrites(engine);
  const choice = wordChoices(engine.store.documents).get(word.word);
  const totals = comparison?.kind === 'compared' ? comparison.totals : [];
  const lines = [
    headOf(word),
    ...word.definitions.flatMap((definition) =>
      longLines(definition, {
        total: totals.find((total) => total.definition === definition.id),
        written: writtenColumns(definition, writes),
      }),
    ),
    ...comparisonLines(comparison),
    ...choiceLines(word, choice),
  ];
  return {
    text: `${lines.join('\n')}\n`,
    value: { ...toldWord(word), ...(choice && { choice: toldChoice(choice) }), comparison },
  };
}

function toldChoice({ definition, by, at }: WordChoice) {
  return { definition, by, at: new Date(at).toISOString() };
}

function choiceLines(
  { name, definitions }: BusinessWord,
  choice: WordChoice | undefined,
): readonly string[] {
  if (choice !== undefined) {
    return [`${choice.by} chose ${choice.definition} on ${dayOf(choice.at)}: ${choice.text}`];
  }
  return definitions.length < 2
    ? []
    : [
        `Goldsmith picks none of them: \`goldsmith words choose ${name} <definition>\` writes the one you chose`,
      ];
}

/** Definitions that give one number today are asked again on small databases: they may be one, written differently. */
async function comparedWord(
  engine: Engine,
  parts: Parts & { readonly asked: string },
): Promise<{ readonly word: BusinessWord; readonly comparison: Comparison | undefined }> {
  const word = await requireWord(engine, parts);
  const { definitions } = word;
  if (definitions.length < 2) {
    return { word, comparison: undefined };
  }
  const comparison = await compareOrSay(engine, { ...parts, definitions });
  const doubts = doubtsOf(definitions, { comparison, dialect: engine.connector.dialect });
  const found =
    doubts.length > 1 &&
    (await settleDoubts(doubts, {
      documents: engine.store.documents,
      schema: parts.schema,
      facts: parts.facts,
      dialect: engine.connector.dialect,
    }));
  if (!found) {
    return { word, comparison };
  }
  const settled = await requireWord(engine, parts);
  return {
    word: settled,
    comparison:
      settled.definitions.length < 2
        ? undefined
        : await compareOrSay(engine, { ...parts, definitions: settled.definitions }),
  };
}

/** The word of this name. Raises `WORD_UNKNOWN`. */
export async function requireWord(
  engine: Engine,
  { asked, ...parts }: Parts & { readonly asked: string },
): Promise<BusinessWord> {
  const fold = foldWord(asked);
  const words = await wordsFound(engine, { ...parts, asked: fold });
  const word = words.find((one) => one.word === fold);
  if (word === undefined) {
    const { evidenceDays } = engine.config.words;
    const message = `nobody measured by the name ${asked} in the last ${evidenceDays} days, and no view defines it; \`goldsmith words\` lists the names there are`;
    throw new GoldsmithError('WORD_UNKNOWN', message);
  }
  return word;
}

async function compareOrSay(
  engine: Engine,
  parts: Parts & { readonly definitions: readonly WordDefinition[] },
): Promise<Comparison> {
  try {
    return await compareDefinitions(engine, parts);
  } catch (error) {
    parts.signal?.throwIfAborted();
    if (error instanceof GoldsmithError) {
      return { kind: 'not-compared', because: `the warehouse refused it (${error.code})` };
    }
    throw error;
  }
}

function doubtsOf(
  definitions: readonly WordDefinition[],
  {
    comparison,
    dialect,
  }: { readonly comparison: Comparison; readonly dialect: Engine['connector']['dialect'] },
): readonly Doubt[] {
  if (comparison.kind === 'not-compared') {
    return [];
  }
  return definitions.flatMap((definition) => {
    const told = comparison.totals.find((total) => total.definition === definition.id);
    const total = totalQuery(definition, dialect);
    return told?.kind === 'total' && total.kind === 'total'
      ? [{ definition, total, value: told.total }]
      : [];
  });
}

/** As JSON: no expression trees. */
function toldWord({ word, name, definitions }: BusinessWord): object {
  return {
    word,
    name,
    definitions: definitions.map(({ example: _trees, lastUse, readers, ...told }) => ({
      ...told,
      ...(lastUse === undefined ? {} : { lastUse: new Date(lastUse).toISOString() }),
      readers: readers.map((reader) => ({
        ...reader,
        lastUse: new Date(reader.lastUse).toISOString(),
      })),
    })),
  };
}
