import { existsSync, globSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import type { HistoryRow } from '../src/connectors/history-row.ts';
import { randomNumbers } from '../src/prove/random-numbers.ts';
import { classifyTokens } from '../src/sql/classify-statement.ts';
import type { Dialect } from '../src/sql/dialect.ts';
import { dialectOf } from '../src/sql/dialects.ts';
import { tokenize } from '../src/sql/lexer.ts';
import { normalFormOf } from '../src/sql/normal-form.ts';
import { NUMBER, STRING } from '../src/sql/tokens.ts';
import type { Interpreted } from '../src/usage/interpret-row.ts';
import { startRollUp } from '../src/usage/roll-up.ts';
import { rowInterpreter } from '../src/usage/row-interpreter.ts';

/**
 * `node bench/mining.ts [--rows 200000] [--templates 2000]`: statements a second one core mines from a log that repeats
 * itself: read, skip rules, fingerprint, look up the template, add up. The log is made of real statements of the corpus, the
 * n-th as often as n to the power of -1.05, each time with other literals. Making it is not counted. With ten million
 * rows and more it shows whether memory stays bounded: the peak is printed at every million. With `--print` the log itself
 * is printed, a JSON line a statement, for others to read.
 */
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '200000' },
    templates: { type: 'string', default: '2000' },
    print: { type: 'boolean', default: false },
  },
});
const ROWS = Number(values.rows);
const TEMPLATES = Number(values.templates);
const ZIPF = 1.05;
const BATCH = 2_000;
/** As many as ingest keeps at a time. */
const GROUP = 64_000;
const SHORTEST = 200;
const LONGEST = 16_000;
const FROM = Date.UTC(2026, 0, 1);
const ROWS_PER_DAY = 100_000;
const DAY_MS = 86_400_000;

interface Template {
  readonly dialect: Dialect;
  /** Text, then literal, then text. */
  readonly pieces: readonly string[];
}

const literals = randomNumbers(2);
const corpus = `${process.env['GOLDSMITH_CORPUS'] ?? '../shared/data'}/statements`;
if (!existsSync(corpus)) {
  process.stdout.write(`skipped: no corpus at ${corpus}; set GOLDSMITH_CORPUS\n`);
} else if (values.print) {
  printLog(readTemplates());
} else {
  mine(readTemplates());
}

function printLog(templates: readonly Template[]): void {
  const pick = zipf(templates.length);
  for (let at = 0; at < ROWS; at += 1) {
    const { dialect, row } = rowOf(templates[pick()], at);
    process.stdout.write(`${JSON.stringify({ dialect: dialect.name, sql: row.text })}\n`);
  }
}

function mine(templates: readonly Template[]): void {
  const interpreters = new Map<Dialect, (row: HistoryRow) => Interpreted>();
  for (const { dialect } of templates) {
    interpreters.set(
      dialect,
      interpreters.get(dialect) ?? rowInterpreter({ dialect, readerRules: [] }),
    );
  }
  const pick = zipf(templates.length);
  const known = new Set<string>();
  let rollUp = startRollUp();
  const done = { rows: 0, characters: 0, skipped: 0, cpuUs: 0, inGroup: 0 };

  while (done.rows < ROWS) {
    const batch = Array.from({ length: Math.min(BATCH, ROWS - done.rows) }, (_, at) =>
      rowOf(templates[pick()], done.rows + at),
    );
    const started = process.cpuUsage();
    for (const { dialect, row } of batch) {
      const meaning = interpreters.get(dialect)?.(row);
      if (meaning === undefined || meaning.kind === 'skip') {
        done.skipped += 1;
      } else {
        known.add(meaning.fingerprint);
        rollUp.add(meaning, row);
      }
    }
    const { user, system } = process.cpuUsage(started);
    done.cpuUs += user + system;
    done.rows += batch.length;
    done.inGroup += batch.length;
    done.characters += batch.reduce((sum, { row }) => sum + row.text.length, 0);
    if (done.inGroup >= GROUP) {
      done.inGroup = 0;
      rollUp = startRollUp();
    }
    if (done.rows % 1_000_000 === 0 || done.rows === ROWS) {
      report({ ...done, known: known.size });
    }
  }
}

function report(done: {
  readonly rows: number;
  readonly characters: number;
  readonly skipped: number;
  readonly cpuUs: number;
  readonly known: number;
}): void {
  const rate = Math.round((done.rows / done.cpuUs) * 1e6).toLocaleString('en-US');
  const megabytes = (done.characters / done.cpuUs).toFixed(0);
  const peak = Math.round(process.resourceUsage().maxRSS / 1024);
  process.stdout.write(
    `${done.rows.toLocaleString('en-US')} statements, mean ${Math.round(done.characters / done.rows)} characters, ${done.known} templates, ${done.skipped} skipped: ${rate} statements/s, ${megabytes} MB/s, peak ${peak} MiB\n`,
  );
}

/** Queries of some length, evenly over all files of the corpus; most frequent first in an order that is always the same. */
function readTemplates(): readonly Template[] {
  const all = globSync(`${corpus}/*.jsonl.gz`)
    .toSorted()
    .flatMap((path) => gunzipSync(readFileSync(path)).toString('utf8').split('\n'))
    .filter((line) => line.length > SHORTEST)
    .map((line) => JSON.parse(line) as { dialect: string; sql: string })
    .filter(({ sql }) => sql.length >= SHORTEST && sql.length <= LONGEST);
  const queries = all.filter(
    ({ dialect, sql }) =>
      classifyTokens(tokenize(sql, dialectOf(dialect).lexical)).kind === 'query',
  );
  const random = randomNumbers(1);
  const shuffled = queries
    .map((query) => ({ query, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ query }) => query);
  return shuffled
    .slice(0, TEMPLATES)
    .map(({ dialect, sql }) => templateOf(sql, dialectOf(dialect)));
}

/** Literals that are part of the normal form stay as they are. */
function templateOf(sql: string, dialect: Dialect): Template {
  const tokens = tokenize(sql, dialect.lexical);
  const kept = new Set<number>();
  normalFormOf(tokens, dialect, { onPlace: (index) => kept.add(index) });
  const pieces: string[] = [];
  let from = 0;
  for (let index = 0; index < tokens.count; index += 1) {
    const kind = tokens.kinds[index];
    if ((kind === STRING || kind === NUMBER) && !kept.has(index)) {
      const start = tokens.starts[index] ?? 0;
      const end = tokens.ends[index] ?? 0;
      pieces.push(sql.slice(from, start), sql.slice(start, end));
      from = end;
    }
  }
  return { dialect, pieces: [...pieces, sql.slice(from)] };
}

function rowOf(
  template: Template | undefined,
  at: number,
): { readonly dialect: Dialect; readonly row: HistoryRow } {
  const { dialect, pieces } = template ?? { dialect: dialectOf('generic'), pieces: [] };
  const text = pieces.map((piece, index) => (index % 2 === 0 ? piece : mutated(piece))).join('');
  const user = `user_${Math.floor(literals() * 60)}`;
  const endedAt = FROM + (at / ROWS_PER_DAY) * DAY_MS;
  const row: HistoryRow = { id: `${at}`, text, endedAt, status: 'success', user, cpuMs: 10 };
  return { dialect, row };
}

/** Other digits and letters in the same places: whatever holds the literal together stays. */
function mutated(literal: string): string {
  const changing = literal.startsWith("'") ? /[1-9]|\b[a-z]/g : /[1-9]/g;
  return literal.replaceAll(changing, (character) =>
    character >= 'a'
      ? String.fromCharCode(97 + Math.floor(literals() * 26))
      : String(1 + Math.floor(literals() * 9)),
  );
}

/** Draws 0 most often, each next one less often. */
function zipf(count: number): () => number {
  const sums: number[] = [];
  let sum = 0;
  for (let at = 1; at <= count; at += 1) {
    sum += at ** -ZIPF;
    sums.push(sum);
  }
  const random = randomNumbers(3);
  return () => {
    const wanted = random() * sum;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) < wanted) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  };
}
