import { type Clone, withClone } from './own-clone.ts';
import type { GitSettings } from './settings.ts';

/** Work in Goldsmith's own clone, fetched before; one after the other. */
export type InClone = <Result>(
  signal: AbortSignal,
  work: (clone: Clone, settings: GitSettings) => Promise<Result>,
) => Promise<Result>;

export function openClone({
  folder,
  settingsOf,
}: {
  readonly folder: string;
  /** Asked each time: a token may have been given out anew. */
  readonly settingsOf: (signal: AbortSignal) => Promise<GitSettings>;
}): InClone {
  let before: Promise<unknown> = Promise.resolve();
  return (signal, work) => {
    const mine = before.then(async () => {
      const settings = await settingsOf(signal);
      return withClone({ settings, folder, signal }, (clone) => work(clone, settings));
    });
    before = mine.catch(ignoreFailure);
    return mine;
  };
}

/** Whoever asked gets the failure; the next in turn does not. */
function ignoreFailure(): void {}
