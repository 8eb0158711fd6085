import type { BoundQuery } from '../../sql/bound.ts';
import type { Dialect } from '../../sql/dialect.ts';
import { tokenize } from '../../sql/lexer.ts';
import type { NormalQuery } from '../../sql/normal-query.ts';
import { normalize } from '../../sql/normalize/normalize.ts';
import type { ParseSql } from '../../sql/parse-sql.ts';
import { bindQuery } from '../../sql/resolve/bind-query.ts';
import type { NameContext } from '../../sql/schema.ts';
import type { SchemaIndex } from '../../sql/schema-index.ts';
import { readTextQuery } from './read-text-query.ts';
import { type ModelText, Unreadable } from './text-query.ts';

/** What a model's text is read against. */
export interface ModelWorld {
  readonly dialect: Dialect;
  /** Relations as tables: what a view reads is no affair of the model's. */
  readonly schema: SchemaIndex;
  /** The same, views as what they read: two texts may read one table through different views. */
  readonly expanded?: SchemaIndex | undefined;
  readonly names: NameContext;
  readonly parse: ParseSql;
}

/** The world in which views are what they read. */
export function expandedIn(world: ModelWorld): ModelWorld {
  return { ...world, schema: world.expanded ?? world.schema };
}

export type ReadModel =
  | { readonly kind: 'read'; readonly bound: BoundQuery; readonly query: NormalQuery }
  | { readonly kind: 'unread'; readonly because: string };

/** Notes that leave no name open: what an expression means is not known, but every column in it is. */
const HARMLESS = /^opaque expression/;

/** Reads a compiled model; `unread` where it is no single query, or a name in it is not known. */
export async function readModel(sql: string, world: ModelWorld): Promise<ReadModel> {
  const { dialect, schema, names, parse } = world;
  const [outcome] = await parse([{ sql, dialect: dialect.name, hasRun: true }]);
  const statements = outcome?.kind === 'parsed' ? outcome.statements : [];
  const [statement] = statements;
  if (outcome?.kind !== 'parsed' || statement?.kind !== 'query' || statements.length > 1) {
    const because = outcome?.kind === 'unparsed' ? outcome.because : 'it is not one SELECT';
    return { kind: 'unread', because };
  }
  const { query: bound, notUnderstood } = bindQuery(statement.query, { schema, dialect, names });
  const open = notUnderstood.find((note) => !HARMLESS.test(note));
  const uneven = hasUnevenSet(bound) ? 'a UNION of different widths' : undefined;
  const because = open ?? uneven;
  return because === undefined
    ? { kind: 'read', bound, query: normalize(bound) }
    : { kind: 'unread', because };
}

function hasUnevenSet(query: BoundQuery): boolean {
  let isUneven = false;
  JSON.stringify(query, (_key, value: unknown) => {
    if (isSet(value)) {
      isUneven ||= value.left.outputs.length !== value.right.outputs.length;
    }
    return value;
  });
  return isUneven;
}

function isSet(value: unknown): value is Extract<BoundQuery['body'], { kind: 'set' }> {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'set';
}

/** Where the parts of a compiled model stand; a reason in words where that cannot be told. */
export function textOf(sql: string, { dialect }: ModelWorld): ModelText | string {
  const tokens = tokenize(sql, dialect.lexical);
  return orUnreadable(() => ({ tokens, query: readTextQuery(tokens) }));
}

/** The value, or the reason why there is none. */
export function orUnreadable<Value>(read: () => Value): Value | string {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unreadable) {
      return error.message;
    }
    throw error;
  }
}
