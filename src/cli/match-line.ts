import { z } from 'zod';
import { relationId } from '../base/relation.ts';
import type { Certificate, MissReason } from '../marts/certificate.ts';
import type { Dialect } from '../sql/dialect.ts';
import { dialectOf } from '../sql/dialects.ts';
import type { Query, Statement } from '../sql/ir.ts';
import { declaredFacts } from '../sql/match/declared-facts.ts';
import { writeAnswer } from '../sql/own-words/write-answer.ts';
import type { ParseOutcome, ParseSql } from '../sql/parse-sql.ts';
import type { NameContext } from '../sql/schema.ts';
import { matchReading } from './match-reading.ts';
import type { DeterminacyAnswer, Proof } from './proof.ts';
import type { ProofMatter, Prover } from './prover.ts';
import { readDdl } from './read-ddl.ts';

/** One output line of `goldsmith match`. */
export interface MatchAnswer {
  readonly id: unknown;
  readonly answer: 'rewrite' | 'refuse';
  readonly marts?: readonly string[];
  readonly sql?: string;
  readonly certificate?: Certificate;
  /** Nearest first. */
  readonly because?: readonly MissReason[];
  /** What is wrong with the input line itself. */
  readonly error?: string;
  /** With a prover: what trying the rewrite on small databases said. */
  readonly proof?: Proof;
  /** With a prover, of a refusal: whether the marts could answer at all. */
  readonly determinacy?: DeterminacyAnswer;
}

export interface MatchParts {
  readonly parse: ParseSql;
  /** Declared keys and references count as verified facts. */
  readonly trustDeclaredKeys: boolean;
  /** Tries what is found; a rewrite it finds unequal is refused. */
  readonly prover?: Prover;
}

const matchLine = z.object({
  id: z.union([z.string(), z.number()]),
  dialect: z.string().default('generic'),
  ddl: z.string().nullish(),
  mvs: z.union([z.array(z.string()), z.record(z.string(), z.string())]),
  query: z.string(),
  database: z.string().nullish(),
  schema: z.string().nullish(),
  searchPath: z.array(z.string()).nullish(),
});

type MatchLine = z.infer<typeof matchLine>;

/** Answers one line of `goldsmith match`; a bad line is refused with an `error`, never a throw. */
export async function answerMatchLine(line: unknown, parts: MatchParts): Promise<MatchAnswer> {
  const found = await answerChecked(line, parts);
  const proof = found.proof ?? parts.prover?.notTried('there is no rewrite to try');
  return proof === undefined ? found : { ...found, proof };
}

async function answerChecked(line: unknown, parts: MatchParts): Promise<MatchAnswer> {
  const checked = matchLine.safeParse(line);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const where =
      issue === undefined || issue.path.length === 0 ? 'the line' : `\`${issue.path.join('.')}\``;
    const error = `${where}: ${issue?.message ?? 'is not a match request'}; expected {id, dialect, ddl, mvs, query, database?, schema?, searchPath?}`;
    return { ...refuse(idOf(line), [{ code: 'BAD_LINE', text: error }]), error };
  }
  try {
    return await answer(checked.data, parts);
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    return refuse(checked.data.id, [
      { code: 'NOT_UNDERSTOOD', text: `the statement could not be resolved: ${because}` },
    ]);
  }
}

function idOf(line: unknown): unknown {
  return typeof line === 'object' && line !== null && 'id' in line ? (line.id ?? null) : null;
}

function refuse(id: unknown, because: readonly MissReason[]): MatchAnswer {
  return { id, answer: 'refuse', because };
}

async function answer(
  line: MatchLine,
  { parse, trustDeclaredKeys, prover }: MatchParts,
): Promise<MatchAnswer> {
  const { id } = line;
  const dialect = asWritten(dialectOf(line.dialect));
  const names: NameContext = {
    database: line.database ?? undefined,
    schema: line.schema ?? undefined,
    searchPath: line.searchPath ?? undefined,
  };
  const ddl = await readDdl({ ddl: line.ddl ?? '', dialect, names }, parse);
  const named = Array.isArray(line.mvs)
    ? line.mvs.map((sql, index) => [`mv${index}`, sql] as const)
    : Object.entries(line.mvs);
  const outcomes = await parse(
    [...named.map(([, sql]) => sql), line.query].map((sql) => ({ sql, dialect: dialect.name })),
  );
  const asked = queryOf(outcomes.at(-1));
  if (asked === undefined) {
    return refuse(id, [{ code: 'NOT_PARSED', text: notParsed(outcomes.at(-1)) }]);
  }
  const martQueries = named.flatMap(([name, sql], index) => {
    const query = queryOf(outcomes[index]);
    return query === undefined ? [] : [{ name, id: relationId({ name }), sql, query }];
  });
  const printAs = rendered(line.dialect, dialect);
  const facts = declaredFacts(ddl, { trustKeys: trustDeclaredKeys });
  const { schema, marts, bound, outcome } = matchReading({
    asked,
    marts: martQueries,
    tables: ddl,
    facts,
    dialect,
    names,
    printAs,
  });
  const matter: ProofMatter = {
    dialect: dialect.name,
    tables: ddl,
    facts,
    asked: { sql: line.query, query: bound },
    marts: martQueries.map(({ id: mart, sql }, at) => ({
      id: mart,
      sql,
      query: marts[at]?.bound ?? bound,
    })),
  };
  if (outcome.kind === 'refuse') {
    const determinacy = await prover?.probeRefusal(matter);
    const refusal = refuse(id, outcome.because);
    return determinacy === undefined ? refusal : { ...refusal, determinacy };
  }
  const columnLists = new Map(
    marts.flatMap(({ view, list }) => (list === undefined ? [] : [[view.relation, list]])),
  );
  const written = await writeAnswer(
    {
      asked: printAs === dialect.name ? line.query : undefined,
      query: outcome.query,
      dialect: { ...dialect, name: printAs },
      names,
      schema,
      marts: marts.map((mart) => mart.view),
      columnLists,
    },
    parse,
  );
  if (written.kind === 'refused') {
    return refuse(id, [written.because]);
  }
  const proof = await prover?.proveRewrite({
    ...matter,
    marts: matter.marts.filter((mart) => outcome.marts.includes(mart.id)),
    rewritten: { sql: written.sql, query: outcome.query },
    columnLists,
  });
  if (proof?.verdict === 'unequal') {
    const text = `a rewrite was found, and is wrong: ${proof.because}; please report it`;
    return { ...refuse(id, [{ code: 'PROVED_UNEQUAL', text }]), proof };
  }
  const nameOf = new Map(martQueries.map((mart) => [mart.id, mart.name]));
  return {
    id,
    answer: 'rewrite',
    marts: outcome.marts.map((relation) => nameOf.get(relation) ?? relation),
    sql: written.sql,
    certificate: outcome.certificate,
    ...(proof === undefined ? {} : { proof }),
  };
}

/** Names are told as written: nothing is folded, and letters match in either case where that is unique. */
function asWritten(dialect: Dialect): Dialect {
  return {
    ...dialect,
    names: { ...dialect.names, unquoted: 'as-is', quotedIsCaseSensitive: false },
  };
}

/** Relatives of MySQL are read as it, and written in plain SQL: their casts are not MySQL's. */
function rendered(asked: string, { name }: Dialect): Dialect['name'] {
  return name === 'mysql' && !/^(mysql|mariadb)$/i.test(asked.trim()) ? 'generic' : name;
}

function queryOf(outcome: ParseOutcome | undefined): Query | undefined {
  if (outcome?.kind !== 'parsed' || outcome.statements.length !== 1) {
    return undefined;
  }
  const [statement] = outcome.statements;
  return statement === undefined ? undefined : selectOf(statement);
}

function selectOf(statement: Statement): Query | undefined {
  return statement.kind === 'query' || statement.kind === 'create-as' ? statement.query : undefined;
}

function notParsed(outcome: ParseOutcome | undefined): string {
  return outcome?.kind === 'unparsed' ? outcome.because : 'the query is not one SELECT statement';
}
