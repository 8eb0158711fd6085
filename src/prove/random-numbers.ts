/** Numbers from 0 up to, but not, 1. */
export type RandomNumbers = () => number;

/** The mulberry32 generator: small, fast, and the same everywhere for the same seed. */
export function randomNumbers(seed: number): RandomNumbers {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One of some values; `undefined` where there are none. */
export function pick<Value>(values: readonly Value[], random: RandomNumbers): Value | undefined {
  return values[Math.floor(random() * values.length)];
}
