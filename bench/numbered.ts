/**
 * Whether many databases answered by one lateral statement answer as each would alone: `node bench/numbered.ts [pairs] [databases]`.
 *
 * Every statement of the corpora and of generated pairs that may be lateral is answered both ways; a difference is the engine's
 * error, and a hole in every check that rests on it.
 */

import { readDdl } from '../src/cli/read-ddl.ts';
import { noFacts } from '../src/marts/facts.ts';
import { contentOf } from '../src/prove/equal-answers.ts';
import { openNumberedDatabases } from '../src/prove/numbered-databases.ts';
import { isSafelyLateral } from '../src/prove/numbered-text.ts';
import { databaseMaker } from '../src/prove/random-databases.ts';
import { openScratchDatabase } from '../src/prove/scratch-database.ts';
import type { Answers, SmallDatabases } from '../src/prove/small-databases.ts';
import { trialMatter } from '../src/prove/trial-matter.ts';
import { dialectOf } from '../src/sql/dialects.ts';
import type { SchemaSnapshot } from '../src/sql/schema.ts';
import { hasCorpus, parse } from '../test/corpus/match-corpus.ts';
import { boundQueries } from './soundness/try-work.ts';
import { works } from './soundness/works.ts';

const [pairs = 200, count = 32, stride = 7] = process.argv.slice(2).map(Number);
let compared = 0;
let notLateral = 0;
let generated = 0;
const wrong: string[] = [];
let at = 0;
for (const { setup, macros, mvs, query, source } of works(hasCorpus)) {
  at += 1;
  const isGenerated = source === 'grammar' || source === 'shop';
  generated += isGenerated ? 1 : 0;
  if (generated > pairs) {
    break;
  }
  if (!isGenerated && at % stride !== 0) {
    continue;
  }
  const schema = await readDdl({ ddl: setup, dialect: dialectOf('duckdb'), names: {} }, parse);
  const statements = [...mvs, query].filter(isSafelyLateral);
  notLateral += mvs.length + 1 - statements.length;
  const matter = trialMatter(await boundQueries([...mvs, query], schema), schema);
  const make = databaseMaker({ ...matter, facts: noFacts });
  const databases = Array.from({ length: count }, (_, seed) => make(seed));
  const sides: SmallDatabases[] = [];
  for (const mayBeLateral of [true, false]) {
    sides.push(await open(schema, { macros, mayBeLateral }));
  }
  for (const sql of statements) {
    const answers: (Answers | undefined)[] = [];
    for (const side of sides) {
      answers.push(await side.answer(databases, { marts: [], statements: [sql] }).catch(nothing));
    }
    const [together, copied] = answers.map((answer) => JSON.stringify(answer?.map(contents)));
    compared += copied === undefined ? 0 : 1;
    if (together !== copied) {
      wrong.push(sql);
      process.stdout.write(`DIFFERENT ${sql}\n`);
    }
  }
  sides.forEach((side) => side.close());
}
process.stdout.write(
  `${compared} statements answered both ways on ${count} databases each, ${wrong.length} differently; ${notLateral} are never made lateral\n`,
);
process.exit(wrong.length === 0 ? 0 : 1);

async function open(
  schema: SchemaSnapshot,
  parts: { readonly macros: string; readonly mayBeLateral: boolean },
): Promise<SmallDatabases> {
  return openNumberedDatabases(await openScratchDatabase(), {
    relations: schema.relations.filter(({ kind }) => kind === 'table'),
    prelude: parts.macros.split(/;\s*\n/).filter((text) => text.trim() !== ''),
    mayBeLateral: parts.mayBeLateral,
  });
}

function contents(answers: Answers[number]): readonly string[] {
  return answers.map((rows) => contentOf(rows, { approximate: true }));
}

function nothing(): undefined {
  return undefined;
}
