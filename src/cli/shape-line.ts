import { z } from 'zod';
import type { RelationId } from '../base/relation.ts';
import { plainForeign } from '../parsers/foreign/foreign-text.ts';
import type { Dialect } from '../sql/dialect.ts';
import { dialectOf } from '../sql/dialects.ts';
import { fingerprint } from '../sql/fingerprint.ts';
import { innerStatements } from '../sql/inner-statements.ts';
import type { Statement } from '../sql/ir.ts';
import type { ParseOutcome, ParseSql } from '../sql/parse-sql.ts';
import type { Shape } from '../sql/query-shape.ts';
import { shapeOf } from '../sql/resolve/shape-of.ts';
import type { NameContext, SchemaRelation, SchemaSnapshot } from '../sql/schema.ts';
import { indexSchema } from '../sql/schema-index.ts';
import { splitStatements } from '../sql/split-statements.ts';
import { readDdl } from './read-ddl.ts';
import { type ShapeAnswer, unionOf } from './shape-answer.ts';

export type { ShapeAnswer };

export interface ShapeParts {
  readonly parse: ParseSql;
  /** A second reader is asked, too. */
  readonly witnessed?: boolean | undefined;
}

const shapeLine = z.object({
  id: z.union([z.string(), z.number()]),
  dialect: z.string().default('generic'),
  sql: z.string(),
  ddl: z.string().nullish(),
  database: z.string().nullish(),
  schema: z.string().nullish(),
});

type ShapeLine = z.infer<typeof shapeLine>;

/** Answers one line of `goldsmith shape`; a bad line gets an answer with an `error`, never a throw. */
export async function answerShapeLine(line: unknown, parts: ShapeParts): Promise<ShapeAnswer> {
  const checked = shapeLine.safeParse(line);
  if (!checked.success) {
    return { id: idOf(line), error: firstProblem(checked.error) };
  }
  try {
    return await answer(checked.data, parts);
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    return { id: checked.data.id, error: `the statement could not be resolved: ${because}` };
  }
}

async function answer(
  line: ShapeLine,
  { parse, witnessed = false }: ShapeParts,
): Promise<ShapeAnswer> {
  const stored = dialectOf(line.dialect);
  const dialect = asWritten(stored);
  const names: NameContext = {
    database: line.database ?? undefined,
    schema: line.schema ?? undefined,
  };
  const { id, sql } = line;
  const print = fingerprint(sql, stored).fingerprint;
  const text = plainForeign(sql, line.dialect);
  const outcome = await parseText(text, { dialect, parse, witnessed });
  if (outcome.kind === 'unparsed') {
    const unparsed = outcome.because;
    return {
      id,
      level: 'lexer',
      fingerprint: print,
      tables: outcome.tables,
      columns: [],
      joins: [],
      lineage: [],
      unparsed,
      reader: 'tokens',
      confidence: 'low',
    };
  }
  const ddl = line.ddl ?? '';
  const snapshot = await readDdl({ ddl, dialect, names }, parse);
  const context = { snapshot, names, dialect };
  const { witness } = outcome;
  const others = witness && shapesOf({ kind: 'parsed', ...witness }, context);
  return { id, ...unionOf(shapesOf(outcome, context), others), fingerprint: print };
}

/**
 * A text of several statements is read one by one where it cannot be read as a whole; a procedure's, by the
 * statements that move data in it.
 */
async function parseText(
  sql: string,
  {
    dialect,
    parse,
    witnessed,
  }: { readonly dialect: Dialect; readonly parse: ParseSql; readonly witnessed: boolean },
): Promise<ParseOutcome> {
  const request = { sql, dialect: dialect.name };
  const [whole] = await parse([{ ...request, witnessed }]);
  const outcomes = await parse(
    partsOf(sql, { whole, dialect }).map((part) => ({ ...request, sql: part })),
  );
  const read = outcomes.filter((outcome) => outcome.kind === 'parsed');
  const [first] = read;
  if (first === undefined) {
    return whole ?? { kind: 'unparsed', because: 'no reader answered', tables: [] };
  }
  const unread: Statement = { kind: 'other', verb: 'unread' };
  const isRest = whole?.kind === 'parsed' || read.length < outcomes.length;
  const rest = isRest ? [unread] : [];
  return { ...first, statements: [...read.flatMap(({ statements }) => statements), ...rest] };
}

/** What to read instead of the whole; nothing where the whole is read. */
function partsOf(
  sql: string,
  { whole, dialect }: { readonly whole: ParseOutcome | undefined; readonly dialect: Dialect },
): readonly string[] {
  if (whole?.kind === 'parsed') {
    return whole.statements.every(mayHoldStatements) ? innerStatements(sql, dialect) : [];
  }
  const spans = splitStatements(sql, dialect);
  if (spans.length > 1) {
    return spans.map(({ start, end }) => sql.slice(start, end));
  }
  // Only T-SQL and its like may leave out what stands between statements.
  const mayHold = dialect.name === 'generic' || ROUTINE.test(sql);
  return mayHold ? innerStatements(sql, dialect).filter((part) => part !== sql.trim()) : [];
}

const ROUTINE =
  /^\s*(?:create\s+(?:or\s+replace\s+)?(?:procedure|function|task)|begin|start|declare|do|if|execute)\b/i;

function mayHoldStatements(statement: Statement): boolean {
  return statement.kind === 'other' && ROUTINE.test(statement.verb);
}

interface TextContext {
  readonly snapshot: SchemaSnapshot;
  readonly names: NameContext;
  readonly dialect: Dialect;
}

/**
 * The shapes of a text's statements. A table an earlier statement makes by a query is seen through by the later
 * ones, as a view is, and does not count as read.
 */
function shapesOf(outcome: Parsed, { snapshot, names, dialect }: TextContext): readonly Shape[] {
  const made = new Map<RelationId, SchemaRelation>();
  return outcome.statements.map((statement) => {
    const relations = [...snapshot.relations.filter(({ id }) => !made.has(id)), ...made.values()];
    const schema = indexSchema({ relations }, dialect);
    const context = { schema, names, dialect };
    const shape = shapeOf({ statement, reader: outcome.reader, context });
    const isReadBack = (relation: RelationId) => made.has(relation);
    const read = shape.relations.filter(({ relation }) => !isReadBack(relation));
    const columns = shape.columns.filter(({ relation }) => !isReadBack(relation));
    if (statement.kind === 'create-as' && shape.target !== undefined) {
      const { query } = statement;
      const id = shape.target;
      made.set(id, {
        id,
        kind: 'view',
        columns: [],
        keys: [],
        foreignKeys: [],
        definition: query,
      });
    }
    return { ...shape, relations: readBy(statement, { ...shape, relations: read }), columns };
  });
}

/**
 * What is read: the target of a change only where values come from it, and that of an UPDATE also where the
 * rows to change are found by columns the schema tells to be its own.
 */
function readBy(statement: Statement, shape: Shape): Shape['relations'] {
  const { relations, target, lineage, columns } = shape;
  const isFound =
    statement.kind === 'update' &&
    relations.some(({ relation, known }) => relation === target && known) &&
    columns.some(({ relation }) => relation === target);
  if (!CHANGES.includes(statement.kind) || isFound) {
    return relations;
  }
  const sources = new Set(lineage.flatMap((edge) => edge.sources.map(({ relation }) => relation)));
  return relations.filter(({ relation }) => relation !== target || sources.has(relation));
}

const CHANGES: readonly Statement['kind'][] = ['update', 'delete', 'merge'];

type Parsed = Extract<ParseOutcome, { readonly kind: 'parsed' }>;

/** Names are told as written: nothing is folded, and letters match in either case where that is unique. */
function asWritten(dialect: Dialect): Dialect {
  return {
    ...dialect,
    names: { ...dialect.names, unquoted: 'as-is', quotedIsCaseSensitive: false },
  };
}

function idOf(line: unknown): unknown {
  const hasId = typeof line === 'object' && line !== null && 'id' in line;
  return hasId && line.id !== undefined ? line.id : null;
}

function firstProblem(error: z.ZodError): string {
  const [issue] = error.issues;
  const path = issue?.path.join('.') ?? '';
  const where = path === '' ? 'the line' : `\`${path}\``;
  return `${where}: ${issue?.message ?? 'is not a shape request'}; expected {id, dialect, sql, ddl?, database?, schema?}`;
}
