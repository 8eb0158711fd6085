import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * Every Goldsmith that a test starts reads SQL in a worker of its own. V8 takes code it has compiled already for as long as somebody in the
 * process holds on to it: this does, so that a worker's start costs half as much, and what it compiles while it reads is there for the next.
 */
const require = createRequire(import.meta.url);
const FILES = [
  ['@polyglot-sql/sdk', 'polyglot_sql.wasm'],
  ['@guanmingchiu/sqlparser-ts', '../wasm/sqlparser_rs_wasm_bg.wasm'],
] as const;

interface Held {
  readonly WebAssembly: { readonly compile: (bytes: Uint8Array) => Promise<object> };
  compiledParsers?: Promise<readonly object[]>;
}

const held = globalThis as typeof globalThis & Held;
held.compiledParsers ??= Promise.all(
  FILES.map(([name, file]) =>
    held.WebAssembly.compile(readFileSync(join(dirname(require.resolve(name)), file))),
  ),
);
await held.compiledParsers;
