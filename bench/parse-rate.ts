import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { openParsers } from '../src/parsers/open-parsers.ts';
import type { DialectName } from '../src/sql/dialect.ts';
import { DIALECT_NAMES } from '../src/sql/dialect.ts';
import type { ParseOutcome } from '../src/sql/parse-sql.ts';

/**
 * Share of real statements read, by corpus and dialect: `node bench/parse-rate.ts [statements a corpus]`.
 * `opaque` is the share of those read in which something was read over and marked so.
 */
const corpus = join(process.env['GOLDSMITH_CORPUS'] ?? '../shared/data', 'statements');
const most = Number(process.argv[2] ?? 1_500);

interface Row {
  readonly corpus: string;
  readonly dialect: string;
  n: number;
  first: number;
  second: number;
  third: number;
  native: number;
  tokens: number;
  unparsed: number;
  opaque: number;
}

const OPAQUE = /"kind":"opaque|"opaqueClauses":\["|"limitModifier"/;

function count(row: Row, outcome: ParseOutcome): void {
  row.n += 1;
  if (outcome.kind === 'unparsed') {
    row.unparsed += 1;
    return;
  }
  row.first += outcome.reader === 'sqlparser-rs' ? 1 : 0;
  row.second += outcome.reader === 'polyglot' ? 1 : 0;
  row.third += outcome.reader === 'node-sql-parser' ? 1 : 0;
  row.native += outcome.reader === 'libpg' || outcome.reader === 'duckdb' ? 1 : 0;
  row.tokens += outcome.reader === 'tokens' ? 1 : 0;
  row.opaque += OPAQUE.test(JSON.stringify(outcome.statements)) ? 1 : 0;
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)}%`.padStart(8);
}

async function measure(): Promise<void> {
  if (!existsSync(corpus)) {
    process.stdout.write(`skipped: there is no corpus at ${corpus}\n`);
    return;
  }
  const parsers = openParsers();
  const reasons = new Map<string, number>();
  let statements = 0;
  let milliseconds = 0;
  process.stdout.write(
    'corpus              dialect         n    read    1st     2nd     3rd  native  tokens unparsed  opaque\n',
  );
  for (const file of readdirSync(corpus).filter((name) => name.endsWith('.jsonl.gz'))) {
    const lines = gunzipSync(readFileSync(join(corpus, file)))
      .toString()
      .trim()
      .split('\n');
    const step = Math.max(1, Math.floor(lines.length / most));
    const texts = lines
      .filter((_, index) => index % step === 0)
      .map((line) => JSON.parse(line) as { dialect: string; sql: string });
    const requests = texts.map(({ dialect, sql }) => ({
      sql,
      dialect: DIALECT_NAMES.find((name): name is DialectName => name === dialect) ?? 'generic',
    }));
    const start = performance.now();
    const outcomes = await parsers.parse(requests);
    milliseconds += performance.now() - start;
    statements += requests.length;
    const rows = new Map<string, Row>();
    for (const [index, outcome] of outcomes.entries()) {
      const dialect = texts[index]?.dialect ?? '';
      const zero = {
        n: 0,
        first: 0,
        second: 0,
        third: 0,
        native: 0,
        tokens: 0,
        unparsed: 0,
        opaque: 0,
      };
      const row = rows.get(dialect) ?? { corpus: file.replace('.jsonl.gz', ''), dialect, ...zero };
      rows.set(dialect, row);
      count(row, outcome);
      if (outcome.kind === 'unparsed') {
        const reason = outcome.because.replaceAll(/\d+/g, 'n').slice(0, 110);
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      }
    }
    for (const row of rows.values()) {
      const shares = [
        row.n - row.unparsed,
        row.first,
        row.second,
        row.third,
        row.native,
        row.tokens,
      ];
      const cells = [...shares, row.unparsed, row.opaque].map((part) => percent(part, row.n));
      process.stdout.write(
        `${row.corpus.padEnd(18)}${row.dialect.padEnd(12)}${String(row.n).padStart(5)}${cells.join('')}\n`,
      );
    }
  }
  const frequent = [...reasons].toSorted((a, b) => b[1] - a[1]).slice(0, 12);
  for (const [reason, times] of frequent) {
    process.stdout.write(`${String(times).padStart(5)} ${reason}\n`);
  }
  const rate = Math.round((1000 * statements) / milliseconds);
  const rss = Math.round(process.memoryUsage().rss / 2 ** 20);
  process.stdout.write(`${statements} statements, ${rate} a second, ${rss} MiB resident\n`);
  await parsers.close();
}

await measure();
