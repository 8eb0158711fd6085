/** Sums of products of things that are not looked into, with exact factors: `a*(1-b)` and `a - a*b` are one. */
export type Polynomial = ReadonlyMap<string, Term>;

interface Term {
  /** Sorted; the same atom twice is its square. */
  readonly atoms: readonly string[];
  readonly factor: Fraction;
}

/** In lowest terms, the denominator positive. */
interface Fraction {
  readonly over: bigint;
  readonly under: bigint;
}

/** Products of sums grow fast: beyond this many terms an expression is not multiplied out. */
const MOST_TERMS = 60;

export function atom(key: string): Polynomial {
  return single({ atoms: [key], factor: { over: 1n, under: 1n } });
}

/** The polynomial of a decimal numeral; `undefined` where the text is none. */
export function constant(text: string): Polynomial | undefined {
  const match = /^(\d{0,40})(?:\.(\d{0,40}))?$/.exec(text);
  const [, whole = '', part = ''] = match ?? [];
  if (match === null || `${whole}${part}` === '') {
    return undefined;
  }
  const factor = reduced(BigInt(`${whole}${part}`), 10n ** BigInt(part.length));
  return single({ atoms: [], factor });
}

export function plus(a: Polynomial, b: Polynomial): Polynomial {
  return collected([...a.values(), ...b.values()]);
}

export function negated(a: Polynomial): Polynomial {
  return collected(
    [...a.values()].map(({ atoms, factor: { over, under } }) => ({
      atoms,
      factor: { over: -over, under },
    })),
  );
}

/** `undefined` where the product would be too long. */
export function times(a: Polynomial, b: Polynomial): Polynomial | undefined {
  if (a.size * b.size > MOST_TERMS) {
    return undefined;
  }
  return collected(
    [...a.values()].flatMap((one) =>
      [...b.values()].map((two) => ({
        atoms: [...one.atoms, ...two.atoms].toSorted(),
        factor: reduced(one.factor.over * two.factor.over, one.factor.under * two.factor.under),
      })),
    ),
  );
}

/** Each term as what it multiplies: the factor, and the product without it. */
export function termsOf(
  polynomial: Polynomial,
): readonly { readonly factor: Polynomial; readonly atoms: readonly string[] }[] {
  return [...polynomial.values()].map(({ atoms, factor }) => ({
    atoms,
    factor: single({ atoms: [], factor }),
  }));
}

/** Equal texts, equal polynomials. */
export function polynomialKey(polynomial: Polynomial): string {
  const terms = [...polynomial.values()].map(({ atoms, factor: { over, under } }) => {
    const factor = under === 1n ? `${over}` : `${over}/${under}`;
    return [...(factor === '1' && atoms.length > 0 ? [] : [factor]), ...atoms].join(' * ');
  });
  return terms.length === 0 ? '0' : terms.toSorted().join(' + ');
}

function single(term: Term): Polynomial {
  return collected([term]);
}

function collected(terms: readonly Term[]): Polynomial {
  const sums = new Map<string, Term>();
  for (const { atoms, factor } of terms) {
    const key = JSON.stringify(atoms);
    const before = sums.get(key)?.factor ?? { over: 0n, under: 1n };
    const over = before.over * factor.under + factor.over * before.under;
    sums.set(key, { atoms, factor: reduced(over, before.under * factor.under) });
  }
  return new Map([...sums].filter(([, { factor }]) => factor.over !== 0n));
}

function reduced(over: bigint, under: bigint): Fraction {
  const divisor = greatest(over < 0n ? -over : over, under);
  return { over: over / divisor, under: under / divisor };
}

function greatest(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatest(b, a % b);
}
