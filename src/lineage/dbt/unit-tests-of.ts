import type { DbtUnitTest } from './dbt-project.ts';
import type { Manifest, ManifestNode } from './manifest-schema.ts';

/** What columns each unit test writes out, of the model under test and of what it is given. */
export function unitTestsOf({
  unit_tests: tests,
  nodes,
  sources,
}: Manifest): readonly DbtUnitTest[] {
  const called = (name: string, version?: string) => {
    const named = Object.values(nodes).filter(
      (node) => node.name === name && node.resource_type !== 'test',
    );
    const wanted = (node: ManifestNode) => version ?? String(node.latest_version ?? '');
    return (named.find((node) => String(node.version ?? '') === wanted(node)) ?? named[0])
      ?.unique_id;
  };
  return Object.values(tests).map((test) => {
    const own = called(test.model, textOf(test.version));
    const given = (test.given ?? []).flatMap(({ input, rows }) => {
      const names = [...input.matchAll(/['"]([^'"]+)['"]/g)].map(([, text]) => text ?? '');
      const name = names.at(-1);
      const version = /\b(?:v|version)\s*=\s*['"]?([\w.]+)/.exec(input)?.[1];
      const source = Object.values(sources).find(
        (each) => each.source_name === names[0] && each.name === name,
      )?.unique_id;
      const isRef = /^\s*ref\b/.test(input) && name !== undefined;
      const model = isRef ? called(name, version) : source;
      return model === undefined ? [] : [{ model, columns: columnsIn(rows) }];
    });
    const expected =
      own === undefined ? [] : [{ model: own, columns: columnsIn(test.expect?.rows) }];
    const path = test.original_file_path?.replaceAll('\\', '/');
    return {
      id: test.unique_id,
      name: test.name,
      ...(own === undefined ? {} : { of: own }),
      ...(path === undefined ? {} : { path }),
      names: [...expected, ...given],
    };
  });
}

function textOf(version: string | number | null | undefined): string | undefined {
  return version === null || version === undefined ? undefined : String(version);
}

/** Rows are dictionaries, or one text of CSV or SQL. */
function columnsIn(rows: unknown): ReadonlySet<string> {
  if (Array.isArray(rows)) {
    return new Set(
      rows.flatMap((row: unknown) =>
        typeof row === 'object' && row !== null
          ? Object.keys(row).map((key) => key.toLowerCase())
          : [],
      ),
    );
  }
  const text = typeof rows === 'string' ? rows : '';
  return new Set(
    [...text.toLowerCase().matchAll(/[\p{L}_][\p{L}\p{N}_$]*/gu)].map(([word]) => word),
  );
}
