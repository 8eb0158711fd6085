/** Numbers names in the order they are first met. */
export interface Numbering {
  readonly numberOf: (name: string) => number;
  readonly find: (name: string) => number | undefined;
}

export function numbering(): Numbering {
  const numbers = new Map<string, number>();
  return {
    find: (name) => numbers.get(name),
    numberOf(name) {
      const number = numbers.get(name) ?? numbers.size;
      numbers.set(name, number);
      return number;
    },
  };
}

/** A set of small numbers, 32 to a word; absent words are empty. */
export type BitSet = readonly number[];

export function bitSetOf(numbers: Iterable<number>): BitSet {
  const words: number[] = [];
  for (const number of numbers) {
    const word = number >>> 5;
    while (words.length <= word) {
      words.push(0);
    }
    words[word] = (words[word] ?? 0) | (1 << (number & 31));
  }
  return words;
}

export function overlaps(a: BitSet, b: BitSet): boolean {
  const length = Math.min(a.length, b.length);
  for (let word = 0; word < length; word += 1) {
    if (((a[word] ?? 0) & (b[word] ?? 0)) !== 0) {
      return true;
    }
  }
  return false;
}

/** True when each of `a` is in `b`. */
export function isWithin(a: BitSet, b: BitSet): boolean {
  for (let word = 0; word < a.length; word += 1) {
    if (((a[word] ?? 0) & ~(b[word] ?? 0)) !== 0) {
      return false;
    }
  }
  return true;
}

/** Those in both. */
export function both(a: BitSet, b: BitSet): BitSet {
  const words: number[] = [];
  for (let word = 0; word < a.length && word < b.length; word += 1) {
    words.push((a[word] ?? 0) & (b[word] ?? 0));
  }
  return words;
}

/** Those in either. */
export function either(a: BitSet, b: BitSet): BitSet {
  const words: number[] = [];
  for (let word = 0; word < a.length || word < b.length; word += 1) {
    words.push((a[word] ?? 0) | (b[word] ?? 0));
  }
  return words;
}

/** Those in `a` that are not in `b`. */
export function without(a: BitSet, b: BitSet): BitSet {
  return a.map((bits, word) => bits & ~(b[word] ?? 0));
}

/** The numbers of a set, in order. */
export function* numbersIn(set: BitSet): Generator<number> {
  for (let word = 0; word < set.length; word += 1) {
    let bits = set[word] ?? 0;
    while (bits !== 0) {
      const bit = 31 - Math.clz32(bits & -bits);
      yield word * 32 + bit;
      bits &= bits - 1;
    }
  }
}
