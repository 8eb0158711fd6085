import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A path for a state file, in a folder of its own that goes with it. */
export function temporaryState(): Disposable & { readonly path: string; readonly folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'goldsmith-state-'));
  return {
    folder,
    path: join(folder, 'state.db'),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}
