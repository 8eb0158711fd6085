import { spawn } from 'node:child_process';
import { text as allOf } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { pythonWith } from '../installed.ts';
import { part } from '../part.ts';
import { oneOfEach, TEXTS } from './texts-of.ts';

/** The version fakesnow asks for, so that both live in one place. */
const PACKAGES = ['sqlglot==30.22.0'];

/** What sqlglot has no grammar for, all of it and nothing else; each stands in the vendor's own documentation. */
const UNREAD: Readonly<Record<string, readonly RegExp[]>> = {
  snowflake: [
    /^grant ownership on .* copy current grants$/,
    /^show grants on schema \S+$/,
    /^show future grants to role \S+$/,
    /^show materialized views in database$/,
    /^alter materialized view \S+ suspend$/,
    /^alter materialized view \S+ resume$/,
    /^alter dynamic table \S+ refresh$/,
    /^alter dynamic table \S+ suspend$/,
    /^alter dynamic table \S+ resume$/,
    /^drop dynamic table \S+$/,
  ],
  bigquery: [
    /^alter view \S+ alter column \S+ set options/,
    /^call bq\.refresh_materialized_view\('\S+'\)$/,
  ],
  databricks: [
    /describe detail /,
    /describe history /,
    /(?:^|\*\/ )show tblproperties \S+$/,
    /(?:^|\*\/ )show create table \S+$/,
    /^alter view \S+ owner to /,
    /^create materialized view \S+ comment '.*' refresh policy incremental strict as\n/,
  ],
};

interface Read {
  readonly sql: string;
  readonly problem: string | null;
}

part({ variable: 'GOLDSMITH_SQLGLOT', against: 'sqlglot (PyPI), a second parser' }, () => {
  it.for(Object.entries(TEXTS))(
    'sqlglot reads every kind of statement sent to %s',
    async ([dialect, textsOf]) => {
      const python = await pythonWith(PACKAGES);
      const texts = oneOfEach(await textsOf());

      const read = await readBySqlglot(python, { dialect, texts });

      const known = UNREAD[dialect] ?? [];
      const unread = read.filter(({ problem }) => problem !== null);
      const isKnown = ({ sql }: Read) => known.some((pattern) => pattern.test(sql));
      expect(unread.filter((each) => !isKnown(each))).toEqual([]);
      expect(known.filter((pattern) => !unread.some(({ sql }) => pattern.test(sql)))).toEqual([]);
      expect(read.length).toBeGreaterThan(200);
      process.stdout.write(
        `sqlglot read ${read.length - unread.length} of ${read.length} statements of ${dialect}\n`,
      );
    },
  );
});

async function readBySqlglot(
  python: string,
  { dialect, texts }: { readonly dialect: string; readonly texts: readonly string[] },
): Promise<readonly Read[]> {
  const script = fileURLToPath(new URL('parse_all.py', import.meta.url));
  const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(texts.map((sql) => `${JSON.stringify({ dialect, sql })}\n`).join(''));
  const lines = (await allOf(child.stdout)).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Read);
}
