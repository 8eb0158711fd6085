import type { RelationId } from '../base/relation.ts';
import type { Parsers } from '../parsers/open-parsers.ts';
import type { DialectName } from '../sql/dialect.ts';
import { dialectOf } from '../sql/dialects.ts';
import type { Statement } from '../sql/ir.ts';
import type { SchemaSnapshot } from '../sql/schema.ts';
import { schemaFromDdl } from '../sql/schema-from-ddl.ts';
import { splitStatements } from '../sql/split-statements.ts';
import type { SeenText } from './scan-history.ts';

/** The relations that were told, by a DDL file or by CREATE statements that stand in the history. */
export interface ToldSchema {
  readonly snapshot: SchemaSnapshot;
  /** The SELECT of every view, word for word. */
  readonly viewSql: ReadonlyMap<RelationId, string>;
}

export interface ReadSchemaParts {
  readonly dialect: DialectName;
  /** The DDL file's text. */
  readonly ddl?: string | undefined;
  /** CREATE statements of the history; the DDL file wins. */
  readonly definitions: readonly SeenText[];
  readonly databases: ReadonlySet<string>;
  readonly parse: Parsers['parse'];
}

/** Reads what is told of relations; statements nobody can read are passed over. */
export async function readSchema(parts: ReadSchemaParts): Promise<ToldSchema> {
  const dialect = dialectOf(parts.dialect);
  const texts: readonly SeenText[] = [
    ...parts.definitions,
    ...splitStatements(parts.ddl ?? '', dialect).map(({ start, end }) => ({
      sql: (parts.ddl ?? '').slice(start, end),
    })),
  ];
  const read = await statementsOf(texts, parts);
  const { relations } = schemaFromDdl(
    read.map(({ statement }) => statement),
    { dialect },
  );
  const viewSql = new Map<RelationId, string>();
  for (const { statement, text } of read) {
    const [relation] = schemaFromDdl([statement], { dialect }).relations;
    if (relation !== undefined && statement.kind === 'create-as' && statement.object === 'view') {
      viewSql.set(relation.id, selectIn(text.sql));
    }
  }
  const [database, ...others] = parts.databases;
  return {
    snapshot: {
      ...(database === undefined || others.length > 0 ? {} : { ownDatabase: database }),
      relations,
    },
    viewSql,
  };
}

interface Read {
  readonly statement:
    | Extract<Statement, { readonly kind: 'create-table' }>
    | Extract<Statement, { readonly kind: 'create-as' }>;
  readonly text: SeenText;
}

async function statementsOf(
  texts: readonly SeenText[],
  { dialect, parse }: ReadSchemaParts,
): Promise<readonly Read[]> {
  const outcomes = await parse(texts.map(({ sql }) => ({ sql, dialect })));
  return outcomes.flatMap((outcome, at) => {
    const text = texts[at];
    if (outcome.kind !== 'parsed' || text === undefined) {
      return [];
    }
    return outcome.statements.flatMap((statement): Read[] =>
      statement.kind === 'create-table' || statement.kind === 'create-as'
        ? [{ statement: completed(statement, text), text }]
        : [],
    );
  });
}

/** A bare name was created in the schema the statement ran in. */
function completed(statement: Read['statement'], { schema }: SeenText): Read['statement'] {
  return statement.target.length > 1 || schema === undefined
    ? statement
    : { ...statement, target: [{ name: schema, quoted: true }, ...statement.target] };
}

/** The text after the first AS outside quotes and brackets. */
function selectIn(create: string): string {
  const token =
    /"(?:[^"]|"")*"|`[^`]*`|'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\/|[()]|[A-Za-z_]\w*/g;
  let depth = 0;
  for (const match of create.matchAll(token)) {
    const [word] = match;
    depth += word === '(' ? 1 : 0;
    depth -= word === ')' ? 1 : 0;
    if (depth === 0 && word.toLowerCase() === 'as') {
      return create
        .slice(match.index + 2)
        .trim()
        .replace(/;\s*$/, '');
    }
  }
  return create;
}
