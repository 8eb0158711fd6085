import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const DRIVERS = ['pg', 'pg-cursor', 'snowflake-sdk', '@google-cloud/bigquery', '@databricks/sql'];

/** Packages a source loads, by itself and through what it imports; what it imports when asked only if `whenAsked`. */
function packagesOf(source: string, { whenAsked }: { readonly whenAsked: boolean }): Set<string> {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const open = [join(ROOT, source)];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (seen.has(path)) {
      continue;
    }
    seen.add(path);
    const text = readFileSync(path, 'utf8');
    const always = text.matchAll(/^(?:import|export)(?! type)[^;]*? from '([^']+)';/gm);
    const asked = whenAsked ? text.matchAll(/\bimport\('([^']+)'\)/g) : [];
    for (const [, name = ''] of [...always, ...asked]) {
      if (name.startsWith('.')) {
        open.push(resolve(path, '..', name));
      } else {
        packages.add(name);
      }
    }
  }
  return packages;
}

const driversOf = (source: string, whenAsked: boolean) =>
  DRIVERS.filter((driver) => packagesOf(source, { whenAsked }).has(driver));

describe('a warehouse’s driver', () => {
  it('is loaded by nothing that every Goldsmith loads', () => {
    expect(driversOf('src/main.ts', false)).toEqual([]);
    expect(driversOf('src/daemon/start-goldsmith.ts', false)).toEqual([]);
    expect(driversOf('src/connectors/open-connector.ts', false)).toEqual([]);
  });

  it.each([
    ['duckdb/duckdb-connector.ts', []],
    ['postgres/open-configured.ts', ['pg', 'pg-cursor']],
    ['snowflake/open-configured.ts', ['snowflake-sdk']],
    ['bigquery/open-configured.ts', ['@google-cloud/bigquery']],
    ['databricks/open-configured.ts', ['@databricks/sql']],
  ])('is the only one behind %s', (source, drivers) => {
    expect(driversOf(`src/connectors/${source}`, true)).toEqual(drivers);
  });

  it('is in no process that has loaded Goldsmith and opened nothing', () => {
    const script = `await import(${JSON.stringify(pathToFileURL(join(ROOT, 'src/daemon/start-goldsmith.ts')).href)});
const { createRequire } = await import('node:module');
console.log(JSON.stringify(Object.keys(createRequire(import.meta.url).cache)));`;
    const loaded = JSON.parse(
      execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        cwd: ROOT,
        encoding: 'utf8',
      }),
    ) as readonly string[];

    expect(loaded.length).toBeGreaterThan(0);
    expect(
      DRIVERS.filter((driver) => loaded.some((path) => path.includes(`/node_modules/${driver}/`))),
    ).toEqual([]);
  });
});
