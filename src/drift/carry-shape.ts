import type { EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { Shape } from '../sql/query-shape.ts';
import { columnUses } from '../sql/resolve/column-uses.ts';
import { joinUses } from '../sql/resolve/join-uses.ts';
import { underNamesOfToday } from './names-of-today.ts';
import { nameNow, type SourceNow, sourceOf } from './source-now.ts';

/**
 * A shape that was read against a former schema, under today's names: what it read is known, so its readers and its cost stay known
 * too. Where something of it is gone nothing takes its place: then it has neither query nor joins, and no mart is made for it.
 */
export function carryShape(
  shape: Shape,
  {
    changed,
    sources,
    asOf,
  }: {
    /** Relations that were otherwise then. */
    readonly changed: ReadonlySet<RelationId>;
    /** What became of them, of those that still are. */
    readonly sources: readonly SourceNow[];
    readonly asOf: EpochMs;
  },
): Shape {
  const relationNow = (relation: RelationId) => sourceOf(sources, relation)?.is.id ?? relation;
  const named = <Use extends { readonly relation: RelationId; readonly column: string }>(
    use: Use,
  ): Use => {
    const source = sourceOf(sources, use.relation);
    return source === undefined
      ? use
      : { ...use, relation: source.is.id, column: nameNow(source, use.column) };
  };
  const { query, target, ...rest } = shape;
  const stands = !isGone(shape, { changed, sources });
  const carried = query === undefined || !stands ? undefined : underNamesOfToday(query, sources);
  const targetSource = target === undefined ? undefined : sourceOf(sources, target);
  return {
    ...rest,
    ...(target === undefined ? {} : { target: relationNow(target) }),
    relations: shape.relations.map((use) => ({ ...use, relation: relationNow(use.relation) })),
    columns: carried === undefined ? shape.columns.map(named) : columnUses(carried),
    joins: carried === undefined ? [] : joinUses(carried),
    lineage: shape.lineage.map(({ column, sources: from }) => ({
      column: targetSource === undefined ? column : nameNow(targetSource, column),
      sources: from.map(named),
    })),
    ...(carried === undefined ? {} : { query: carried }),
    asOf,
  };
}

function isGone(
  { relations, columns }: Shape,
  {
    changed,
    sources,
  }: { readonly changed: ReadonlySet<RelationId>; readonly sources: readonly SourceNow[] },
): boolean {
  const isLost = ({ relation, column }: Shape['columns'][number]) => {
    const source = sourceOf(sources, relation);
    return (
      source !== undefined &&
      column !== '*' &&
      !source.is.columns.some(({ name }) => name === nameNow(source, column))
    );
  };
  return (
    relations.some(
      ({ relation }) => changed.has(relation) && sourceOf(sources, relation) === undefined,
    ) || columns.some(isLost)
  );
}
