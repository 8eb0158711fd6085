import type { RelationId } from '../../base/relation.ts';
import type { BoundExpr, BoundQuery } from '../../sql/bound.ts';
import type { Dialect } from '../../sql/dialect.ts';
import type { Block, JoinTree } from '../../sql/normal-query.ts';
import { isAggregate } from '../../sql/normalize/functions.ts';
import { someExpr } from '../../sql/normalize/walk.ts';
import { canonicalMeasure, type MeasureWorld } from './canonical-measure.ts';
import { definitionText } from './definition-text.ts';
import { findMeasures, type Measure } from './find-measures.ts';
import { foldWord, isBusinessWord } from './fold-word.ts';

/** One measure of one statement or view, as it is told and compared. */
export interface MeasureFacts {
  /** Folded. */
  readonly word: string;
  /** As written. */
  readonly name: string;
  readonly key: string;
  readonly text: string;
  /** Values were taken out of the arithmetic itself: what they were, only samples tell. */
  readonly hidesValues: boolean;
  readonly unsure: readonly RelationId[];
  /** What the statement filters by around it; no part of what it means. */
  readonly filters: readonly string[];
  readonly groupedBy: readonly string[];
  readonly measure: Measure;
  readonly tables: ReadonlyMap<number, RelationId>;
}

export interface MeasureFactsParts {
  readonly world: Omit<MeasureWorld, 'tables'>;
  readonly dialect: Dialect;
  /** A word somebody asks for, however little its name says; folded. */
  readonly asked?: string | undefined;
}

/** The measures of a query under names that say what is measured. */
export function measureFacts(
  query: BoundQuery,
  { world, dialect, asked }: MeasureFactsParts,
): readonly MeasureFacts[] {
  const { measures, tables } = findMeasures(query);
  const told = new Map<string, MeasureFacts>();
  for (const measure of measures) {
    const { name, arithmetic } = measure;
    const word = foldWord(name);
    const called = arithmetic.kind === 'call' ? arithmetic.name : undefined;
    const isTold = word === asked || isBusinessWord(name, called);
    if (!isTold || someExpr(arithmetic, ({ kind }) => kind === 'opaque' || kind === 'column')) {
      continue;
    }
    const text = (expr: BoundExpr) => definitionText(expr, { dialect, tables });
    const { key, unsure } = canonicalMeasure(measure, { ...world, tables });
    const blocks = [...new Set([measure.block, ...measure.computedIn.values()])];
    told.set(`${word} ${key}`, {
      word,
      name,
      key,
      text: text(arithmetic),
      hidesValues: holdsParameter(arithmetic),
      unsure,
      filters: [...new Set(blocks.flatMap(filtersOf).map(text))].toSorted(),
      groupedBy: (blocks.find(isGrouped)?.groupBy ?? []).map(text),
      measure,
      tables,
    });
  }
  return [...told.values()];
}

function holdsParameter(arithmetic: BoundExpr): boolean {
  return someExpr(arithmetic, ({ kind }) => kind === 'parameter');
}

function isGrouped({ groupBy }: Block): boolean {
  return groupBy !== undefined && groupBy.length > 0;
}

/** Conditions that leave rows out: not those that join, and not those on aggregates. */
export function filtersOf(block: Block): readonly BoundExpr[] {
  return block.where.filter((condition) => !joinsSources(condition) && !holdsCall(condition));
}

/** A condition between two sources of a block. */
export function joinsSources(condition: BoundExpr): boolean {
  const occs = new Set<number>();
  let hasQuery = false;
  someExpr(condition, (part) => {
    if (part.kind === 'ref') {
      occs.add(part.occ);
    }
    hasQuery ||= part.kind === 'exists' || part.kind === 'in-query' || part.kind === 'subquery';
    return false;
  });
  return occs.size > 1 && !hasQuery;
}

function holdsCall(condition: BoundExpr): boolean {
  return someExpr(condition, isAggregate);
}

/** The tables a block reads, those of its sources too. */
export function tablesOfTree(tree: JoinTree): readonly RelationId[] {
  switch (tree.kind) {
    case 'none':
      return [];
    case 'table':
      return [tree.relation];
    case 'query':
      return tree.query.body.kind === 'block' ? tablesOfTree(tree.query.body.block.from) : [];
    case 'inner':
      return tree.members.flatMap(tablesOfTree);
    case 'outer':
      return [...tablesOfTree(tree.left), ...tablesOfTree(tree.right)];
  }
}
