import { defineConfig } from 'vitest/config';

/** Against what others wrote: each part is asked for by a variable of its own, and what it needs is installed when first asked for. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/emulators/**/*.emulator.ts'],
    // The first run installs: the slowest is built from source.
    hookTimeout: 3_600_000,
    testTimeout: 1_800_000,
    maxWorkers: 1,
    isolate: false,
    reporters: ['verbose'],
  },
});
