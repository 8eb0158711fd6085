import { parseOne } from '../../../src/parsers/parse-one.ts';
import type { Dialect } from '../../../src/sql/dialect.ts';
import { dialectOf } from '../../../src/sql/dialects.ts';
import type { Statement } from '../../../src/sql/ir.ts';
import type { ColumnOf, LineageSource, Shape } from '../../../src/sql/query-shape.ts';
import { shapeOf } from '../../../src/sql/resolve/shape-of.ts';
import type { NameContext } from '../../../src/sql/schema.ts';
import { schemaFromDdl } from '../../../src/sql/schema-from-ddl.ts';
import { indexSchema, type SchemaIndex } from '../../../src/sql/schema-index.ts';

export interface ShapeInput {
  readonly sql: string;
  readonly ddl?: string;
  readonly dialect?: string;
  readonly names?: NameContext;
}

/** Parses with the real readers and shapes the first statement. */
export async function shapeSql({ sql, ddl, dialect, names = {} }: ShapeInput): Promise<Shape> {
  const spoken = dialectOf(dialect ?? 'duckdb');
  const [statement] = await statementsOf(sql, spoken);
  if (statement === undefined) {
    throw new Error(`nothing to read in: ${sql}`);
  }
  const schema = await schemaOf(ddl ?? '', { dialect: spoken, names });
  return shapeOf({
    statement,
    reader: 'sqlparser-rs',
    context: { schema, names, dialect: spoken },
  });
}

export async function schemaOf(
  ddl: string,
  { dialect, names = {} }: { readonly dialect: Dialect; readonly names?: NameContext },
): Promise<SchemaIndex> {
  const generic = dialectOf('generic');
  const statements = ddl === '' ? [] : await statementsOf(ddl, generic);
  return indexSchema(schemaFromDdl(statements, { dialect: generic, names }), dialect);
}

export async function statementsOf(sql: string, dialect: Dialect): Promise<readonly Statement[]> {
  const outcome = await parseOne({ sql, dialect: dialect.name });
  if (outcome.kind === 'unparsed') {
    throw new Error(`${outcome.because}: ${sql}`);
  }
  return outcome.statements;
}

/** `t.a:output,filter` by name, `t.a*:output` by star. */
export function usesOf({ columns }: Shape): readonly string[] {
  return columns.map(
    (use) => `${columnText(use)}${use.by === 'star' ? '*' : ''}:${use.roles.join(',')}`,
  );
}

/** `a.x = b.y left`. */
export function joinsOf({ joins }: Shape): readonly string[] {
  return joins.map(({ left, right, kind }) => `${columnText(left)} = ${columnText(right)} ${kind}`);
}

/** `out <- t.a, t.b.field`. */
export function edgesOf({ lineage }: Shape): readonly string[] {
  return lineage.map(({ column, sources }) => `${column} <- ${sources.map(sourceText).join(', ')}`);
}

function sourceText(source: LineageSource): string {
  const { field } = source;
  return field === undefined ? columnText(source) : `${columnText(source)}.${field}`;
}

function columnText({ relation, column }: ColumnOf): string {
  return `${relation}.${column}`;
}
