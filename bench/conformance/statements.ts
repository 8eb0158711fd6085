import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { classifyStatement } from '../../src/sql/classify-statement.ts';
import type { DialectName } from '../../src/sql/dialect.ts';
import { dialectOf } from '../../src/sql/dialects.ts';
import type { Settings } from './settings.ts';

/** A real statement of the corpus. */
export interface CorpusStatement {
  readonly corpus: string;
  readonly id: string;
  readonly dialect: DialectName;
  readonly sql: string;
  /** A query, a table made by one, or a change of rows: what is mined. */
  readonly isAnalytic: boolean;
}

const ANALYTIC = new Set(['query', 'ctas', 'insert', 'update', 'delete', 'merge']);

/** Every n-th statement of each file. */
export function readStatements({ corpus, stride }: Settings): readonly CorpusStatement[] {
  return globSync(join(corpus, 'statements', '*.jsonl.gz'))
    .toSorted()
    .flatMap((path) =>
      gunzipSync(readFileSync(path))
        .toString()
        .split('\n')
        .filter((line, index) => line !== '' && index % stride === 0)
        .map((line) => JSON.parse(line) as { id: string; dialect: string; sql: string })
        .map(({ id, dialect: said, sql }) => {
          const dialect = dialectOf(said);
          const { kind } = classifyStatement(sql, dialect);
          return {
            corpus: basename(path, '.jsonl.gz'),
            id,
            dialect: dialect.name,
            sql,
            isAnalytic: ANALYTIC.has(kind),
          };
        }),
    );
}
