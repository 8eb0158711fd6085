import { openNumberedDatabases } from './numbered-databases.ts';
import type { RandomDatabase } from './random-databases.ts';
import type { AnswerRows } from './scratch-database.ts';
import { openScratchDatabase } from './scratch-database.ts';
import { openSeparateDatabases } from './separate-databases.ts';
import type { Answers, Asking, SmallDatabases, SmallDatabasesParts } from './small-databases.ts';

/** Where statements are tried on small databases: all at once where the engine can, one by one where it cannot. */
export interface TrialGround {
  /** The answers over all databases at once; `undefined` where the statements cannot be answered so. */
  readonly together: (
    databases: readonly RandomDatabase[],
    asking: Asking,
  ) => Promise<Answers | undefined>;
  /** The answers over one database held in tables of its own, or why there are none. */
  readonly alone: (database: RandomDatabase, asking: Asking) => Promise<AnswersOrFailure>;
  readonly close: () => void;
}

export type AnswersOrFailure =
  | { readonly kind: 'answered'; readonly answers: readonly AnswerRows[] }
  | { readonly kind: 'failed'; readonly because: string };

/** Opens nothing before it is needed. */
export function openTrialGround(parts: SmallDatabasesParts): TrialGround {
  const opened: SmallDatabases[] = [];
  let numbered: Promise<SmallDatabases> | undefined;
  let separate: Promise<SmallDatabases> | undefined;

  async function open(make: typeof openNumberedDatabases): Promise<SmallDatabases> {
    const databases = await make(await openScratchDatabase(), parts);
    opened.push(databases);
    return databases;
  }

  return {
    async together(databases, asking) {
      numbered ??= open(openNumberedDatabases);
      const outcome = await orFailure(async () => (await numbered)?.answer(databases, asking));
      return outcome.kind === 'failed' ? undefined : outcome.answers;
    },
    async alone(database, asking) {
      separate ??= open(openSeparateDatabases);
      const outcome = await orFailure(async () => (await separate)?.answer([database], asking));
      return outcome.kind === 'failed'
        ? outcome
        : { kind: 'answered', answers: outcome.answers?.[0] ?? [] };
    },
    close() {
      for (const databases of opened) {
        databases.close();
      }
    },
  };
}

/** What a made-up row does to a statement (a cast that fails, two rows where one is wanted) is an outcome like others. */
async function orFailure<Found>(
  work: () => Promise<Found>,
): Promise<
  | { readonly kind: 'answered'; readonly answers: Found }
  | { readonly kind: 'failed'; readonly because: string }
> {
  try {
    return { kind: 'answered', answers: await work() };
  } catch (error) {
    return { kind: 'failed', because: error instanceof Error ? error.message : String(error) };
  }
}
