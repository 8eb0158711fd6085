import { execFile } from 'node:child_process';
import { access, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where emulators are kept between runs: outside of the repository. */
export const CACHE =
  process.env['GOLDSMITH_EMULATORS_CACHE'] ??
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'goldsmith-emulators');

/** A Python with these packages, at the versions they are tried with; gives the interpreter. Needs `python3`, 3.10 or later. */
export async function pythonWith(packages: readonly string[]): Promise<string> {
  const folder = join(CACHE, 'venv');
  const python = join(folder, 'bin', 'python');
  if (!(await isThere(python))) {
    await mkdir(CACHE, { recursive: true });
    await run('python3', ['-m', 'venv', folder]);
  }
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages];
  await run(python, install, { maxBuffer: 64 * 1024 * 1024 });
  return python;
}

export async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
