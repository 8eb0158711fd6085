import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';

/** What is imported at once by the command line's first file, and by what that imports. */
function loadedAtStart(first: string) {
  const files = new Set([first]);
  const packages = new Set<string>();
  for (const file of files) {
    const imports = readFileSync(file, 'utf8').matchAll(
      /^(?:import|export)\b(?! type\b)([^;]*?) from '([^']+)';/gms,
    );
    for (const [, names = '', specifier = ''] of imports) {
      const isTypesOnly = /^\s*\{(\s*type\b[^,}]*,?)+\s*\}$/.test(names);
      if (!isTypesOnly && specifier.startsWith('.')) {
        files.add(posix.join(posix.dirname(file), specifier));
      } else if (!isTypesOnly && !specifier.startsWith('node:')) {
        packages.add(specifier);
      }
    }
  }
  return { files: [...files], packages: [...packages] };
}

const HEAVY = /duckdb|^pg|snowflake|google-cloud|databricks|libpg|sql-parser|sqlparser|polyglot/;

describe('the start of a command', () => {
  it('loads what reads its words and its configuration, and not the daemon', () => {
    const { files, packages } = loadedAtStart('src/cli/run-cli.ts');

    expect(files).toContain('src/config/load-config.ts');
    expect(files.length).toBeLessThan(100);
    expect(packages.filter((name) => HEAVY.test(name))).toEqual([]);
  });
});

describe('the start of a daemon', () => {
  it('loads no driver, no engine and no parser before the configuration asks for one', () => {
    const { files, packages } = loadedAtStart('src/daemon/run-daemon.ts');

    expect(files).toContain('src/daemon/start-goldsmith.ts');
    expect(packages).toContain('zod');
    expect(packages.filter((name) => HEAVY.test(name))).toEqual([]);
  });
});
