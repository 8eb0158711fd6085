import { answerShapeLine } from '../src/cli/shape-line.ts';
import { parseOne } from '../src/parsers/parse-one.ts';
import type { ParseSql } from '../src/sql/parse-sql.ts';
import {
  foundBy,
  LINEAGE_SUITES,
  type LineageSuite,
  readLineageCases,
  scoreLineage,
  shapeLineOf,
} from './conformance/lineage-cases.ts';

/**
 * Exact-match shares over the recorded lineage cases: input tables, column lineage. Names compare without case.
 * `node bench/lineage-score.ts [--misses]`; the corpus is where GOLDSMITH_CORPUS says, else ../shared/data.
 */
const corpus = process.env['GOLDSMITH_CORPUS'] ?? '../shared/data';
const showsMisses = process.argv.includes('--misses');

const parse: ParseSql = (requests) => Promise.all(requests.map(parseOne));

async function score(suite: LineageSuite): Promise<void> {
  const cases = readLineageCases(corpus, suite);
  if (cases === undefined) {
    print(`${suite}: skipped, there is no corpus at ${corpus}`);
    return;
  }
  const tally = { tables: [0, 0], lineage: [0, 0], parsed: 0, full: 0 };
  for (const each of cases) {
    const answer = await answerShapeLine(shapeLineOf(each), { parse });
    tally.parsed += answer.unparsed === undefined ? 1 : 0;
    tally.full += answer.level === 'full' ? 1 : 0;
    const found = foundBy(answer);
    for (const { of, want, got, isExact } of scoreLineage(each, found)) {
      const [hits = 0, all = 0] = tally[of];
      tally[of] = [hits + (isExact ? 1 : 0), all + 1];
      if (!isExact && showsMisses) {
        print(`--- ${of} ${each.id}\n${each.sql.trim()}`);
        print(`    want ${want.join(' | ')}\n    got  ${got.join(' | ')}`);
        print(`    ${found.because ?? ''}`);
      }
    }
  }
  print(
    `${suite}: ${cases.length} cases, parsed ${tally.parsed}, full ${tally.full}; ` +
      `tables ${shareOf(tally.tables)}; lineage ${shareOf(tally.lineage)}`,
  );
}

function shareOf([hits = 0, all = 0]: readonly number[]): string {
  return `${hits}/${all} (${((100 * hits) / Math.max(1, all)).toFixed(1)} %)`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

for (const suite of LINEAGE_SUITES) {
  await score(suite);
}
