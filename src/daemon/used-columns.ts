import type { MartDefinition } from '../marts/mart.ts';
import { obligationColumns } from '../marts/obligation-columns.ts';
import type { FreshnessPorts } from '../materializer/work.ts';
import type { DialectName } from '../sql/dialect.ts';
import { dialectOf } from '../sql/dialects.ts';
import { columnsRead } from '../sql/normalize/columns-read.ts';
import type { ParseSql } from '../sql/parse-sql.ts';
import { bindQuery, type QueryBinding } from '../sql/resolve/bind-query.ts';
import type { NameContext } from '../sql/schema.ts';
import type { SchemaIndex } from '../sql/schema-index.ts';

export interface UsedColumnsParts {
  readonly parse: ParseSql;
  readonly dialect: DialectName;
  readonly schema: SchemaIndex;
  readonly names: NameContext;
}

/**
 * Tells which columns of its sources a definition and its obligations rest on: what is told of a version by its facts holds while these
 * are as they were. Each definition is read once.
 */
export function usedColumnsBy(parts: UsedColumnsParts): NonNullable<FreshnessPorts['usedColumns']> {
  const bindings = new Map<string, Promise<QueryBinding | undefined>>();
  return async ({ sql, obligations }, source) => {
    const binding = bindings.get(sql) ?? bind(sql, parts);
    bindings.set(sql, binding);
    const bound = await binding;
    return bound === undefined
      ? undefined
      : columnsRead(bound, {
          relation: source,
          schema: parts.schema,
          also: obligations
            .flatMap(obligationColumns)
            .flatMap(({ relation, names }) => (relation === source ? names : [])),
        });
  };
}

async function bind(
  sql: MartDefinition['sql'],
  { parse, dialect, schema, names }: UsedColumnsParts,
): Promise<QueryBinding | undefined> {
  const [outcome] = await parse([{ sql, dialect }]);
  const statement =
    outcome?.kind === 'parsed' && outcome.statements.length === 1
      ? outcome.statements[0]
      : undefined;
  return statement?.kind === 'query'
    ? bindQuery(statement.query, { schema, names, dialect: dialectOf(dialect) })
    : undefined;
}
