import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { askLines } from './ask-lines.ts';
import type { Peer } from './peer.ts';

const run = promisify(execFile);
const INSTALL_MS = 300_000;
const folder = join(import.meta.dirname, 'python');

/** sqlglot, sqllineage and PostgreSQL's grammar, in a virtual environment of their own. */
export async function openPython(peerFolder: string): Promise<Peer> {
  const requirements = join(folder, 'requirements.txt');
  const home = join(peerFolder, `python-${digest(readFileSync(requirements))}`);
  const python = join(home, 'bin', 'python');
  const installed = join(home, 'installed');
  try {
    if (!existsSync(installed)) {
      await mkdir(peerFolder, { recursive: true });
      await run('python3', ['-m', 'venv', home], { timeout: INSTALL_MS });
      await run(python, ['-m', 'pip', 'install', '--quiet', '-r', requirements], {
        timeout: INSTALL_MS,
      });
      await writeFile(installed, '');
    }
  } catch (error) {
    return { kind: 'skipped', because: `not installed: ${firstLine(error)}` };
  }
  const program = join(folder, 'peer.py');
  return {
    kind: 'open',
    program: python,
    ask: (mode, lines) => askLines({ command: python, args: [program, mode] }, lines),
  };
}

function digest(text: Buffer): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
