import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';

/** A PostgreSQL server of a test's own: a new cluster in a temporary folder, gone when it stops. */
export interface PostgresCluster {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** Signs in over the socket without a password, and over TCP with `secret`. */
  readonly superuser: string;
  readonly password: string;
  readonly socketFolder: string;
  /** Where the server writes its log, as JSON lines. */
  readonly logFolder: string;
  /** Sends statements as the superuser and gives the last one's rows. */
  sql(text: string, database?: string): Promise<readonly Record<string, unknown>[]>;
  /** Stops it as a power cut would, and starts it again on the same files. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** The folder with initdb and postgres; says once that tests are skipped where there is none. */
export const postgresBinaries: string | undefined = findBinaries();

if (postgresBinaries === undefined) {
  process.stderr.write('no PostgreSQL server is installed here: its tests are skipped\n');
}

function findBinaries(): string | undefined {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root) : [];
  const folders = versions
    .toSorted((left, right) => Number(right) - Number(left))
    .map((version) => join(root, version, 'bin'));
  const found = [...folders, ...(process.env['PATH'] ?? '').split(':')].find(
    (folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')),
  );
  return found === undefined || (isRoot() && serverUser() === undefined) ? undefined : found;
}

const SETTINGS = `
fsync = off
full_page_writes = off
max_connections = 60
shared_preload_libraries = 'pg_stat_statements,auto_explain'
pg_stat_statements.track = top
logging_collector = on
log_destination = 'jsonlog'
log_filename = 'postgres.log'
log_rotation_age = 0
log_rotation_size = 0
`;

export async function startPostgres(settings = ''): Promise<PostgresCluster> {
  const binaries = postgresBinaries;
  if (binaries === undefined) {
    throw new Error('no PostgreSQL server is installed here');
  }
  const folder = mkdtempSync(join(tmpdir(), 'goldsmith-pg-'));
  const user = isRoot() ? serverUser() : undefined;
  if (user !== undefined) {
    chownSync(folder, user.uid, user.gid);
  }
  const files = join(folder, 'data');
  const port = await freePort();
  const password = 'secret';
  execFileSync('cp', ['-a', template(binaries, user), files], { ...user, cwd: folder });
  appendFileSync(
    join(files, 'postgresql.conf'),
    `${SETTINGS}\nport = ${port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '${folder}'\n${settings}\n`,
  );
  const trusted = { host: folder, port, user: 'postgres' };
  let server = run();

  function run() {
    const child = spawn(join(binaries ?? '', 'postgres'), ['-D', files], {
      ...user,
      cwd: folder,
      stdio: 'ignore',
    });
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
    });
    return { child, ended };
  }
  function kill(): void {
    server.child.kill('SIGQUIT');
  }
  async function sql(text: string, database = 'shop') {
    const client = new pg.Client({ ...trusted, database });
    await client.connect();
    try {
      const answers = await client.query(text);
      const last = Array.isArray(answers) ? answers.at(-1) : answers;
      return (last?.rows ?? []) as readonly Record<string, unknown>[];
    } finally {
      await client.end();
    }
  }
  async function ready(): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await sql('select 1', 'postgres');
        return;
      } catch (error) {
        if (attempt > 200 || server.child.exitCode !== null) {
          throw error;
        }
        await wait(50);
      }
    }
  }
  process.once('exit', kill);
  await ready();
  await sql(`alter user postgres password '${password}'`, 'postgres');
  await sql('create database shop', 'postgres');
  await sql('create extension pg_stat_statements');
  appendFileSync(join(files, 'pg_hba.conf'), '');
  execFileSync('sed', [
    '-i',
    's/^host\\(.*\\)trust$/host\\1scram-sha-256/',
    join(files, 'pg_hba.conf'),
  ]);
  await sql('select pg_reload_conf()');

  return {
    host: '127.0.0.1',
    port,
    database: 'shop',
    superuser: 'postgres',
    password,
    socketFolder: folder,
    logFolder: join(files, 'log'),
    sql,
    async restart() {
      kill();
      await server.ended;
      server = run();
      await ready();
    },
    async stop() {
      kill();
      await server.ended;
      process.removeListener('exit', kill);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** An empty cluster, made once on a machine for each server and copied: to make one takes longer than many a test. */
function template(
  binaries: string,
  user: { readonly uid: number; readonly gid: number } | undefined,
): string {
  const name = `goldsmith-pg-template-1-${user?.uid ?? process.getuid?.() ?? 0}${binaries.replaceAll('/', '-')}`;
  const made = join(tmpdir(), name);
  if (existsSync(made)) {
    return made;
  }
  const folder = mkdtempSync(join(tmpdir(), 'goldsmith-pg-'));
  if (user !== undefined) {
    chownSync(folder, user.uid, user.gid);
  }
  const files = join(folder, 'data');
  execFileSync(
    join(binaries, 'initdb'),
    ['-D', files, '-U', 'postgres', '-E', 'UTF8', '--locale=C', '-N', '--auth=trust'],
    { ...user, cwd: folder, stdio: 'ignore' },
  );
  try {
    renameSync(files, made);
  } catch (error) {
    // Another worker was faster.
    if (!existsSync(made)) {
      throw error;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return made;
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The server refuses to run as root. */
function serverUser(): { readonly uid: number; readonly gid: number } | undefined {
  const idOf = (flag: string) => Number(spawnSync('id', [flag, 'postgres']).stdout?.toString());
  const [uid, gid] = [idOf('-u'), idOf('-g')];
  return uid > 0 && gid > 0 ? { uid, gid } : undefined;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
