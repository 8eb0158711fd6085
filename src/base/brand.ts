declare const brand: unique symbol;

/** A value checked once at the edge and trusted afterwards. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };
