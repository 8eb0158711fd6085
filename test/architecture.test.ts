import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Data flows down this list. A folder may import itself and anything above it. */
const LAYERS = [
  ['base'],
  ['marts'],
  ['sql'],
  ['cost'],
  ['parsers'],
  ['connectors'],
  ['usage'],
  ['lineage'],
  ['graph'],
  ['candidates'],
  ['prune'],
  ['decide'],
  ['plan'],
  ['drift'],
  ['prove'],
  ['materializer'],
  ['savings'],
  ['propose'],
  ['notify'],
  ['store'],
  ['metrics', 'http', 'config'],
  ['daemon'],
  ['replay'],
  ['cli'],
];

/** Where the thinking is. From a folder that touches the world it may take types; the world itself it may not touch. */
const PURE =
  /^(base|sql|marts|cost|usage|lineage|graph|candidates|prune|decide|plan|drift|savings)$/;
const PURE_PACKAGES = /^(zod|node:crypto|graphology(-.+)?)$/;
const WORLD = /\b(Date\.now|new Date\(\)|Math\.random|process\.|fetch\()/;
const VENDOR = /(['"`])(snowflake|bigquery|databricks|duckdb|postgres)\1/;
const MAY_NAME_VENDORS =
  /^src\/(sql\/dialect(s?)\.ts|sql\/dialects\/|cost\/(pricing\/|price-list\.ts)|parsers\/|connectors\/(duckdb\/|postgres\/|snowflake\/|bigquery\/|databricks\/|open-connector\.ts|settings\.ts|history\/)|sql\/parse-sql\.ts)/;

const folderOf = (path: string) => path.split('/')[1] ?? '';
const rankOf = (folder: string) => LAYERS.findIndex((layer) => layer.includes(folder));
const paths = globSync('src/*/**/*.ts').toSorted();

/** Every check below loops over files; without this one, no files would mean all green. */
it('finds the sources, each in a known folder', () => {
  expect(paths.length).toBeGreaterThan(50);
  expect(paths.filter((path) => rankOf(folderOf(path)) === -1)).toEqual([]);
});

describe.for(paths)('%s', (path) => {
  const text = readFileSync(path, 'utf8');
  const folder = folderOf(path);
  const imports = [...text.matchAll(/^(import type|import|export)[^;]*? from '([^']+)';/gms)].map(
    ([, keyword = '', specifier = '']) => ({ keyword, specifier }),
  );

  it('imports only what comes before it', () => {
    const offending = imports
      .filter(({ specifier }) => specifier.startsWith('.'))
      .map(({ specifier }) => folderOf(posix.join(posix.dirname(path), specifier)))
      .filter((target) => target !== folder && rankOf(target) >= rankOf(folder));

    expect(offending).toEqual([]);
  });

  it.runIf(PURE.test(folder))('is pure', () => {
    const offending = imports.filter(({ keyword, specifier }) => {
      if (keyword === 'import type') {
        return false;
      }
      const isLocal = specifier.startsWith('.');
      const target = isLocal ? folderOf(posix.join(posix.dirname(path), specifier)) : '';
      return isLocal ? target !== folder && !PURE.test(target) : !PURE_PACKAGES.test(specifier);
    });

    expect(offending).toEqual([]);
    expect(text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')).not.toMatch(WORLD);
  });

  it.runIf(!MAY_NAME_VENDORS.test(path))(
    'asks what a warehouse can do, never which one it is',
    () => {
      expect(text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')).not.toMatch(VENDOR);
    },
  );

  it('stays a small room', () => {
    expect(text.split('\n').length).toBeLessThanOrEqual(400);
  });
});
