import type { BoundExpr } from '../bound.ts';
import type { Cte, Ident, Path, QueryBody, Window } from '../ir.ts';

/** One column as a source shows it. */
export interface SourceColumn {
  /** As the statement may name it, in stored case. */
  readonly name: string;
  readonly expr: BoundExpr;
  /** Taken in because the statement names it, though nobody knows the source's columns. */
  readonly admitted?: true;
}

/** One member of a FROM clause. */
export interface Source {
  readonly occ: number;
  /** What it is called, outermost part first: its alias alone, or the whole relation name. Empty: it has no name. */
  readonly calledAs: Path;
  readonly columns: readonly SourceColumn[];
  /** Names it has twice with different meaning, lower case. */
  readonly doubled?: ReadonlySet<string>;
  /** Present where the columns are not all known: takes a name as one of its columns. */
  readonly admit?: (name: Ident) => SourceColumn | undefined;
}

/** What a FROM subtree shows to the expressions around it. */
export interface Visible {
  readonly sources: readonly Source[];
  /** Columns merged by USING or NATURAL. */
  readonly merged: readonly SourceColumn[];
  /** Columns behind a merged one, as `occ name`: not shown bare. */
  readonly hidden: ReadonlySet<string>;
  /** What `*` shows, in order. */
  readonly stars: () => readonly Star[];
}

export type Star =
  | { readonly kind: 'column'; readonly column: SourceColumn; readonly key: string }
  | { readonly kind: 'open'; readonly source: Source };

/** A name a WITH clause gives. */
export interface CteEntry {
  readonly cte: Cte;
  /** The names its own definition sees. */
  readonly scope: Scope;
  readonly mayRecur: boolean;
  /** Present inside its own definition; the columns are known once its first member is bound. */
  readonly open?: { readonly body: QueryBody; columns: readonly string[] | undefined };
  used: boolean;
}

export interface Scope {
  readonly parent?: Scope;
  readonly visible?: Visible;
  /** A set where a name may also be an alias of the select list. */
  readonly aliases?: Aliases;
  readonly ctes: readonly CteEntry[];
  /** Named windows of the select. */
  readonly windows?: readonly { readonly name: Ident; readonly window: Window }[];
  /** Seen without the word LATERAL; `used` tells whether a name was found here. */
  readonly unsaid?: { used: boolean };
  /** Parameters of the lambdas around. */
  readonly lambda?: readonly Ident[];
}

/** What the members of a FROM clause see: what is outside, and with LATERAL what stands before them. */
export interface FromScope {
  readonly outer: Scope;
  readonly siblings: Scope;
}

export interface Aliases {
  readonly find: (name: Ident) => BoundExpr | undefined;
  readonly wins: 'column' | 'alias' | 'over-unknown';
}

export const nothingVisible: Visible = {
  sources: [],
  merged: [],
  hidden: new Set(),
  stars: () => [],
};

export function hiddenKey(occ: number, name: string): string {
  return `${occ} ${name}`;
}

/** A single source as a FROM subtree. */
export function visibleOf(source: Source): Visible {
  return { sources: [source], merged: [], hidden: new Set(), stars: () => starsOf(source) };
}

export function starsOf(source: Source): readonly Star[] {
  const columns = source.columns
    .filter((column) => column.admitted === undefined)
    .map((column): Star => ({ kind: 'column', column, key: hiddenKey(source.occ, column.name) }));
  return source.admit === undefined ? columns : [...columns, { kind: 'open', source }];
}

/** Two subtrees side by side, nothing merged. */
export function besides(left: Visible, right: Visible): Visible {
  return {
    sources: [...left.sources, ...right.sources],
    merged: [...left.merged, ...right.merged],
    hidden: new Set([...left.hidden, ...right.hidden]),
    stars: () => [...left.stars(), ...right.stars()],
  };
}
