/** Answers that are remembered by a text, within bounds. */
export interface Remembered<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
}

export interface RememberLimits {
  readonly entries: number;
  /** Of all keys together. */
  readonly characters: number;
}

/**
 * Two generations: when the young one is full it becomes the old one, which is let go. What was asked for in the meantime
 * moves up again, so what is asked often stays, at the price of a plain map.
 */
export function remembering<Value>({ entries, characters }: RememberLimits): Remembered<Value> {
  let young = new Map<string, Value>();
  let old = new Map<string, Value>();
  let size = 0;

  function set(key: string, value: Value): void {
    if (young.size >= entries || size + key.length > characters) {
      old = young;
      young = new Map();
      size = 0;
    }
    size += key.length;
    young.set(key, value);
  }

  return {
    get(key) {
      const value = young.get(key);
      if (value !== undefined) {
        return value;
      }
      const before = old.get(key);
      if (before !== undefined) {
        set(key, before);
      }
      return before;
    },
    set,
  };
}
