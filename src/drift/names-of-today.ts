import type { RelationId } from '../base/relation.ts';
import type { BoundQuery } from '../sql/bound.ts';
import type { NormalQuery } from '../sql/normal-query.ts';
import { nameNow, type SourceNow, sourceOf } from './source-now.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A resolved query as it would read under today's names. */
export function underNamesOfToday<Resolved extends BoundQuery | NormalQuery>(
  query: Resolved,
  sources: readonly SourceNow[],
): Resolved {
  const byOccurrence = new Map<number, SourceNow>();
  collect(query, (node) => {
    const { kind, occ, relation } = node;
    const source =
      kind === 'table' && typeof relation === 'string'
        ? sourceOf(sources, relation as RelationId)
        : undefined;
    if (source !== undefined && typeof occ === 'number') {
      byOccurrence.set(occ, source);
    }
  });
  const rename = (node: unknown): unknown => {
    if (isList(node)) {
      return node.map(rename);
    }
    if (!isFields(node)) {
      return node;
    }
    const { kind, occ, column } = node;
    const source = typeof occ === 'number' ? byOccurrence.get(occ) : undefined;
    if (source !== undefined && kind === 'table') {
      return { ...node, relation: source.is.id };
    }
    if (source !== undefined && kind === 'ref' && typeof column === 'string') {
      return { ...node, column: nameNow(source, column) };
    }
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, rename(value)]));
  };
  // Only names are other ones: what was a query is one.
  return rename(query) as Resolved;
}

function collect(node: unknown, visit: (node: Fields) => void): void {
  if (isList(node)) {
    for (const each of node) {
      collect(each, visit);
    }
    return;
  }
  if (!isFields(node)) {
    return;
  }
  visit(node);
  for (const each of Object.values(node)) {
    collect(each, visit);
  }
}

function isList(node: unknown): node is readonly unknown[] {
  return Array.isArray(node);
}

function isFields(node: unknown): node is Fields {
  return typeof node === 'object' && node !== null;
}
