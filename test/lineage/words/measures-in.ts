import type { RelationId } from '../../../src/base/relation.ts';
import {
  type CanonicalMeasure,
  canonicalMeasure,
  type MeasureWorld,
} from '../../../src/lineage/words/canonical-measure.ts';
import { definitionText } from '../../../src/lineage/words/definition-text.ts';
import { findMeasures } from '../../../src/lineage/words/find-measures.ts';
import { dialectOf } from '../../../src/sql/dialects.ts';
import { bindQuery } from '../../../src/sql/resolve/bind-query.ts';
import { schemaOf, statementsOf } from '../../sql/resolve/shape-sql.ts';

export const SHOP = `
  create table customers (customer_id int primary key, region varchar, tier varchar);
  create table orders (order_id int primary key, customer_id int, status varchar, day date,
    total decimal(12,2) not null, discount decimal(12,2), shipping decimal(12,2) not null);
  create table lines (line_id int primary key, order_id int, product varchar, quantity int not null,
    price decimal(12,2) not null, discount decimal(4,2) not null, net decimal(12,2), tax decimal(12,2));
  create table visits (visitor varchar, page varchar, seconds int);
  create view daily as select day, sum(net) as revenue, count(*) as line_count
    from lines join orders on orders.order_id = lines.order_id group by day;
`;

const dialect = dialectOf('duckdb');
/** Read once: a test asks for dozens of measures over it. */
export const shop = schemaOf(SHOP, { dialect });

/** Lines with their orders. */
export const FROM_ALL = 'from lines l join orders o on o.order_id = l.order_id';

export interface FoundWord extends CanonicalMeasure {
  readonly name: string;
  readonly text: string;
}

/** The measures of a statement over the shop, by the names they are given. */
export async function wordsIn(sql: string, ddl: string = SHOP): Promise<readonly FoundWord[]> {
  const schema = await (ddl === SHOP ? shop : schemaOf(ddl, { dialect }));
  const [statement] = await statementsOf(sql, dialect);
  if (statement?.kind !== 'query') {
    throw new Error(`no query: ${sql}`);
  }
  const { query } = bindQuery(statement.query, { schema, dialect, names: {} });
  const { measures, tables } = findMeasures(query);
  const relationOf = (id: RelationId) => schema.relationOf(id);
  const world: MeasureWorld = {
    tables,
    keys: {
      of: (id) => (relationOf(id)?.keys ?? []).map(({ columns }) => columns),
      rows: (id) => (id === 'lines' ? 1000 : 100),
    },
    isNotNull: (id, name) =>
      relationOf(id)?.columns.find((column) => column.name === name)?.notNull === true,
  };
  return measures.map((measure) => ({
    name: measure.name,
    text: definitionText(measure.arithmetic, { dialect, tables }),
    ...canonicalMeasure(measure, world),
  }));
}

export async function keyOf(expression: string, from = 'lines'): Promise<string> {
  const [word] = await wordsIn(`select ${expression} as it from ${from}`);
  return word?.key ?? 'no measure';
}
