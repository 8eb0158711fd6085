/** Bits of the signed integer types of all dialects. */
const INTEGER_BITS: ReadonlyMap<string, number> = new Map([
  ['tinyint', 8],
  ['byte', 8],
  ['int1', 8],
  ['smallint', 16],
  ['short', 16],
  ['int2', 16],
  ['int', 32],
  ['integer', 32],
  ['int4', 32],
  ['bigint', 64],
  ['long', 64],
  ['int8', 64],
  ['int64', 64],
  ['hugeint', 128],
]);

const FLOAT_BITS: ReadonlyMap<string, number> = new Map([
  ['real', 32],
  ['float4', 32],
  ['float32', 32],
  ['double', 64],
  ['double precision', 64],
  ['float8', 64],
  ['float64', 64],
]);

const DECIMAL = /^(?:decimal|numeric|number)\((\d+)(?:,(\d+))?\)$/;
/** A sum of 64-bit numbers, where an engine does not say how wide it is. */
const OPEN_DECIMAL = /^(?:decimal|numeric)$/;
const LIMITED_TEXT = /^(?:varchar|character varying|nvarchar|string)\((\d+)\)$/;
const OPEN_TEXT = /^(?:varchar|character varying|text|string)$/;

/**
 * True where every value of the old type is a value of the new one, written and compared as before: a wider integer,
 * float, decimal or text. Whatever is not surely so is not a widening: an integer that became a decimal divides
 * otherwise, a date that became a timestamp groups otherwise.
 */
export function isWidening(from: string, to: string): boolean {
  const [old, now] = [canonical(from), canonical(to)];
  return (
    ladder(INTEGER_BITS, old, now) ||
    ladder(FLOAT_BITS, old, now) ||
    widerDecimal(old, now) ||
    widerText(old, now)
  );
}

/**
 * True where a cast gives back every value that the narrower type can hold, and is an error for any other: whole numbers, and
 * decimals of one scale. Floats round, and some engines cut texts off.
 */
export function carriesExactly(from: string, to: string): boolean {
  const [wide, narrow] = [canonical(from), canonical(to)];
  return (
    ladder(INTEGER_BITS, narrow, wide) ||
    widerDecimal(narrow, wide) ||
    (OPEN_DECIMAL.test(wide) && INTEGER_BITS.has(narrow))
  );
}

/** Type texts that differ in case and spaces only are one type. */
export function isSameType(from: string, to: string): boolean {
  return canonical(from) === canonical(to);
}

function canonical(type: string): string {
  return type
    .toLowerCase()
    .trim()
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\s*([(),])\s*/g, '$1');
}

function ladder(bits: ReadonlyMap<string, number>, from: string, to: string): boolean {
  const [old, now] = [bits.get(from), bits.get(to)];
  return old !== undefined && now !== undefined && now > old;
}

/** As many digits on both sides of the point, and the same scale, so that texts and divisions stay what they were. */
function widerDecimal(from: string, to: string): boolean {
  const [old, now] = [DECIMAL.exec(from), DECIMAL.exec(to)];
  if (old === null || now === null) {
    return false;
  }
  const [oldScale, newScale] = [Number(old[2] ?? 0), Number(now[2] ?? 0)];
  return oldScale === newScale && Number(now[1]) > Number(old[1]);
}

function widerText(from: string, to: string): boolean {
  const old = LIMITED_TEXT.exec(from);
  if (old === null) {
    return false;
  }
  const now = LIMITED_TEXT.exec(to);
  return OPEN_TEXT.test(to) || (now !== null && Number(now[1]) > Number(old[1]));
}
