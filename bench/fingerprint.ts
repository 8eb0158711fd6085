import { existsSync, globSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { dialectOf } from '../src/sql/dialects.ts';
import { fingerprint } from '../src/sql/fingerprint.ts';

/** How many statements a second one core fingerprints: the real statements of the corpus, a file a line. */
const corpus = `${process.env['GOLDSMITH_CORPUS'] ?? '../shared/data'}/statements`;
const PASSES = 5;

interface CorpusStatement {
  readonly dialect: string;
  readonly sql: string;
}

function readStatements(path: string): CorpusStatement[] {
  return gunzipSync(readFileSync(path))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as CorpusStatement);
}

function measure(name: string, statements: readonly CorpusStatement[]): void {
  const work = statements.map(({ dialect, sql }) => ({ dialect: dialectOf(dialect), sql }));
  const characters = work.reduce((sum, { sql }) => sum + sql.length, 0);
  const rates = Array.from({ length: PASSES }, () => {
    const started = process.cpuUsage();
    for (const { dialect, sql } of work) {
      fingerprint(sql, dialect);
    }
    const { user, system } = process.cpuUsage(started);
    return (work.length / (user + system)) * 1e6;
  });
  const rate = rates.toSorted((a, b) => b - a)[Math.floor(PASSES / 2)] ?? 0;
  const mean = characters / work.length;
  process.stdout.write(
    `${name.padEnd(20)} ${String(work.length).padStart(6)} statements, mean ${mean.toFixed(0).padStart(5)} characters: ${Math.round(rate).toLocaleString('en-US').padStart(9)} statements/s, ${((rate * mean) / 1e6).toFixed(0).padStart(4)} MB/s\n`,
  );
}

if (!existsSync(corpus)) {
  process.stdout.write(`skipped: no corpus at ${corpus}; set GOLDSMITH_CORPUS\n`);
} else {
  const all = globSync(`${corpus}/*.jsonl.gz`)
    .toSorted()
    .map((path) => ({
      name: path.slice(path.lastIndexOf('/') + 1, -'.jsonl.gz'.length),
      statements: readStatements(path),
    }));
  for (const { name, statements } of all) {
    measure(name, statements);
  }
  measure(
    'all',
    all.flatMap(({ statements }) => statements),
  );
}
