import type { DuckDBPreparedStatement } from '@duckdb/node-api';
import type { RunNative } from '../native-gate.ts';
import type { NativeReader } from '../reader.ts';
import { adapted } from '../reader.ts';
import { readStatements } from './read-statements.ts';
import { together } from './together.ts';

/** What DuckDB says of a text it cannot read; any other failure says nothing of the text. */
const REFUSAL =
  /^Failed to extract statements: (?:Parser|Binder|Invalid Input|Not implemented) Error: /;
const SERIALIZE = 'select list_transform($1::varchar[], lambda text: json_serialize_sql(text))';
const QUOTED_LINE = /\s*LINE \d+:[\s\S]*$/;
/** Running a statement costs twice as much as one tree of a usual text. */
const MOST_TOGETHER = 64;

/**
 * Opens DuckDB's own parser: an empty database in memory that is never given a statement of anybody's to run.
 * Of what no other grammar reads it tells the tables and columns, and keeps the rest opaque.
 */
export async function openDuckdb(runNative: RunNative): Promise<NativeReader> {
  const { DuckDBInstance, DuckDBListValue, LIST, VARCHAR } = await import('@duckdb/node-api');
  const options = { threads: '1', enable_external_access: 'false', memory_limit: '256MB' };
  const connection = await runNative(async () =>
    (await DuckDBInstance.create(':memory:', options)).connect(),
  );
  let serialize: DuckDBPreparedStatement | undefined;

  /** Its own trees of texts, as JSON. */
  async function treesOf(texts: readonly string[]): Promise<readonly string[]> {
    serialize ??= await connection.prepare(SERIALIZE);
    serialize.bind([new DuckDBListValue(texts)], [LIST(VARCHAR)]);
    const result = await serialize.run();
    const trees = result.getChunk(0).getRows()[0]?.[0];
    return trees instanceof DuckDBListValue ? trees.items.map(String) : [];
  }

  const treeOf = together(MOST_TOGETHER, (texts: readonly string[]) =>
    runNative(() => treesOf(texts)),
  );

  return {
    async refusalOf(sql) {
      if (sql.includes('\0')) {
        return 'a text cannot hold the character 0';
      }
      try {
        await runNative(() => connection.extractStatements(sql));
        return undefined;
      } catch (error) {
        const message = error instanceof Error ? error.message : '';
        return REFUSAL.test(message)
          ? message.replace(REFUSAL, '').replace(QUOTED_LINE, '')
          : undefined;
      }
    },
    async read(sql) {
      const tree: unknown = JSON.parse(await treeOf(sql));
      return adapted(() => readStatements(tree));
    },
  };
}
