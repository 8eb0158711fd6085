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

/**
 * The one thing an identifier names: its exact stored name if there is one, else the only one that differs
 * in case alone. A statement that ran named something, so a unique match is what it named.
 */
export function findNamed<T extends { readonly name: string }>(
  ident: Ident,
  { among, rules }: { readonly among: readonly T[]; readonly rules: NameRules },
): T | 'ambiguous' | undefined {
  const folded = foldIdent(ident, rules);
  let alike: T | undefined;
  let alikes = 0;
  const letters = folded.toLowerCase();
  for (const candidate of among) {
    if (candidate.name === folded) {
      return candidate;
    }
    if (candidate.name.length === folded.length && candidate.name.toLowerCase() === letters) {
      alike = candidate;
      alikes += 1;
    }
  }
  return alikes > 1 ? 'ambiguous' : alike;
}
