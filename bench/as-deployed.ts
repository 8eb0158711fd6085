/**
 * Flags of Node with which the image starts Goldsmith: what dies young needs no large nursery, what dies old is let go soon, and the
 * parsers' WebAssembly is compiled once, for compiling it again optimized takes up to 240 MiB.
 */
export const AS_DEPLOYED: readonly string[] = [
  '--enable-source-maps',
  '--max-semi-space-size=16',
  '--heap-growing-percent=50',
  '--no-wasm-tier-up',
  '--no-wasm-dynamic-tiering',
];

/** What the image sets beside them. */
export const DEPLOYED_ENVIRONMENT: Readonly<Record<string, string>> = {
  NODE_ENV: 'production',
  MALLOC_ARENA_MAX: '2',
};
