import type { Mart, MartDefinition } from '../../marts/mart.ts';
import { type SaidOfColumn, saidOfColumns } from '../../propose/files/said-of-columns.ts';
import { dialectOf } from '../../sql/dialects.ts';
import { bindQuery } from '../../sql/resolve/bind-query.ts';
import type { Engine } from '../engine.ts';
import { observe } from '../observe.ts';

/** What the catalog says of the columns these definitions pass on, by the definition's text. The catalog is asked only where there is one. */
export async function saidBySources(
  engine: Pick<Engine, 'connector' | 'parsers' | 'config' | 'names'>,
  {
    definitions,
    marts,
  }: { readonly definitions: readonly MartDefinition[]; readonly marts: readonly Mart[] },
): Promise<ReadonlyMap<string, ReadonlyMap<string, SaidOfColumn>>> {
  if (definitions.length === 0) {
    return new Map();
  }
  const { connector, parsers, names } = engine;
  const { dialect } = connector;
  const { index: schema, catalog } = await observe(engine, {
    marts,
    signal: undefined,
    withoutSizes: true,
  });
  const columnsOf = new Map(catalog.map(({ id, columns }) => [id, columns]));
  const outcomes = await parsers.parse(definitions.map(({ sql }) => ({ sql, dialect })));
  return new Map(
    definitions.flatMap(({ sql, columns }, nth) => {
      const outcome = outcomes[nth];
      const [statement] = outcome?.kind === 'parsed' ? outcome.statements : [];
      if (statement?.kind !== 'query') {
        return [];
      }
      const { query } = bindQuery(statement.query, { schema, names, dialect: dialectOf(dialect) });
      const said = saidOfColumns(query, {
        columns,
        columnOf: (relation, column) =>
          columnsOf.get(relation)?.find(({ name }) => name === column),
      });
      return said.size === 0 ? [] : [[sql, said] as const];
    }),
  );
}
