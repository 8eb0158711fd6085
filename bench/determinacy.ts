/**
 * How often the determinacy probe finds what the corpora say is there: `node bench/determinacy.ts [every n-th case] [databases]`.
 *
 * Cases marked `mv_alone: impossible` should come back impossible; cases that Goldsmith answers from marts alone never may.
 */
import { relationId } from '../src/base/relation.ts';
import { readDdl } from '../src/cli/read-ddl.ts';
import { probeDeterminacy } from '../src/prove/determinacy.ts';
import { trialMatter } from '../src/prove/trial-matter.ts';
import { dialectOf } from '../src/sql/dialects.ts';
import { declaredFacts } from '../src/sql/match/declared-facts.ts';
import { hasCorpus, parse, readCorpusText } from '../test/corpus/match-corpus.ts';
import { MV_SUITES, mvCases } from '../test/corpus/score-mv-cases.ts';
import { boundQueries, closeGrounds, groundFor, rewriteOf } from './soundness/try-work.ts';

const [stride = 4, databases = 2048] = process.argv.slice(2).map(Number);
if (!hasCorpus) {
  process.stdout.write('skipped: there is no corpus\n');
  process.exit(0);
}
const macros = readCorpusText('mv_cases/duckdb_macros.sql').replaceAll(/^--.*$/gm, '');
const counts = new Map<string, number>();
let spentMs = 0;
let probed = 0;
for (const source of MV_SUITES) {
  for (const test of mvCases({ suite: source, keyed: true, stride: 1 }).filter(
    (each, at) => each.duckdb_ok === true && (each.mv_alone === 'impossible' || at % stride === 0),
  )) {
    const { setup, mvs, query, id } = test;
    const work = { id, setup, macros, mvs, query, trust: true, source };
    const schema = await readDdl({ ddl: setup, dialect: dialectOf('duckdb'), names: {} }, parse);
    const rewritten = await rewriteOf(work);
    const readsOnlyMarts =
      rewritten !== undefined &&
      !schema.relations.some(({ id: base }) => new RegExp(`\\b${base}\\b`, 'i').test(rewritten));
    const from = performance.now();
    const found = await probeDeterminacy({
      ...trialMatter(await boundQueries([...mvs, query], schema), schema),
      ground: groundFor(work, schema),
      facts: declaredFacts(schema, { trustKeys: true }),
      marts: mvs.map((sql, at) => ({ name: relationId({ name: `mv${at}` }), sql })),
      query,
      databases,
      seed: 1,
    });
    spentMs += performance.now() - from;
    probed += 1;
    const said = test.mv_alone ?? (test.expect === 'rewrite' ? 'rewrite' : 'no_rewrite');
    const key = `${source} | corpus says ${said} | ${readsOnlyMarts ? 'answered from marts alone' : 'not answered from marts alone'} | ${found.kind}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    if (readsOnlyMarts && found.kind === 'impossible') {
      process.stdout.write(`CONTRADICTION ${id}\n${rewritten}\n${JSON.stringify(found.witness)}\n`);
    }
    if (said === 'impossible' && found.kind === 'unknown') {
      process.stdout.write(`not found: ${id} after ${found.databases}\n`);
    }
  }
}
closeGrounds();
const sorted = [...counts.entries()].toSorted(([a], [b]) => a.localeCompare(b));
for (const [key, count] of sorted) {
  process.stdout.write(`${String(count).padStart(4)} ${key}\n`);
}
process.stdout.write(`${(spentMs / probed).toFixed(0)} ms a probe\n`);
process.exit(0);
