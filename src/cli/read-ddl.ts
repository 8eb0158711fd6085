import type { Dialect } from '../sql/dialect.ts';
import { RESOLVE_RULES } from '../sql/dialects/resolving.ts';
import { ANSI_QUOTED, dialectOf } from '../sql/dialects.ts';
import type { Statement } from '../sql/ir.ts';
import type { ParseSql } from '../sql/parse-sql.ts';
import { keptMacros, macroOf, readMacroText } from '../sql/read-macro.ts';
import type { NameContext, SchemaFunction, SchemaSnapshot } from '../sql/schema.ts';
import { schemaFromDdl } from '../sql/schema-from-ddl.ts';
import { splitStatements } from '../sql/split-statements.ts';

export interface DdlText {
  /** ANSI-quoted, whatever the dialect of the statements that go with it. */
  readonly ddl: string;
  /** Tried where ANSI does not read a statement (nested types, for one). */
  readonly dialect: Dialect;
  readonly names: NameContext;
}

/** Texts remembered per parser: the lines of a batch mostly share theirs. */
const MOST_REMEMBERED = 16;

const remembered = new WeakMap<ParseSql, Map<string, Promise<SchemaSnapshot>>>();

/** The schema a text of statements makes; all but its DDL is passed over, and so is what nobody can read. */
export function readDdl(text: DdlText, parse: ParseSql): Promise<SchemaSnapshot> {
  const known = remembered.get(parse) ?? new Map<string, Promise<SchemaSnapshot>>();
  remembered.set(parse, known);
  const { database = '', schema = '' } = text.names;
  const key = [text.dialect.name, database, schema, text.ddl].join('\n');
  const before = known.get(key);
  if (before !== undefined) {
    return before;
  }
  const oldest = known.keys().next().value;
  if (known.size >= MOST_REMEMBERED && oldest !== undefined) {
    known.delete(oldest);
  }
  const reading = readText(text, parse);
  known.set(key, reading);
  return reading;
}

async function readText(text: DdlText, parse: ParseSql): Promise<SchemaSnapshot> {
  const generic = dialectOf('generic');
  const texts = splitStatements(text.ddl, generic)
    .map(({ start, end }) => text.ddl.slice(start, end))
    .filter((sql) => /^\s*(?:--[^\n]*\n|\/\*[\s\S]*?\*\/|\s)*create\b/i.test(sql));
  const statements = await readAll(texts, {
    dialects: [generic, text.dialect, ...ANSI_QUOTED],
    parse,
  });
  const schema = schemaFromDdl(statements, { dialect: generic, names: text.names });
  const { hasMacros } = RESOLVE_RULES[text.dialect.name];
  const functions = hasMacros ? await readMacros(texts, text, parse) : [];
  return functions.length === 0 ? schema : { ...schema, functions };
}

/** Macros among the texts; one that cannot be read stays a function nobody knows. */
async function readMacros(
  texts: readonly string[],
  { dialect }: DdlText,
  parse: ParseSql,
): Promise<readonly SchemaFunction[]> {
  const macros = texts.flatMap((sql) => readMacroText(sql, dialect) ?? []);
  const outcomes = await parse(macros.map(({ query }) => ({ sql: query, dialect: dialect.name })));
  const read = macros.flatMap((macro, at) => {
    const outcome = outcomes[at];
    const [statement] = outcome?.kind === 'parsed' ? outcome.statements : [];
    return statement?.kind === 'query' ? (macroOf(macro, statement.query) ?? []) : [];
  });
  return keptMacros(read);
}

/** Each text in the first dialect that makes a definition of it. */
async function readAll(
  texts: readonly string[],
  { dialects, parse }: { readonly dialects: readonly Dialect[]; readonly parse: ParseSql },
): Promise<readonly Statement[]> {
  const read = new Map<number, readonly Statement[]>();
  for (const dialect of dialects) {
    const open = texts.map((_, at) => at).filter((at) => !read.has(at));
    if (open.length === 0) {
      break;
    }
    const outcomes = await parse(
      open.map((at) => ({ sql: texts[at] ?? '', dialect: dialect.name })),
    );
    outcomes.forEach((outcome, index) => {
      const at = open[index];
      if (at !== undefined && outcome.kind === 'parsed' && outcome.statements.some(isDefinition)) {
        read.set(at, outcome.statements);
      }
    });
  }
  return texts.flatMap((_, at) => read.get(at) ?? []);
}

function isDefinition({ kind }: Statement): boolean {
  return kind === 'create-table' || kind === 'create-as';
}
