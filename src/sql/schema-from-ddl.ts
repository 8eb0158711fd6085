import { type RelationId, relationId } from '../base/relation.ts';
import type { Dialect } from './dialect.ts';
import type { Ident, Path, Statement, TableDefinition } from './ir.ts';
import { bindQuery } from './resolve/bind-query.ts';
import { foldIdent, sameLetters } from './resolve/names.ts';
import type {
  NameContext,
  SchemaForeignKey,
  SchemaKey,
  SchemaRelation,
  SchemaSnapshot,
} from './schema.ts';
import { indexSchema } from './schema-index.ts';

export interface DdlOptions {
  /** Of the DDL text itself: how its names fold. */
  readonly dialect: Dialect;
  /** Completes names in view definitions and foreign keys. */
  readonly names?: NameContext;
}

/**
 * The relations a list of statements creates; whatever else stands there is passed over. A later statement of
 * the same name replaces the earlier. Views and tables made by a query get the query's outputs as columns.
 */
export function schemaFromDdl(
  statements: readonly Statement[],
  { dialect, names = {} }: DdlOptions,
): SchemaSnapshot {
  const relations = new Map<RelationId, SchemaRelation>();
  const foreign: { readonly id: RelationId; readonly table: TableDefinition }[] = [];
  for (const statement of statements) {
    if (statement.kind === 'create-table') {
      const id = idOf(statement.target, dialect);
      relations.set(id, tableOf(id, { table: statement.table, dialect }));
      foreign.push({ id, table: statement.table });
    }
    if (statement.kind === 'create-as') {
      const id = idOf(statement.target, dialect);
      const schema = indexSchema({ relations: [...relations.values()] }, dialect);
      relations.set(id, namedQuery(id, { statement, context: { schema, names, dialect } }));
    }
  }
  const index = indexSchema({ relations: [...relations.values()] }, dialect);
  for (const { id, table } of foreign) {
    const relation = relations.get(id);
    if (relation !== undefined) {
      const foreignKeys = table.foreignKeys.flatMap((key) =>
        foreignKeyOf(key, { relation, index, names, dialect }),
      );
      relations.set(id, { ...relation, foreignKeys });
    }
  }
  return { relations: [...relations.values()] };
}

function idOf(target: Path, dialect: Dialect): RelationId {
  return target
    .map((part) => relationId({ name: foldIdent(part, dialect.names) }))
    .join('.') as RelationId;
}

function tableOf(
  id: RelationId,
  { table, dialect }: { readonly table: TableDefinition; readonly dialect: Dialect },
): SchemaRelation {
  const columns = table.columns.map(({ name, type, notNull }) => ({
    name: foldIdent(name, dialect.names),
    type,
    notNull,
  }));
  const keys = table.keys.map(
    ({ columns: parts, primary }): SchemaKey => ({
      columns: parts.map((part) => columnNamed(part, columns)),
      primary,
    }),
  );
  const primary = new Set(keys.filter((key) => key.primary).flatMap((key) => key.columns));
  return {
    id,
    kind: 'table',
    columns: columns.map((column) => ({
      ...column,
      notNull: column.notNull || primary.has(column.name),
    })),
    keys,
    foreignKeys: [],
  };
}

/** The column a key part names, in the table's spelling. */
function columnNamed(part: Ident, columns: readonly { readonly name: string }[]): string {
  return columns.find(({ name }) => sameLetters(name, part.name))?.name ?? part.name;
}

function namedQuery(
  id: RelationId,
  {
    statement,
    context,
  }: {
    readonly statement: Extract<Statement, { readonly kind: 'create-as' }>;
    readonly context: Parameters<typeof bindQuery>[1];
  },
): SchemaRelation {
  const { outputs } = bindQuery(statement.query, context).query;
  const isKnown = !outputs.includes('*');
  const columns = outputs.map((output, at) => {
    const named = statement.columns[at];
    const name = named === undefined ? output : foldIdent(named, context.dialect.names);
    return { name, type: '', notNull: false };
  });
  return {
    id,
    kind: statement.object === 'table' ? 'table' : 'view',
    columns: isKnown ? columns : [],
    keys: [],
    foreignKeys: [],
    ...(statement.object === 'table' ? {} : { definition: statement.query }),
  };
}

function foreignKeyOf(
  key: TableDefinition['foreignKeys'][number],
  parts: {
    readonly relation: SchemaRelation;
    readonly index: ReturnType<typeof indexSchema>;
    readonly names: NameContext;
    readonly dialect: Dialect;
  },
): readonly SchemaForeignKey[] {
  const found = parts.index.findRelation(key.references, parts.names);
  if (found.kind !== 'found') {
    return [];
  }
  const referenced = found.relation;
  const primary = referenced.keys.find((candidate) => candidate.primary);
  const referencedColumns =
    key.referencedColumns.length === 0
      ? (primary?.columns ?? [])
      : key.referencedColumns.map((part) => columnNamed(part, referenced.columns));
  return [
    {
      columns: key.columns.map((part) => columnNamed(part, parts.relation.columns)),
      references: referenced.id,
      referencedColumns,
    },
  ];
}
