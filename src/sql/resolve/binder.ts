import type { RelationId } from '../../base/relation.ts';
import type { BoundBody, BoundExpr, BoundFrom, BoundOrderItem, BoundQuery } from '../bound.ts';
import type { Dialect } from '../dialect.ts';
import type { Expr, FromItem, Ident, OrderItem, Query } from '../ir.ts';
import type { NameContext } from '../schema.ts';
import type { SchemaIndex } from '../schema-index.ts';
import type { FromScope, Scope, SourceColumn, Visible } from './scope.ts';

/** What names are resolved against. */
export interface BindContext {
  readonly schema: SchemaIndex;
  readonly names: NameContext;
  readonly dialect: Dialect;
}

/** A bound query while its outputs may still grow: a star over unknown columns takes in what is named of it. */
export interface QueryResult {
  readonly query: BoundQuery;
  /** Present where a star over unknown columns stands among the outputs. */
  readonly admit?: (name: Ident) => string | undefined;
}

export interface BodyRequest {
  /** What is outside, with the CTEs in sight. */
  readonly scope: Scope;
  readonly orderBy: readonly OrderItem[];
}

export interface BodyResult {
  readonly body: BoundBody;
  readonly outputs: readonly string[];
  readonly orderBy: readonly BoundOrderItem[];
  readonly admit?: (name: Ident) => string | undefined;
}

export interface FromResult {
  readonly from: BoundFrom;
  readonly visible: Visible;
}

export interface RelationSeen {
  readonly via: 'named' | 'through-view';
  readonly known: boolean;
}

/** What the text says of single nodes and the bound tree does not; by the node object itself. */
export interface NodeMarks {
  /** Columns merged by USING, with both sides: the text names the column of either. */
  readonly merged: Map<BoundExpr, readonly BoundExpr[]>;
  /** Accesses written as a dotted name: `column.field`. */
  readonly dotted: Set<BoundExpr>;
  /** What fills each column a PIVOT makes, by its occurrence and the column's name. */
  readonly filled: Map<number, ReadonlyMap<string, readonly BoundExpr[]>>;
}

/** One statement's binding: numbers occurrences, notes what was not understood, bounds the work. */
export interface Binder {
  readonly context: BindContext;
  readonly notes: Set<string>;
  readonly relations: Map<RelationId, RelationSeen>;
  /** Columns named of relations nobody knows, so that one spelling is kept per statement. */
  readonly unknownColumns: Map<RelationId, SourceColumn[]>;
  readonly marks: NodeMarks;
  /** Views being expanded, outermost first. */
  readonly openViews: readonly RelationId[];
  /** Present where CTEs and views are bound once and shared; by their definition. */
  readonly shared?: Map<object, QueryResult>;
  readonly nextOcc: () => number;
  /** False when the statement has grown beyond what we bind; noted. */
  readonly mayBindMore: () => boolean;
  /** As `mayBindMore`, of calls that are read as what their function stands for. */
  readonly mayInlineMore: () => boolean;
  readonly bindQuery: (binder: Binder, query: Query, scope: Scope) => QueryResult;
  readonly bindFrom: (binder: Binder, item: FromItem, scope: FromScope) => FromResult;
  readonly bindExpr: (binder: Binder, expr: Expr, scope: Scope) => BoundExpr;
}

/** An expression we cannot vouch for, with the reason noted. */
export function opaque(
  binder: Binder,
  because: string,
  inside: readonly BoundExpr[] = [],
): BoundExpr {
  binder.notes.add(because);
  return { kind: 'opaque', because, inside };
}

/** Binds a definition, or gives what it was bound to before where definitions are shared. */
export function bindDefinition(
  binder: Binder,
  definition: Query,
  bind: () => QueryResult,
): QueryResult {
  const before = binder.shared?.get(definition);
  if (before !== undefined) {
    return before;
  }
  const result = bind();
  binder.shared?.set(definition, result);
  return result;
}

/** Notes a relation the text names, or one a view of it reads. */
export function noteRelation(binder: Binder, relation: RelationId, known: boolean): void {
  const via = binder.openViews.length === 0 ? 'named' : 'through-view';
  const before = binder.relations.get(relation);
  if (before === undefined || (before.via === 'through-view' && via === 'named')) {
    binder.relations.set(relation, { via, known });
  }
  if (!known) {
    binder.notes.add('unknown relation');
  }
}
