import type { NameRules } from '../dialect.ts';
import type { Path } from '../ir.ts';
import { foldIdent, sameLetters } from './names.ts';
import type { Scope, Source } from './scope.ts';

/** Tells a scope that is seen without the word LATERAL that a name was found in it. */
export function noteUse({ unsaid }: Scope): void {
  if (unsaid !== undefined) {
    unsaid.used = true;
  }
}

/** The source a qualifier names: its alias, or a tail of its relation's name. */
export function sourceCalled(
  qualifier: Path,
  { scope, rules }: { readonly scope: Scope; readonly rules: NameRules },
): Source | 'ambiguous' | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    const called = (at.visible?.sources ?? []).filter((source) => isCalled(source, qualifier));
    const exact = called.filter((source) => isCalledExactly(source, { qualifier, rules }));
    const [first, second] = exact.length > 0 ? exact : called;
    if (first !== undefined) {
      noteUse(at);
      return second === undefined ? first : 'ambiguous';
    }
  }
  return undefined;
}

function isCalled({ calledAs }: Source, qualifier: Path): boolean {
  if (calledAs.length < qualifier.length) {
    return false;
  }
  const tail = calledAs.slice(calledAs.length - qualifier.length);
  return tail.every((part, at) => sameLetters(part.name, qualifier[at]?.name ?? ''));
}

function isCalledExactly(
  { calledAs }: Source,
  { qualifier, rules }: { readonly qualifier: Path; readonly rules: NameRules },
): boolean {
  const last = calledAs.at(-1);
  const written = qualifier.at(-1);
  return (
    last !== undefined &&
    written !== undefined &&
    foldIdent(last, rules) === foldIdent(written, rules)
  );
}
