/**
 * A set of column uses in a few bytes: code = 2 x column number + (1 when read only through a star), in rising order,
 * each as its distance from the one before, seven bits a byte, the high bit set where more follow.
 */
export function encodeCodes(codes: ReadonlySet<number>): Uint8Array {
  const bytes: number[] = [];
  let before = 0;
  for (const code of [...codes].toSorted((a, b) => a - b)) {
    let rest = code - before;
    before = code;
    while (rest > 0x7f) {
      bytes.push((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    bytes.push(rest);
  }
  return Uint8Array.from(bytes);
}

export function decodeCodes(bytes: Uint8Array): readonly number[] {
  const codes: number[] = [];
  let code = 0;
  let distance = 0;
  let shift = 0;
  for (const byte of bytes) {
    distance |= (byte & 0x7f) << shift;
    shift += 7;
    if (byte < 0x80) {
      code += distance;
      codes.push(code);
      distance = 0;
      shift = 0;
    }
  }
  return codes;
}
