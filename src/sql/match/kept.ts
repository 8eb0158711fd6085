/** Keeps what is made of two objects for as long as both live. */
export function keptFor<A extends object, B extends object, T>(
  make: (a: A, b: B) => T,
): (a: A, b: B) => T {
  const made = new WeakMap<A, WeakMap<B, { readonly value: T }>>();
  return (a, b) => {
    const ofA = made.get(a) ?? new WeakMap<B, { readonly value: T }>();
    made.set(a, ofA);
    const known = ofA.get(b);
    if (known !== undefined) {
      return known.value;
    }
    const value = make(a, b);
    ofA.set(b, { value });
    return value;
  };
}
