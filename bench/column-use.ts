import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { answerShapeLine } from '../src/cli/shape-line.ts';
import { parseOne } from '../src/parsers/parse-one.ts';
import type { ParseSql } from '../src/sql/parse-sql.ts';

/**
 * The columns `goldsmith shape` finds in TPC-H and TPC-DS, against sqlglot's qualify and scopes as an independent
 * opinion. `node bench/column-use.ts [dialect]`; needs a Python with sqlglot, named by GOLDSMITH_PYTHON (default
 * `python3`), and the corpus where GOLDSMITH_CORPUS says, else ../shared/data. Says it was skipped without them.
 */
const corpus = process.env['GOLDSMITH_CORPUS'] ?? '../shared/data';
const python = process.env['GOLDSMITH_PYTHON'] ?? 'python3';
const statements = `${corpus}/statements/tpc.jsonl.gz`;
const here = new URL('.', import.meta.url);

interface Case {
  readonly id: string;
  readonly dialect: string;
  readonly sql: string;
}

interface Opinion {
  readonly id: string;
  readonly columns?: readonly string[];
  readonly error?: string;
}

const parse: ParseSql = (requests) => Promise.all(requests.map(parseOne));

const SCHEMAS = { tpch: ddlOf('tpch'), tpcds: ddlOf('tpcds') };

function ddlOf(name: string): string {
  return readFileSync(new URL(`schemas/${name}.sql`, here), 'utf8');
}

function schemaOf({ id }: Case): string {
  return /tpc-?h/i.test(id) ? SCHEMAS.tpch : SCHEMAS.tpcds;
}

/** `{table: {column: type}}` of our own plain DDL files: a table a line. */
function columnsOf(ddl: string): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const tables = [...ddl.matchAll(/create table (\w+) \((.*)\);/g)];
  return Object.fromEntries(
    tables.map(([, table, list]) => [
      table,
      Object.fromEntries((list ?? '').split(/, (?=\w)/).map((column) => column.split(' '))),
    ]),
  );
}

function opinionsOn(cases: readonly Case[]): ReadonlyMap<string, Opinion> {
  const lines = cases.map((each) => ({ ...each, schema: columnsOf(schemaOf(each)) }));
  const asked = spawnSync(python, [new URL('sqlglot-columns.py', here).pathname], {
    input: lines.map((line) => JSON.stringify(line)).join('\n'),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const answers = asked.stdout.split('\n').filter((line) => line !== '');
  return new Map(
    answers.map((line) => JSON.parse(line) as Opinion).map((opinion) => [opinion.id, opinion]),
  );
}

async function compare(cases: readonly Case[]): Promise<void> {
  const opinions = opinionsOn(cases);
  const tally = new Map<string, { exact: number; compared: number; without: number }>();
  for (const each of cases) {
    const suite = `${each.id.split('/')[0]} ${each.dialect}`;
    const counts = tally.get(suite) ?? { exact: 0, compared: 0, without: 0 };
    tally.set(suite, counts);
    const { columns: wanted } = opinions.get(each.id) ?? {};
    if (wanted === undefined) {
      counts.without += 1;
      continue;
    }
    const answer = await answerShapeLine({ ...each, ddl: schemaOf(each) }, { parse });
    const got = new Set((answer.columns ?? []).map((column) => column.toLowerCase()));
    const missing = wanted.filter((column) => !got.has(column));
    const extra = [...got].filter((column) => !wanted.includes(column));
    counts.compared += 1;
    counts.exact += missing.length + extra.length === 0 ? 1 : 0;
    if (missing.length + extra.length > 0) {
      print(`${each.id}: missing ${missing.join(', ')}; extra ${extra.join(', ')}`);
    }
  }
  for (const [suite, { exact, compared, without }] of tally) {
    const rest = without === 0 ? '' : `; sqlglot has no opinion on ${without}`;
    print(`${suite}: ${exact} of ${compared} exact${rest}`);
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

const hasSqlglot = spawnSync(python, ['-c', 'import sqlglot']).status === 0;
if (!existsSync(statements)) {
  print(`column use: skipped, ${statements} is absent`);
} else if (!hasSqlglot) {
  print(`column use: skipped, ${python} has no sqlglot (GOLDSMITH_PYTHON names another)`);
} else {
  const dialect = process.argv[2];
  const cases = gunzipSync(readFileSync(statements))
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Case);
  await compare(cases.filter((each) => dialect === undefined || each.dialect === dialect));
}
