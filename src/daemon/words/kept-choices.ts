import { z } from 'zod';
import type { DocumentStore } from '../../store/document-store.ts';

const CHOICE = 'word-choice';

const choiceSchema = z.object({
  word: z.string(),
  name: z.string(),
  definition: z.string(),
  keys: z.array(z.string()),
  text: z.string(),
  by: z.string(),
  at: z.number(),
  files: z.array(z.object({ path: z.string(), text: z.string() })),
  /** Who reads by the word, and how often a day: what a proposal of it weighs. */
  readers: z.array(z.string()),
  runsPerDay: z.number(),
});

/** What a person said a word means. */
export type WordChoice = z.infer<typeof choiceSchema>;

export function keepChoice(documents: DocumentStore, choice: WordChoice): void {
  documents.put(CHOICE, choice.word, choice);
}

/** What people chose, by folded word. */
export function wordChoices(documents: DocumentStore): ReadonlyMap<string, WordChoice> {
  return new Map(
    documents
      .list(CHOICE)
      .flatMap(({ value }) => choiceSchema.safeParse(value).data ?? [])
      .map((choice) => [choice.word, choice]),
  );
}
