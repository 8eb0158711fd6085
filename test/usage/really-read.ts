import { makeReadShapes } from '../../src/daemon/read-shapes.ts';
import { openParsers } from '../../src/parsers/open-parsers.ts';
import type { DialectName } from '../../src/sql/dialect.ts';
import { dialectOf } from '../../src/sql/dialects.ts';
import { schemaFromDdl } from '../../src/sql/schema-from-ddl.ts';
import type { IngestParts } from '../../src/usage/ingest-history.ts';
import { rowInterpreter } from '../../src/usage/row-interpreter.ts';

/** The interpreter, the parsers and the resolver as the daemon wires them, over the relations of a DDL text. */
export async function reallyRead(
  ddl: string,
  name: DialectName = 'duckdb',
): Promise<AsyncDisposable & Pick<IngestParts, 'interpret' | 'readShapes'>> {
  const dialect = dialectOf(name);
  const parsers = openParsers({ workers: 1 });
  const [outcome] = await parsers.parse([{ sql: ddl, dialect: name }]);
  const statements = outcome?.kind === 'parsed' ? outcome.statements : [];
  const schema = schemaFromDdl(statements, { dialect });
  return {
    interpret: rowInterpreter({ dialect, readerRules: [] }),
    readShapes: makeReadShapes({
      shapesOf: parsers.shapesOf,
      dialect: name,
      schema,
      names: {},
    }),
    [Symbol.asyncDispose]: () => parsers.close(),
  };
}
