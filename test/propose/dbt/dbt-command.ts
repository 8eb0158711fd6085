import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** `1` installs dbt from PyPI into a folder that is kept for the next run; any other value is the path of a `dbt` that is there. */
export const WITH_DBT = process.env['GOLDSMITH_DBT'];

/** What tests with the real dbt need of it. */
export interface DbtCommand {
  /** One dbt command in a project; its output. Raises where dbt fails. */
  readonly run: (project: string, ...verbs: readonly string[]) => Promise<string>;
  /**
   * Rows of a DuckDB file as text, by the engine dbt uses: its files may be of a later format than ours reads.
   */
  readonly rows: (database: string, sql: string) => Promise<string>;
}

export async function dbtCommand(env: Readonly<Record<string, string>>): Promise<DbtCommand> {
  const dbt = WITH_DBT === '1' ? await installed() : (WITH_DBT ?? 'dbt');
  return {
    async run(project, ...verbs) {
      const options = ['--no-use-colors', '--no-send-anonymous-usage-stats'];
      const { stdout } = await run(dbt, [...options, ...verbs, '--profiles-dir', project], {
        cwd: project,
        env: { ...process.env, ...env },
      });
      return stdout;
    },
    async rows(database, sql) {
      const code =
        'import duckdb,sys;print(duckdb.connect(sys.argv[1],True).sql(sys.argv[2]).fetchall())';
      const python = join(dirname(dbt), 'python');
      return (await run(python, ['-c', code, database, sql])).stdout;
    },
  };
}

const PACKAGES = ['dbt-core>=1.9,<1.11', 'dbt-duckdb', 'dbt-postgres'];

async function installed(): Promise<string> {
  const kept = join(tmpdir(), `goldsmith-dbt-venv-2-${process.getuid?.() ?? 0}`);
  const dbt = join(kept, 'bin', 'dbt');
  if (existsSync(join(kept, 'complete'))) {
    return dbt;
  }
  rmSync(kept, { recursive: true, force: true });
  await run('python3', ['-m', 'venv', kept]);
  await run(join(kept, 'bin', 'pip'), ['install', '-q', ...PACKAGES]);
  const mark = mkdtempSync(join(tmpdir(), 'goldsmith-dbt-'));
  renameSync(mark, join(kept, 'complete'));
  return dbt;
}
