import type { RelationId } from '../../base/relation.ts';
import type { BoundExpr, BoundQuery } from '../../sql/bound.ts';
import type { Block, JoinTree, NormalQuery } from '../../sql/normal-query.ts';
import { isAggregate } from '../../sql/normalize/functions.ts';
import { normalize } from '../../sql/normalize/normalize.ts';
import { replaceIn } from '../../sql/normalize/replace-in.ts';
import { partsOf, type Ref } from '../../sql/normalize/walk.ts';
import { type Occurrences, occurrencesOf } from '../../sql/resolve/occurrences.ts';

/** A named output that is computed from aggregates, wherever in the statement they stand. */
export interface Measure {
  readonly name: string;
  /** Over columns of tables: sources between are read through. */
  readonly arithmetic: BoundExpr;
  /** The block that names it, and the expression there. */
  readonly block: Block;
  readonly expr: BoundExpr;
  /** Parts of the arithmetic that another block than `block` computes, by the node. */
  readonly computedIn: ReadonlyMap<BoundExpr, Block>;
}

export interface FoundMeasures {
  readonly measures: readonly Measure[];
  /** Outputs that aggregate over something that cannot be read through, one clause each. */
  readonly notUnderstood: readonly { readonly name: string; readonly because: string }[];
  /** Tables by occurrence. */
  readonly tables: ReadonlyMap<number, RelationId>;
}

/**
 * The measures a query gives its readers, and those of its sources they are made of by another name: who selects
 * `revenue` of a view as `r` uses both words. Of a set operation, those of its sides.
 */
export function findMeasures(query: BoundQuery): FoundMeasures {
  const occurrences = occurrencesOf(query);
  const measures: Measure[] = [];
  const notUnderstood: { name: string; because: string }[] = [];
  const tables = new Map<number, RelationId>();

  /** What normalizing merged had a name too. */
  function noteFormerNames(of: Measure, at: number): void {
    for (const name of namesBelow(query, { at, occurrences })) {
      if (!isNamed(of, name)) {
        measures.push({ ...of, name });
      }
    }
  }

  function visit({ body, outputs }: NormalQuery): void {
    if (body.kind === 'set') {
      for (const side of [body.left, body.right]) {
        visit({ ...side, outputs });
      }
    }
    if (body.kind === 'block') {
      noteTables(body.block.from, tables);
      const sources = sourcesOf(body.block.from);
      for (const [at, { expr }] of body.block.items.entries()) {
        noteMeasure({ name: outputs[at] ?? '', expr, block: body.block }, { sources, at });
      }
    }
  }

  function noteMeasure(
    of: Pick<Measure, 'name' | 'expr' | 'block'>,
    { sources, at }: { readonly sources: Sources; readonly at: number },
  ): void {
    const through: Through = { computedIn: new Map(), passed: [], because: undefined };
    const arithmetic = readThrough(of.expr, { sources, through, isAddedUp: false });
    if (holdsAggregate(arithmetic) && through.because === undefined) {
      const measure = { ...of, arithmetic, computedIn: through.computedIn };
      measures.push(measure);
      noteFormerNames(measure, at);
    }
    if (holdsAggregate(arithmetic) && through.because !== undefined) {
      notUnderstood.push({ name: of.name, because: through.because });
    }
    for (const inner of through.passed) {
      if (!isNamed(of, inner.name)) {
        measures.push(inner);
      }
    }
  }

  visit(normalize(query));
  return { measures, notUnderstood, tables };
}

function isNamed({ name }: { readonly name: string }, other: string): boolean {
  return name.toLowerCase() === other.toLowerCase();
}

/** The names an output has in the sources that only pass it on. */
function namesBelow(
  query: BoundQuery,
  { at, occurrences }: { readonly at: number; readonly occurrences: Occurrences },
): readonly string[] {
  const expr = query.body.kind === 'select' ? query.body.items[at]?.expr : undefined;
  const leaf = expr?.kind === 'ref' ? occurrences.leafOf(expr.occ) : undefined;
  if (expr?.kind !== 'ref' || leaf?.kind !== 'derived') {
    return [];
  }
  const below = leaf.columns.indexOf(expr.column);
  return [expr.column, ...namesBelow(leaf.query, { at: below, occurrences })];
}

type Sources = ReadonlyMap<number, NormalQuery>;

interface Through {
  readonly computedIn: Map<BoundExpr, Block>;
  /** Measures of sources that were read through, under the names they have there. */
  readonly passed: Measure[];
  because: string | undefined;
}

interface Reading {
  readonly sources: Sources;
  readonly through: Through;
  /** Inside an aggregate: then it matters which rows the source has. */
  readonly isAddedUp: boolean;
}

function readThrough(expr: BoundExpr, reading: Reading): BoundExpr {
  const { sources, through } = reading;
  return replaceIn(expr, (part) => {
    if (part.kind === 'call' && part.over !== undefined) {
      through.because = 'a window function';
      return part;
    }
    if (isAggregate(part) && !reading.isAddedUp) {
      return readThrough(part, { ...reading, isAddedUp: true });
    }
    const source = part.kind === 'ref' ? sources.get(part.occ) : undefined;
    return part.kind === 'ref' && source !== undefined
      ? ofSource(part, { ...reading, source })
      : undefined;
  });
}

function ofSource(
  ref: Ref,
  { source, through, isAddedUp }: Reading & { readonly source: NormalQuery },
): BoundExpr {
  const { body, outputs } = source;
  const item = body.kind === 'block' ? body.block.items[outputs.indexOf(ref.column)] : undefined;
  if (body.kind !== 'block' || item === undefined) {
    through.because = body.kind === 'set' ? 'it is computed over a union' : OPAQUE;
    return ref;
  }
  const cut = isAddedUp ? cutOf(source, body.block) : undefined;
  if (cut !== undefined) {
    through.because = cut;
    return ref;
  }
  const inner = readThrough(item.expr, {
    sources: sourcesOf(body.block.from),
    through,
    isAddedUp,
  });
  through.computedIn.set(inner, body.block);
  if (holdsAggregate(inner)) {
    const { computedIn } = through;
    through.passed.push({
      name: ref.column,
      arithmetic: inner,
      block: body.block,
      expr: item.expr,
      computedIn,
    });
  }
  return inner;
}

const OPAQUE = 'it is computed over a source that is not understood';

/** Why the rows of a source are not simply all of its groups. */
function cutOf({ limit, offset }: NormalQuery, block: Block): string | undefined {
  if (limit !== undefined || offset !== undefined) {
    return 'it is computed over a source with a LIMIT';
  }
  if (block.distinct) {
    return 'it is computed over a source with DISTINCT';
  }
  const [barrier] = block.barriers;
  return barrier === undefined ? undefined : `it is computed over a source with ${barrier}`;
}

export function holdsAggregate(expr: BoundExpr): boolean {
  return isAggregate(expr) || partsOf(expr).some(holdsAggregate);
}

function sourcesOf(tree: JoinTree): Map<number, NormalQuery> {
  switch (tree.kind) {
    case 'none':
    case 'table':
      return new Map();
    case 'query':
      return new Map([[tree.occ, tree.query]]);
    case 'inner':
      return new Map(tree.members.flatMap((member) => [...sourcesOf(member)]));
    case 'outer':
      return new Map([...sourcesOf(tree.left), ...sourcesOf(tree.right)]);
  }
}

/** Tables of the block and of everything it reads. */
function noteTables(tree: JoinTree, tables: Map<number, RelationId>): void {
  switch (tree.kind) {
    case 'none':
      return;
    case 'table':
      tables.set(tree.occ, tree.relation);
      return;
    case 'query':
      noteTablesOf(tree.query, tables);
      return;
    case 'inner':
      for (const member of tree.members) {
        noteTables(member, tables);
      }
      return;
    case 'outer':
      noteTables(tree.left, tables);
      noteTables(tree.right, tables);
  }
}

function noteTablesOf({ body }: NormalQuery, tables: Map<number, RelationId>): void {
  if (body.kind === 'block') {
    noteTables(body.block.from, tables);
  }
  if (body.kind === 'set') {
    noteTablesOf(body.left, tables);
    noteTablesOf(body.right, tables);
  }
}
