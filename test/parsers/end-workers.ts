import { openParsers } from '../../src/parsers/open-parsers.ts';
import type { ParseRequest } from '../../src/sql/parse-sql.ts';

/** `node end-workers.ts <rounds>`: opens the parsers and closes them in the midst of texts DuckDB's own parser is asked about. */
const texts = Array.from(
  { length: 400 },
  (_, n): ParseRequest =>
    n % 2 === 0
      ? { sql: `select ${n} as a from t pivot_longer ${n}`, dialect: 'duckdb' }
      : { sql: `select ${n} as a from t`, dialect: 'duckdb', hasRun: true, witnessed: true },
);
const rounds = Number(process.argv[2] ?? 10);
for (let round = 0; round < rounds; round += 1) {
  const parsers = openParsers();
  let first: () => void = () => {};
  const begun = new Promise<void>((resolve) => {
    first = resolve;
  });
  const one = parsers.parse(texts.slice(0, 1 + round)).then(first);
  const rest = parsers.parse(texts).catch(() => {});
  await begun;
  await parsers.close();
  await Promise.all([one, rest]);
}
process.stdout.write(`${rounds} rounds\n`);
