/** A set of small whole numbers, one bit each. */
export type Bitset = Uint32Array;

export function emptyBitset(size: number): Bitset {
  return new Uint32Array(Math.ceil(size / 32));
}

export function addBit(bits: Bitset, at: number): void {
  bits[at >>> 5] = (bits[at >>> 5] ?? 0) | (1 << (at & 31));
}

export function hasBit(bits: Bitset, at: number): boolean {
  return ((bits[at >>> 5] ?? 0) & (1 << (at & 31))) !== 0;
}

export function intersect(a: Bitset, b: Bitset): Bitset {
  return a.map((word, index) => word & (b[index] ?? 0));
}

/** True when all of `inner` is in `outer`. */
export function isSubset(inner: Bitset, outer: Bitset): boolean {
  for (let index = 0; index < inner.length; index += 1) {
    if (((inner[index] ?? 0) & ~(outer[index] ?? 0)) !== 0) {
      return false;
    }
  }
  return true;
}

/** The members, in rising order. */
export function membersOf(bits: Bitset): readonly number[] {
  const members: number[] = [];
  bits.forEach((word, index) => {
    for (let rest = word >>> 0; rest !== 0; rest = (rest & (rest - 1)) >>> 0) {
      members.push(index * 32 + 31 - Math.clz32(rest & -rest));
    }
  });
  return members;
}
