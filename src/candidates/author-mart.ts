import { digestOf } from '../base/digest.ts';
import { type RelationId, relationId } from '../base/relation.ts';
import type { ChosenWord } from '../lineage/words/chosen-word.ts';
import type { MartDefinition } from '../marts/mart.ts';
import type { BoundExpr } from '../sql/bound.ts';
import type { DialectName } from '../sql/dialect.ts';
import { dialectOf } from '../sql/dialects.ts';
import type { Block, JoinTree, NormalQuery } from '../sql/normal-query.ts';
import { type PrintOutcome, printQuery } from '../sql/print/print-query.ts';
import type { Candidate, EnumeratorId, GrainKey } from './candidate.ts';
import { typeOfOutput } from './column-types.ts';
import { exprKey, mapRefs, refsOf, refTo } from './expressions.ts';
import type { JoinStar, KnownWorld } from './join-star.ts';
import { nameColumns, nameMart } from './name-mart.ts';
import { wordNames } from './word-names.ts';

/** Where marts are published. */
export interface MartNaming {
  readonly database?: string | undefined;
  readonly goldSchema: string;
  readonly dataSchema: string;
}

export interface Draft {
  readonly enumerator: EnumeratorId;
  readonly star: JoinStar;
  /** Positions are occurrence numbers of the expressions below. */
  readonly relations: readonly RelationId[];
  /** Predicates that stand in an existing definition; none has a parameter. */
  readonly baked: readonly BoundExpr[];
  /** Absent: does not aggregate. Sorted by the caller. */
  readonly keys?: readonly BoundExpr[];
  /** Columns where it does not aggregate, else aggregates. */
  readonly values: readonly BoundExpr[];
}

export interface AuthorParts {
  readonly world: KnownWorld;
  readonly naming: MartNaming;
  readonly dialect: DialectName;
  readonly maxStalenessMs: number;
  /** What people chose words to mean; marts that stand already keep the names they have. */
  readonly words?: ChosenNames | undefined;
}

export interface ChosenNames {
  readonly chosen: readonly ChosenWord[];
  /** Keys of marts that people know under plain names: published ones, and those they said no to. */
  readonly settled: ReadonlySet<string>;
}

/**
 * Writes a mart's definition: the same draft gives the same text everywhere, and the text is its identity.
 * Gives the reason where the dialect cannot say it.
 */
export function authorMart(
  draft: Draft,
  parts: AuthorParts,
): Candidate | { readonly because: string } {
  const { star, relations, baked, keys, values } = draft;
  const markers = markersOf(star, relations);
  const outputs = distinctExprs([...(keys ?? []), ...markers, ...values]);
  const grouping = keys === undefined ? undefined : distinctExprs([...keys, ...markers]);
  const asStored = storedAs(parts.dialect);
  const named = (names: readonly string[]) => {
    const items = outputs.map((expr, i) => ({ name: names[i] ?? '', expr }));
    const block: Block = {
      from: joinTreeOf(star, relations),
      where: [...innerConditions(star, relations), ...baked],
      ...(grouping === undefined ? {} : { groupBy: grouping }),
      having: [],
      items,
      distinct: false,
      barriers: [],
    };
    const query: NormalQuery = { body: { kind: 'block', block }, outputs: names, orderBy: [] };
    return { names, items, block, query, printed: printQuery(query, parts.dialect) };
  };
  const plain = named(nameColumns(outputs, relations).map(asStored));
  const { names, items, query, printed } = isSettled(plain.printed, parts)
    ? plain
    : named(withWords(plain, { relations, parts }).map(asStored));
  if (printed.kind === 'unprintable') {
    return { because: printed.because };
  }

  const key = candidateKey(printed.sql);
  const { database, goldSchema } = parts.naming;
  const name = asStored(
    nameMart({
      anchor: star.anchor,
      joined: star.steps.map(({ to }) => to),
      keys: grouping?.map(
        (expr) => names[outputs.findIndex((each) => exprKey(each) === exprKey(expr))] ?? '',
      ),
    }),
  );
  const definition: MartDefinition = {
    relation: relationId({ database, schema: goldSchema, name }),
    origin: 'candidate',
    sql: printed.sql,
    columns: items.map((item) => ({
      name: item.name,
      type: typeOfOutput(item.expr, { relations, schema: parts.world.schema }),
    })),
    sources: relations.toSorted(),
    obligations: star.obligations,
    maxStalenessMs: parts.maxStalenessMs,
  };
  return {
    key,
    enumerator: draft.enumerator,
    definition,
    query,
    anchor: star.anchor,
    ...(grouping === undefined ? {} : { grain: grainOf(grouping, relations) }),
    unverified: star.unverified,
    failed: star.failed,
    objections: [],
  };
}

/** Nobody chose a word, or people know the mart by its plain names. */
function isSettled(printed: PrintOutcome, { words }: AuthorParts): boolean {
  return (
    words === undefined ||
    printed.kind === 'unprintable' ||
    words.settled.has(candidateKey(printed.sql))
  );
}

function withWords(
  { names, block }: { readonly names: readonly string[]; readonly block: Block },
  { relations, parts }: { readonly relations: readonly RelationId[]; readonly parts: AuthorParts },
): readonly string[] {
  const { world, words } = parts;
  return wordNames(block, { names, relations, world, chosen: words?.chosen ?? [] });
}

/** Names of ours are such as people get by writing them without quotes. */
function storedAs(dialect: DialectName): (name: string) => string {
  return dialectOf(dialect).names.unquoted === 'upper'
    ? (name) => name.toUpperCase()
    : (name) => name;
}

/** The identity of a mart: what it holds, not what it is called. */
export function candidateKey(sql: string): string {
  return digestOf({ mart: sql });
}

/** The same expression over another list of relations. */
export function renumber<Piece>(
  piece: Piece,
  { from, to }: { readonly from: readonly RelationId[]; readonly to: readonly RelationId[] },
): Piece {
  if (from.length === to.length && from.every((id, i) => id === to[i])) {
    return piece;
  }
  return mapRefs(piece, ({ occ, column }) =>
    refTo(
      to.findIndex((id) => id === from[occ]),
      column,
    ),
  );
}

export function distinctExprs(exprs: readonly BoundExpr[]): readonly BoundExpr[] {
  return [...new Map(exprs.map((expr) => [exprKey(expr), expr])).values()];
}

/** A left-joined relation's key, non-null exactly where a row found its partner. */
function markersOf(star: JoinStar, relations: readonly RelationId[]): readonly BoundExpr[] {
  return star.steps
    .filter(({ join }) => join === 'left')
    .flatMap(({ to, toColumns }) =>
      toColumns.map((column) => refTo(relations.indexOf(to), column)),
    );
}

function joinTreeOf(star: JoinStar, relations: readonly RelationId[]): JoinTree {
  const table = (relation: RelationId): JoinTree => ({
    kind: 'table',
    occ: relations.indexOf(relation),
    relation,
  });
  const inner = [
    star.anchor,
    ...star.steps.filter(({ join }) => join === 'inner').map(({ to }) => to),
  ];
  const start: JoinTree =
    inner.length === 1 ? table(star.anchor) : { kind: 'inner', members: inner.map(table) };
  return star.steps
    .filter(({ join }) => join === 'left')
    .reduce<JoinTree>(
      (left, step) => ({
        kind: 'outer',
        join: 'left',
        left,
        right: table(step.to),
        on: equalities(step, relations),
      }),
      start,
    );
}

function innerConditions(star: JoinStar, relations: readonly RelationId[]): readonly BoundExpr[] {
  return star.steps
    .filter(({ join }) => join === 'inner')
    .flatMap((step) => equalities(step, relations));
}

function equalities(
  { from, fromColumns, to, toColumns }: JoinStar['steps'][number],
  relations: readonly RelationId[],
): readonly BoundExpr[] {
  return fromColumns.map((column, i) => ({
    kind: 'binary',
    op: '=',
    left: refTo(relations.indexOf(from), column),
    right: refTo(relations.indexOf(to), toColumns[i] ?? ''),
  }));
}

/** One entry a column that the keys rest on: an expression has at most as many values as its columns. */
function grainOf(
  keys: readonly BoundExpr[],
  relations: readonly RelationId[],
): readonly GrainKey[] {
  const columns = new Map<string, GrainKey>();
  for (const key of keys) {
    for (const { occ, column } of refsOf(key)) {
      const relation = relations[occ];
      if (relation !== undefined) {
        columns.set(`${relation}.${column}`, { relation, column, isWhole: key.kind === 'ref' });
      }
    }
  }
  return [...columns.values()];
}
