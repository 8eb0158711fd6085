import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { askLines } from './ask-lines.ts';
import type { Peer } from './peer.ts';

const run = promisify(execFile);
const BUILD_MS = 600_000;
const source = join(import.meta.dirname, 'calcite');

/** Apache Calcite, from Maven, with our small program around it; built in a copy outside the repository. */
export async function openCalcite(peerFolder: string): Promise<Peer> {
  const home = join(peerFolder, `calcite-${digestOf(source)}`);
  const classpath = join(home, 'classpath.txt');
  const built = join(home, 'built');
  try {
    if (!existsSync(built)) {
      await mkdir(home, { recursive: true });
      await cp(source, home, { recursive: true });
      const goals = ['compile', 'dependency:build-classpath', `-Dmdep.outputFile=${classpath}`];
      await run('mvn', ['--quiet', '--batch-mode', ...goals], { cwd: home, timeout: BUILD_MS });
      await writeFile(built, '');
    }
    const paths = `${join(home, 'target', 'classes')}:${(await readFile(classpath, 'utf8')).trim()}`;
    const args = ['-Xmx1g', '-XX:+UseSerialGC', '-cp', paths, 'goldsmith.Peer'];
    return {
      kind: 'open',
      program: 'java',
      ask: (mode, lines) => askLines({ command: 'java', args: [...args, mode] }, lines),
    };
  } catch (error) {
    const because = (error instanceof Error ? error.message : String(error)).split('\n')[0];
    return { kind: 'skipped', because: `not built: ${because}` };
  }
}

function digestOf(folder: string): string {
  const hash = createHash('sha256');
  for (const path of globSync(join(folder, '**/*.{java,xml}')).toSorted()) {
    hash.update(readFileSync(path));
  }
  return hash.digest('hex').slice(0, 12);
}
