import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { relationId } from '../../src/base/relation.ts';
import type { MatchAnswer } from '../../src/cli/match-line.ts';
import { answerMatchLine } from '../../src/cli/match-line.ts';
import { readDdl } from '../../src/cli/read-ddl.ts';
import type { Facts } from '../../src/marts/facts.ts';
import { parseOne } from '../../src/parsers/parse-one.ts';
import { equalAsMultisets } from '../../src/prove/equal-answers.ts';
import type { ScratchDatabase } from '../../src/prove/scratch-database.ts';
import { openScratchDatabase } from '../../src/prove/scratch-database.ts';
import { literalsOf } from '../../src/prove/seen-literals.ts';
import { tryOnSmallDatabases } from '../../src/prove/small-scope.ts';
import type { TrialGround } from '../../src/prove/trial-ground.ts';
import { openTrialGround } from '../../src/prove/trial-ground.ts';
import { dialectOf } from '../../src/sql/dialects.ts';
import { declaredFacts } from '../../src/sql/match/declared-facts.ts';
import type { ParseSql } from '../../src/sql/parse-sql.ts';
import { bindQuery } from '../../src/sql/resolve/bind-query.ts';
import type { SchemaSnapshot } from '../../src/sql/schema.ts';
import { indexSchema } from '../../src/sql/schema-index.ts';

/** Where the shared test material lies; a clone alone does not have it. */
export const corpus =
  process.env['GOLDSMITH_CORPUS'] ?? join(import.meta.dirname, '../../../shared/data');
export const hasCorpus = existsSync(join(corpus, 'traps.jsonl'));
/** Small databases tried per rewrite. */
export const DATABASES = Number(process.env['GOLDSMITH_SMALL_SCOPE'] ?? 256);

export const parse: ParseSql = (requests) => Promise.all(requests.map(parseOne));

export function readCorpusLines<T>(path: string): readonly T[] {
  return readFileSync(join(corpus, path), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

export function readCorpusText(path: string): string {
  return readFileSync(join(corpus, path), 'utf8');
}

export interface MatchCase {
  readonly id: string;
  readonly setup: string;
  readonly mvs: readonly string[];
  readonly query: string;
}

/** What running a rewrite beside its original says of it. */
export interface Judged {
  /** `unrunnable`: the original does not run here, so nothing can be told. */
  readonly verdict: 'equal' | 'unequal' | 'unrunnable' | 'broken';
  readonly detail: string;
  readonly readsBase: boolean;
}

export interface CaseResult extends Omit<Judged, 'verdict'> {
  readonly answer: MatchAnswer;
  readonly verdict: 'refused' | Judged['verdict'];
}

/** A database with the case's tables, kept for cases of one schema. */
export interface Bench {
  /** Closes the ground, too. */
  readonly scratch: ScratchDatabase;
  readonly ground: TrialGround;
  readonly setup: string;
  readonly schema: SchemaSnapshot;
}

export async function openBench(setup: string, macros = ''): Promise<Bench> {
  const scratch = await openScratchDatabase();
  for (const statement of `${macros};${setup}`.split(
    /;[^\S\n]*(?:--[^\n]*)?(?:\n|$)|;(?=\s*(?:insert|create|update|delete)\b)/i,
  )) {
    await scratch.run(statement).catch(ignore);
  }
  const schema = await readDdl({ ddl: setup, dialect: dialectOf('duckdb'), names: {} }, parse);
  const ground = openTrialGround({
    relations: schema.relations.filter(({ kind }) => kind === 'table'),
    prelude: macros.split(/;\s*\n/).filter((text) => text.trim() !== ''),
  });
  function close(): void {
    ground.close();
    scratch.close();
  }
  return { scratch: { ...scratch, close }, ground, setup, schema };
}

/** Statements of other engines may not run here; what needs them is told as unrunnable later. */
function ignore(): void {}

/** Another engine whose rewrites are judged. */
export interface OtherEngine {
  readonly answer: (test: MatchCase) => Promise<MatchAnswer>;
  /** The texts of a case, each beside what the engine writes for it when it rewrites nothing. */
  readonly unchanged: (
    test: MatchCase,
  ) => readonly { readonly written: string; readonly printed: string }[];
}

export interface RunParts {
  readonly bench: Bench;
  readonly trust: boolean;
  readonly facts?: Facts;
  /** Statements that make the functions the case calls; handed over with its tables. */
  readonly macros?: string;
  /** Ours, through the CLI's verb, where absent. */
  readonly engine?: OtherEngine | undefined;
}

export async function runCase(test: MatchCase, parts: RunParts): Promise<CaseResult> {
  const { bench, trust, facts, macros = '', engine } = parts;
  const ddl = `${macros}\n${test.setup}`;
  const answer = await (engine?.answer(test) ??
    answerMatchLine(
      { id: test.id, dialect: 'duckdb', ddl, mvs: test.mvs, query: test.query },
      { parse, trustDeclaredKeys: trust },
    ));
  const { sql } = answer;
  if (sql === undefined) {
    return refusal(answer, answer.because?.[0]?.text ?? '');
  }
  const judged = await judgeRewrite(test, { bench, sql, facts });
  if (engine === undefined || judged.verdict === 'equal' || judged.verdict === 'unrunnable') {
    return { answer, ...judged };
  }
  for (const { written, printed } of engine.unchanged(test)) {
    const alone = { ...test, mvs: [], query: written };
    const control = await judgeRewrite(alone, { bench, sql: printed, facts });
    if (control.verdict !== 'equal') {
      const text = `the engine reads or writes the text differently: ${control.detail}`;
      const because = [{ code: 'NOT_COMPARABLE', text }];
      return refusal({ id: test.id, answer: 'refuse', because }, text);
    }
  }
  const because = [{ code: 'NO_RUNNABLE_TEXT', text: judged.detail }];
  return judged.verdict === 'broken'
    ? refusal({ id: test.id, answer: 'refuse', because }, judged.detail)
    : { answer, ...judged };
}

function refusal(answer: MatchAnswer, detail: string): CaseResult {
  return { answer, verdict: 'refused', detail, readsBase: false };
}

interface RewriteParts {
  readonly bench: Bench;
  /** The rewrite; it reads the marts as `mv0`, `mv1`, … */
  readonly sql: string;
  readonly facts?: Facts | undefined;
}

/** Runs a rewrite and its original on the case's own rows, then on small random databases. */
export async function judgeRewrite(test: MatchCase, parts: RewriteParts): Promise<Judged> {
  const { bench, sql } = parts;
  const { scratch } = bench;
  const reads = await tablesIn([sql], bench);
  const readsBase = reads.some((relation) => bench.schema.relations.includes(relation));
  try {
    for (const [index, mv] of test.mvs.entries()) {
      await scratch.run(`create or replace table mv${index} as ${mv}`);
    }
    await scratch.rows(test.query);
  } catch (error) {
    return { verdict: 'unrunnable', detail: String(error), readsBase };
  }
  const approximate = true;
  try {
    const [query, rewritten] = [await scratch.rows(test.query), await scratch.rows(sql)];
    if (!equalAsMultisets(query, { other: rewritten, approximate })) {
      return {
        verdict: 'unequal',
        detail: JSON.stringify({ query: query.slice(0, 5), rewritten: rewritten.slice(0, 5) }),
        readsBase,
      };
    }
  } catch (error) {
    return { verdict: 'broken', detail: String(error), readsBase };
  }
  return { ...(await onSmallDatabases(test, parts)), readsBase };
}

async function onSmallDatabases(
  test: MatchCase,
  { bench, sql, facts }: RewriteParts,
): Promise<Pick<Judged, 'verdict' | 'detail'>> {
  const { ground, schema } = bench;
  const outcome = await tryOnSmallDatabases({
    ground,
    relations: await tablesIn([...test.mvs, test.query], bench),
    facts: facts ?? declaredFacts(schema, { trustKeys: true }),
    literals: literalsOf(await boundQueries([...test.mvs, test.query], bench)),
    marts: test.mvs.map((mart, index) => ({ name: relationId({ name: `mv${index}` }), sql: mart })),
    query: test.query,
    rewritten: sql,
    databases: DATABASES,
    seed: 7,
    approximate: true,
  });
  if (outcome.kind === 'unequal') {
    return { verdict: 'unequal', detail: JSON.stringify(outcome.counterExample) };
  }
  return outcome.kind === 'failed'
    ? { verdict: 'equal', detail: `small databases failed: ${outcome.because}` }
    : { verdict: 'equal', detail: `${outcome.telling} of ${outcome.databases} telling` };
}

async function boundQueries(texts: readonly string[], { schema }: Bench) {
  const dialect = dialectOf('duckdb');
  const outcomes = await parse(texts.map((sql) => ({ sql, dialect: 'duckdb' as const })));
  return outcomes
    .flatMap((outcome) =>
      outcome.kind === 'parsed'
        ? outcome.statements.flatMap((statement) =>
            statement.kind === 'query'
              ? [
                  bindQuery(statement.query, {
                    schema: indexSchema(schema, dialect),
                    names: {},
                    dialect,
                  }),
                ]
              : [],
          )
        : [],
    )
    .map((binding) => binding.query);
}

async function tablesIn(texts: readonly string[], bench: Bench) {
  const { schema } = bench;
  const dialect = dialectOf('duckdb');
  const outcomes = await parse(texts.map((sql) => ({ sql, dialect: 'duckdb' as const })));
  const ids = new Set(
    outcomes.flatMap((outcome) =>
      outcome.kind === 'parsed'
        ? outcome.statements.flatMap((statement) =>
            statement.kind === 'query'
              ? [
                  ...bindQuery(statement.query, {
                    schema: indexSchema(schema, dialect),
                    names: {},
                    dialect,
                  }).relations.keys(),
                ]
              : [],
          )
        : [],
    ),
  );
  return schema.relations.filter((relation) => ids.has(relation.id) && relation.kind === 'table');
}
