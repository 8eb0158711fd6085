import type { HourlyGroup, HourlyStatements, Hours, ReadOptions } from './hourly-statements.ts';
import { SeenTexts } from './seen-texts.ts';

export interface HourlyTextsParts {
  readonly statements: Pick<HourlyStatements, 'texts'>;
  /** A text of as many characters was cut, and is not mined. */
  readonly cutAt: number | undefined;
}

/** Few statements: each looks through all that ended in its hours. */
const TEXTS_AT_ONCE = 2_000;
/** Stands for a text that was cut or is empty, so that it is not read again. */
const UNREADABLE = '';

/** Phase B: the text of one run for each hash this process has not seen, kept in memory only. */
export class HourlyTexts {
  readonly #parts: HourlyTextsParts;
  readonly #seen = new SeenTexts();

  constructor(parts: HourlyTextsParts) {
    this.#parts = parts;
  }

  /** By hash; the empty text stands for one that was cut, or is empty. Absent: not in the history any more. */
  async ofGroups(
    groups: readonly HourlyGroup[],
    { hours, options }: { readonly hours: Hours; readonly options: ReadOptions },
  ): Promise<ReadonlyMap<string, string>> {
    const texts = new Map<string, string>();
    const unseen = new Map<string, string>();
    for (const { hash, sample } of groups) {
      const seen = hash === undefined ? undefined : this.#seen.get(hash);
      if (hash !== undefined && seen !== undefined) {
        texts.set(hash, seen);
      } else if (hash !== undefined && !unseen.has(hash)) {
        unseen.set(hash, sample);
      }
    }
    const found = await this.ofRuns([...unseen.values()], { hours, options });
    for (const [hash, sample] of unseen) {
      const text = found.get(sample);
      if (text !== undefined) {
        this.#seen.add(hash, text);
        texts.set(hash, text);
      }
    }
    return texts;
  }

  /** By the statements' ids, as above. */
  async ofRuns(
    ids: readonly string[],
    { hours, options }: { readonly hours: Hours; readonly options: ReadOptions },
  ): Promise<ReadonlyMap<string, string>> {
    const { statements, cutAt = Number.POSITIVE_INFINITY } = this.#parts;
    const texts = new Map<string, string>();
    for (let from = 0; from < ids.length; from += TEXTS_AT_ONCE) {
      const some = ids.slice(from, from + TEXTS_AT_ONCE);
      for (const [id, text] of await statements.texts(some, hours, options)) {
        texts.set(id, text.length >= cutAt ? UNREADABLE : text);
      }
    }
    return texts;
  }
}
