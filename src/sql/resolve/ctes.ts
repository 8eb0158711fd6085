import type { BoundFrom } from '../bound.ts';
import { RESOLVE_RULES } from '../dialects/resolving.ts';
import type { Ident, Query } from '../ir.ts';
import type { Binder } from './binder.ts';
import { findNamed, foldIdent } from './names.ts';
import type { CteEntry, Scope } from './scope.ts';

/** The WITH entries a query's body sees, innermost and latest first. */
export function cteEntries(binder: Binder, query: Query, outer: Scope): readonly CteEntry[] {
  let entries = outer.ctes;
  const mayRecur = query.recursive || RESOLVE_RULES[binder.context.dialect.name].mayRecurUnsaid;
  for (const cte of query.ctes) {
    const entry: CteEntry = { cte, scope: { ...outer, ctes: entries }, mayRecur, used: false };
    entries = [entry, ...entries];
  }
  return entries;
}

/** A CTE nobody reads is not run, but the text names what it reads. */
export function noteUnusedCtes(binder: Binder, entries: readonly CteEntry[]): void {
  for (const entry of entries) {
    if (!entry.used) {
      entry.used = true;
      binder.bindQuery(binder, entry.cte.query, entry.scope);
    }
  }
}

/** The entry a one-part name means; its own name inside a definition that cannot recur means a table. */
export function cteCalled(
  binder: Binder,
  { name, scope }: { readonly name: Ident; readonly scope: Scope },
): CteEntry | undefined {
  const rules = binder.context.dialect.names;
  for (const entry of scope.ctes) {
    const among = [{ name: foldIdent(entry.cte.name, rules) }];
    const isIt = findNamed(name, { among, rules }) !== undefined;
    if (isIt && (entry.open === undefined || entry.open.columns !== undefined)) {
      return entry;
    }
  }
  return undefined;
}

/** The scope of a CTE's own definition: itself in sight where it may recur. */
export function definitionScope(binder: Binder, entry: CteEntry): Scope {
  if (!entry.mayRecur || entry.cte.query.body.kind !== 'set') {
    return entry.scope;
  }
  const rules = binder.context.dialect.names;
  const columns =
    entry.cte.columns.length === 0
      ? undefined
      : entry.cte.columns.map((column) => foldIdent(column, rules));
  const open = { body: entry.cte.query.body, columns };
  return { ...entry.scope, ctes: [{ ...entry, open }, ...entry.scope.ctes] };
}

/** A reference to the CTE being defined. */
export function recursiveFrom(
  binder: Binder,
  entry: CteEntry,
): Extract<BoundFrom, { readonly kind: 'recursive' }> {
  return {
    kind: 'recursive',
    occ: binder.nextOcc(),
    name: foldIdent(entry.cte.name, binder.context.dialect.names),
    columns: entry.open?.columns ?? [],
  };
}
