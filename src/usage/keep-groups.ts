import type { Shape } from '../sql/query-shape.ts';
import type { IngestGroup } from './ingest-group.ts';
import {
  addLearned,
  keepTemplates,
  type Learned,
  type LearnTemplatesParts,
  noneLearned,
  type PendingTexts,
  readUnread,
  type UnreadText,
} from './learn-templates.ts';
import type { ScopedFingerprint } from './usage-ports.ts';

/**
 * What is read of the history, kept in the order it was read while more of it is being read: texts become templates, and
 * a group is kept when all texts that came before its end are.
 */
export interface GroupKeeper {
  /** Texts of the group that is being filled. */
  learn(texts: readonly UnreadText[]): void;
  /** The group is full. */
  close(group: IngestGroup): void;
  /** Resolves when more may come; rejects with what failed. */
  room(): Promise<void>;
  /** Resolves when all is kept; rejects with what failed. */
  finish(): Promise<Learned>;
  /** Keeps nothing more; resolves when nothing is at work. */
  stop(): Promise<void>;
  readonly pending: PendingTexts;
  /** Whether a closed group that is not kept yet counts the statement with this mark. */
  readonly isCounted: (mark: string) => boolean;
}

export interface KeepGroupsParts extends LearnTemplatesParts {
  readonly onKept: (group: IngestGroup) => void;
}

/** Shapes are large, so only so many stand in memory at a time. */
const TEXTS_PER_CALL = 256;
/** Texts are read ahead of being kept, so that the parser never waits. */
const CALLS_AHEAD = 2;
/**
 * Groups (some 20 MB each) and texts wait in memory; at these bounds the history waits for them. A first reading meets nearly all of
 * its texts in the first group: the more groups wait, the longer both threads are at work.
 */
const MOST_GROUPS = 4;
const MOST_CHARACTERS = 8_000_000;

interface Lesson {
  readonly kind: 'lesson';
  readonly texts: UnreadText[];
  reading: Promise<(fingerprint: string) => Shape> | undefined;
}

type Job = Lesson | { readonly kind: 'group'; readonly group: IngestGroup };

export function keepGroups(parts: KeepGroupsParts): GroupKeeper {
  const jobs: Job[] = [];
  const waiting = new WaitingTexts();
  let groups: readonly IngestGroup[] = [];
  let learned = noneLearned;
  let isStopped = false;
  let failure: { readonly error: unknown } | undefined;
  let working: Promise<void> = Promise.resolve();
  let isWorking = false;
  let onProgress: (() => void) | undefined;

  function wake(): void {
    if (!isWorking && !isStopped) {
      isWorking = true;
      working = work();
    }
  }

  async function work(): Promise<void> {
    try {
      for (let job = jobs[0]; job !== undefined && !isStopped; job = jobs[0]) {
        readAhead();
        await doNext(job);
        onProgress?.();
      }
    } catch (error) {
      failure = { error };
      isStopped = true;
    } finally {
      isWorking = false;
      onProgress?.();
    }
  }

  async function doNext(job: Job): Promise<void> {
    if (job.kind === 'group') {
      jobs.shift();
      parts.onKept(job.group);
      groups = groups.filter((group) => group !== job.group);
      return;
    }
    const shapeOf = await job.reading;
    if (isStopped || shapeOf === undefined) {
      return;
    }
    jobs.shift();
    readAhead();
    learned = addLearned(learned, keepTemplates(job.texts, { ...parts, shapeOf }));
    waiting.remove(job.texts);
  }

  function readAhead(): void {
    const lessons = jobs.filter((job) => job.kind === 'lesson').slice(0, CALLS_AHEAD);
    for (const lesson of lessons) {
      if (lesson.reading === undefined) {
        lesson.reading = readUnread(lesson.texts, parts);
        lesson.reading.catch(heardLater);
      }
    }
  }

  function throwFailure(): void {
    if (failure !== undefined) {
      throw failure.error;
    }
  }

  async function until(isReached: () => boolean): Promise<void> {
    while (!isReached() && isWorking) {
      await new Promise<void>((resolve) => {
        onProgress = resolve;
      });
    }
    throwFailure();
  }

  return {
    learn(texts) {
      waiting.add(texts);
      for (const text of texts) {
        const last = jobs.at(-1);
        const isOpen = last?.kind === 'lesson' && last.reading === undefined;
        if (isOpen && last.texts.length < TEXTS_PER_CALL) {
          last.texts.push(text);
        } else {
          jobs.push({ kind: 'lesson', texts: [text], reading: undefined });
        }
      }
      wake();
    },
    close(group) {
      groups = [...groups, group];
      jobs.push({ kind: 'group', group });
      wake();
    },
    room: () => until(() => groups.length < MOST_GROUPS && waiting.characters < MOST_CHARACTERS),
    async finish() {
      await until(() => jobs.length === 0);
      return learned;
    },
    async stop() {
      isStopped = true;
      await working;
    },
    pending: waiting,
    isCounted: (mark) => groups.some((group) => group.counts(mark)),
  };
}

/** A failed reading is heard when its turn comes. */
function heardLater(): void {}

class WaitingTexts implements PendingTexts {
  readonly #scopes = new Set<string>();
  readonly #fingerprints = new Map<string, number>();
  characters = 0;

  add(texts: readonly UnreadText[]): void {
    for (const { asked, text } of texts) {
      this.#scopes.add(scopeKey(asked));
      this.#count(asked.fingerprint, 1);
      this.characters += text.length;
    }
  }

  remove(texts: readonly UnreadText[]): void {
    for (const { asked, text } of texts) {
      this.#scopes.delete(scopeKey(asked));
      this.#count(asked.fingerprint, -1);
      this.characters -= text.length;
    }
  }

  has(asked: ScopedFingerprint): boolean {
    return this.#scopes.size > 0 && this.#scopes.has(scopeKey(asked));
  }

  hasFingerprint(fingerprint: string): boolean {
    return this.#fingerprints.has(fingerprint);
  }

  #count(fingerprint: string, change: number): void {
    const count = (this.#fingerprints.get(fingerprint) ?? 0) + change;
    if (count === 0) {
      this.#fingerprints.delete(fingerprint);
    } else {
      this.#fingerprints.set(fingerprint, count);
    }
  }
}

function scopeKey({ fingerprint, database, schema }: ScopedFingerprint): string {
  return `${fingerprint}\0${database}\0${schema}`;
}
