import type { NameRules } from '../dialect.ts';
import type { Ident } from '../ir.ts';

/** An identifier in the case the warehouse stores it. */
export function foldIdent(ident: Ident, rules: NameRules): string {
  if (ident.quoted || rules.unquoted === 'as-is') {
    return ident.name;
  }
  return rules.unquoted === 'upper' ? ident.name.toUpperCase() : ident.name.toLowerCase();
}

export function sameLetters(left: string, right: string): boolean {
  return left === right || left.toLowerCase() === right.toLowerCase();
}

interface Named {
  readonly name: string;
}

/** Lists longer than this are asked by an index. */
const FEW = 12;

interface NameIndex {
  /** How many of the list are in the index: these lists only grow. */
  size: number;
  /** Places in the list. */
  readonly byLetters: Map<string, number[]>;
}

const indexes = new WeakMap<readonly Named[], NameIndex>();

/**
 * The one thing an identifier names: its exact stored name if there is one, else the only one that differs
 * in case alone. A statement that ran named something, so a unique match is what it named. The list may grow
 * between calls and must not change otherwise.
 */
export function findNamed<T extends Named>(
  ident: Ident,
  { among, rules }: { readonly among: readonly T[]; readonly rules: NameRules },
): T | 'ambiguous' | undefined {
  const folded = foldIdent(ident, rules);
  const letters = folded.toLowerCase();
  const alike = among.length > FEW ? indexed(among, letters) : among;
  let found: T | undefined;
  let count = 0;
  for (const candidate of alike) {
    if (candidate.name === folded) {
      return candidate;
    }
    if (candidate.name.length === folded.length && candidate.name.toLowerCase() === letters) {
      found = candidate;
      count += 1;
    }
  }
  return count > 1 ? 'ambiguous' : found;
}

/** Says that a list has the names of another, place by place, so that one index serves both. */
export function shareIndex(
  list: readonly Named[],
  { like }: { readonly like: readonly Named[] },
): void {
  if (list.length > FEW && list.length === like.length) {
    indexes.set(list, indexOf(like));
  }
}

function indexed<T extends Named>(among: readonly T[], letters: string): readonly T[] {
  return (indexOf(among).byLetters.get(letters) ?? []).flatMap((at) => among[at] ?? []);
}

function indexOf(among: readonly Named[]): NameIndex {
  const index = indexes.get(among) ?? { size: 0, byLetters: new Map<string, number[]>() };
  indexes.set(among, index);
  for (; index.size < among.length; index.size += 1) {
    const key = among[index.size]?.name.toLowerCase() ?? '';
    const places = index.byLetters.get(key) ?? [];
    places.push(index.size);
    index.byLetters.set(key, places);
  }
  return index;
}
