import { contentOf, entriesAt } from './commits.ts';
import type { Clone } from './own-clone.ts';

/** What a commit holds at some paths: texts that may be edited, and what stands in the way of others. */
export interface ReadFiles {
  readonly texts: ReadonlyMap<string, string>;
  readonly inTheWay: ReadonlyMap<string, string>;
}

export async function readFiles(
  clone: Clone,
  { commit, paths }: { readonly commit: string; readonly paths: readonly string[] },
): Promise<ReadFiles> {
  const parents = paths.flatMap(foldersOf);
  const entries = await entriesAt(clone, { commit, paths: [...new Set([...parents, ...paths])] });
  const texts = new Map<string, string>();
  const inTheWay = new Map<string, string>();
  for (const path of paths) {
    const entry = entries.get(path);
    const blocking = foldersOf(path).find((folder) => {
      const mode = entries.get(folder)?.mode;
      return mode !== undefined && mode !== '040000';
    });
    if (blocking !== undefined) {
      inTheWay.set(path, `the repository holds a file where its folder ${blocking} belongs`);
    } else if (entry !== undefined && !entry.mode.startsWith('100')) {
      inTheWay.set(path, 'the repository holds a folder, a link or a submodule there');
    } else if (entry !== undefined) {
      const text = await contentOf(clone, entry.blob);
      // Ill-formed UTF-8 is nobody's SQL or YAML, and writing it again would change it.
      if (text.includes('\u{fffd}')) {
        inTheWay.set(path, 'it is not UTF-8 text');
      } else {
        texts.set(path, text);
      }
    }
  }
  return { texts, inTheWay };
}

/** `a/b` and `a` of `a/b/c`. */
function foldersOf(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
}
