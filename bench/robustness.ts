import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { openParsers } from '../src/parsers/open-parsers.ts';
import { randomNumbers } from '../src/prove/random-numbers.ts';
import { DIALECT_NAMES } from '../src/sql/dialect.ts';
import type { ParseRequest } from '../src/sql/parse-sql.ts';
import { hostile, mutated } from './hostile-texts.ts';

/**
 * Mutated and hostile statements through the parsers: `node bench/robustness.ts [statements] [seed]`. What
 * costs its worker, or two seconds of processor time, is named with the text's beginning.
 */
const wanted = Number(process.argv[2] ?? 100_000);
const seed = Number(process.argv[3] ?? 1);
const BATCH = 64;
const HOSTILE_SHARE = 0.05;
/** Of processor time, which a busy machine does not stretch. */
const SLOW_MS = 2_000;
const TIMEOUT_MS = 30_000;
const FAULT = /watchdog|crashed|too deep to be handed over/;

const corpus = join(process.env['GOLDSMITH_CORPUS'] ?? '../shared/data', 'statements');

function realStatements(): readonly ParseRequest[] {
  if (!existsSync(corpus)) {
    process.stdout.write(
      `there is no corpus at ${corpus}: a few statements of our own are mutated\n`,
    );
    const sql =
      'with a as (select b, sum(c) as d from t where e > 1 group by b) select * from a join u using (b)';
    return DIALECT_NAMES.map((dialect) => ({ sql, dialect }));
  }
  return readdirSync(corpus)
    .filter((name) => name.endsWith('.jsonl.gz'))
    .flatMap((name) =>
      gunzipSync(readFileSync(join(corpus, name)))
        .toString()
        .trim()
        .split('\n'),
    )
    .map((line) => JSON.parse(line) as { dialect: string; sql: string })
    .map(({ dialect, sql }) => ({
      sql,
      dialect: DIALECT_NAMES.find((name) => name === dialect) ?? 'generic',
    }));
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function mebibytes(): number {
  return Math.round(process.memoryUsage().rss / 2 ** 20);
}

async function measure(): Promise<void> {
  const dice = randomNumbers(seed);
  const real = realStatements();
  const parsers = openParsers({ timeoutMs: TIMEOUT_MS });
  const counts = { parsed: 0, refused: 0, faults: 0, slow: 0 };
  let slowest = { ms: 0, sql: '', dialect: '' };
  let peak = 0;
  const start = performance.now();
  for (let done = 0; done < wanted; done += BATCH) {
    const requests = Array.from({ length: Math.min(BATCH, wanted - done) }, () => {
      const statement = real[Math.floor(dice() * real.length)];
      return statement === undefined || dice() < HOSTILE_SHARE
        ? hostile(dice)
        : mutated(statement, dice);
    });
    const begun = cpuMs();
    const outcomes = await parsers.parse(requests);
    const batchMs = cpuMs() - begun;
    for (const [index, outcome] of outcomes.entries()) {
      const isFault = outcome.kind === 'unparsed' && FAULT.test(outcome.because);
      counts.parsed += outcome.kind === 'parsed' ? 1 : 0;
      counts.refused += outcome.kind === 'unparsed' && !isFault ? 1 : 0;
      counts.faults += isFault ? 1 : 0;
      if (isFault) {
        const { sql, dialect } = requests[index] ?? { sql: '', dialect: 'generic' };
        process.stdout.write(
          `${dialect}, ${sql.length} characters: ${outcome.because}: ${shown(sql)}\n`,
        );
      }
    }
    if (batchMs > SLOW_MS) {
      slowest = await slowestOf(requests, slowest);
    }
    peak = Math.max(peak, mebibytes());
    if ((done / BATCH) % 150 === 0) {
      process.stdout.write(`${done} statements, ${mebibytes()} MiB resident\n`);
    }
  }
  const seconds = (performance.now() - start) / 1_000;
  await parsers.close();
  process.stdout.write(
    `${wanted} statements (seed ${seed}) in ${seconds.toFixed(0)} s: ${counts.parsed} read, ${counts.refused} refused, ` +
      `${counts.faults} cost their worker, ${counts.slow} took over ${SLOW_MS} ms; slowest ${slowest.ms.toFixed(0)} ms (${slowest.dialect}: ${shown(slowest.sql)}); ` +
      `${peak} MiB at the peak, ${mebibytes()} MiB at the end\n`,
  );
  process.exitCode = counts.faults + counts.slow === 0 ? 0 : 1;

  async function slowestOf(requests: readonly ParseRequest[], known: typeof slowest) {
    let most = known;
    for (const request of requests) {
      const begun = cpuMs();
      await parsers.parse([request]);
      const ms = cpuMs() - begun;
      if (ms > SLOW_MS) {
        counts.slow += 1;
        process.stdout.write(`${request.dialect}, ${ms.toFixed(0)} ms: ${shown(request.sql)}\n`);
      }
      most = ms > most.ms ? { ms, ...request } : most;
    }
    return most;
  }
}

/** The corpus and these texts are nobody's secret. */
function shown(sql: string): string {
  return JSON.stringify(sql.slice(0, 80));
}

await measure();
