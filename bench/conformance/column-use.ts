import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Miss, Section } from './measure.ts';
import { OURS } from './measure.ts';
import type { PeerSet } from './peer-set.ts';
import type { Settings } from './settings.ts';

const run = promisify(execFile);
const NAME = 'TPC-H and TPC-DS: columns used exact, as sqlglot’s qualify and scopes say';

/** The columns each of TPC-H's 22 and TPC-DS's 99 texts uses, by the bench of its own (`column-use.ts`). */
export async function measureColumnUse(
  { corpus }: Settings,
  { python }: PeerSet,
): Promise<Section> {
  const title = 'Column use';
  if (python.kind === 'skipped') {
    const cells = {
      [OURS]: { kind: 'skipped', because: `no sqlglot to compare with: ${python.because}` },
    } as const;
    return { title, notes: [], measures: [{ name: NAME, cells }], misses: [] };
  }
  const { stdout } = await run(
    process.execPath,
    [join(import.meta.dirname, '../column-use.ts'), 'duckdb'],
    {
      env: { ...process.env, GOLDSMITH_CORPUS: corpus, GOLDSMITH_PYTHON: python.program },
      maxBuffer: 2 ** 28,
    },
  );
  const lines = stdout.split('\n');
  const suites = lines
    .map((line) => /^(tpc-\S+) \S+: (\d+) of (\d+) exact/.exec(line))
    .filter((match) => match !== null)
    .map(([, , exact, compared]) => ({ exact: Number(exact), compared: Number(compared) }));
  const hits = suites.reduce((sum, { exact }) => sum + exact, 0);
  const of = suites.reduce((sum, { compared }) => sum + compared, 0);
  const misses = lines
    .map((line) => /^(tpc-\S+): (missing .*)$/.exec(line))
    .filter((match) => match !== null)
    .map(
      ([, id = '', because = '']): Miss => ({
        measure: NAME,
        engine: OURS,
        id,
        code: 'INEXACT',
        because,
      }),
    );
  return {
    title,
    notes: [],
    measures: [
      { name: NAME, asked: { atLeast: 100 }, cells: { [OURS]: { kind: 'share', hits, of } } },
    ],
    misses,
  };
}
