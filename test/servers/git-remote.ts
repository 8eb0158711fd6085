import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A bare git repository on this machine, and a person who works in a clone of it. */
export interface GitRemote {
  /** Holds the repository and whatever a test needs beside it. */
  readonly folder: string;
  readonly url: string;
  /** One git command in the bare repository. */
  git(...args: readonly string[]): string;
  /** One git command in the person's clone. */
  person(...args: readonly string[]): string;
  /** The person writes a file in the clone. */
  write(path: string, text: string): void;
  /** The person commits all that was written, on the branch the clone is on, and pushes it. */
  commit(message: string): void;
  branches(): readonly string[];
  /** A file of a branch at the remote. */
  file(branch: string, path: string): string;
  /** Puts what the repository holds aside, to be brought back into another remote. */
  keep(): KeptRemote;
  remove(): void;
}

export interface KeptRemote {
  restore(into: GitRemote): void;
  remove(): void;
}

const PERSON = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ana',
  GIT_AUTHOR_EMAIL: 'ana@example.com',
  GIT_COMMITTER_NAME: 'Ana',
  GIT_COMMITTER_EMAIL: 'ana@example.com',
};

/** With a first commit on `main`. */
export function aGitRemote(): GitRemote {
  const folder = mkdtempSync(join(tmpdir(), 'goldsmith-git-'));
  const bare = join(folder, 'remote.git');
  const clone = join(folder, 'person');
  cpSync(template(), folder, { recursive: true });
  writeFileSync(
    join(clone, '.git', 'config'),
    `[remote "origin"]\n\turl = ${bare}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n`,
  );
  const write: GitRemote['write'] = (path, text) => {
    mkdirSync(dirname(join(clone, path)), { recursive: true });
    writeFileSync(join(clone, path), text);
  };
  return {
    folder,
    url: `file://${bare}`,
    git: (...args) => run(bare, args),
    person: (...args) => run(clone, args),
    write,
    commit(message) {
      run(clone, ['add', '--all']);
      run(clone, ['commit', '--quiet', '--message', message]);
      run(clone, ['push', '--quiet', 'origin', 'HEAD']);
    },
    branches: () =>
      run(bare, ['for-each-ref', '--format=%(refname:short)', 'refs/heads']).split('\n'),
    file: (branch, path) => run(bare, ['show', `${branch}:${path}`]),
    keep() {
      const aside = mkdtempSync(join(tmpdir(), 'goldsmith-git-kept-'));
      cpSync(bare, aside, { recursive: true });
      return {
        restore(into) {
          const target = join(into.folder, 'remote.git');
          rmSync(target, { recursive: true });
          cpSync(aside, target, { recursive: true });
        },
        remove: () => rmSync(aside, { recursive: true, force: true }),
      };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Made once on a machine and copied: git processes are what such tests cost. */
function template(): string {
  const made = join(tmpdir(), `goldsmith-git-template-1-${process.getuid?.() ?? 0}`);
  if (existsSync(made)) {
    return made;
  }
  const folder = mkdtempSync(join(tmpdir(), 'goldsmith-git-'));
  const [bare, clone] = [join(folder, 'remote.git'), join(folder, 'person')];
  run(folder, ['init', '--quiet', '--bare', '--template=', '--initial-branch=main', bare]);
  mkdirSync(join(bare, 'hooks'));
  run(folder, ['clone', '--quiet', '--template=', bare, clone]);
  run(clone, ['checkout', '--quiet', '-B', 'main']);
  writeFileSync(join(clone, 'README.md'), '# our warehouse\n');
  run(clone, ['add', '--all']);
  run(clone, ['commit', '--quiet', '--message', 'Begin']);
  run(clone, ['push', '--quiet', 'origin', 'main']);
  try {
    renameSync(folder, made);
  } catch (error) {
    // Another worker was faster.
    rmSync(folder, { recursive: true, force: true });
    if (!existsSync(made)) {
      throw error;
    }
  }
  return made;
}

function run(cwd: string, args: readonly string[]): string {
  return execFileSync('git', [...args], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...PERSON },
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}
