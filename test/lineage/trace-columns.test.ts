import { describe, expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import { columnLineage, type Write } from '../../src/lineage/column-edges.ts';
import {
  columnsOnTheWay,
  type LineageStep,
  traceColumns,
} from '../../src/lineage/trace-columns.ts';
import { dialectOf } from '../../src/sql/dialects.ts';
import { schemaOf, shapeSql } from '../sql/resolve/shape-sql.ts';

const dialect = dialectOf('duckdb');
const names = { schema: 'gold' };
const id = (name: string) => relationId({ schema: 'gold', name });

const DDL = `
  create table gold.orders (id int, customer int, amount double, day date);
  create table gold.summary (day date, total double);
  create view gold.daily as select day, sum(amount) as total from orders group by day;
  create view gold.weekly as select sum(total) as total, max(day) as until from daily;
`;

async function lineage(writes: readonly string[] = []) {
  const schema = await schemaOf(DDL, { dialect, names });
  const shapes = await Promise.all(writes.map((sql) => shapeSql({ sql, ddl: DDL, names })));
  return columnLineage({
    snapshot: schema.snapshot,
    dialect,
    writes: shapes.flatMap(({ target, lineage: edges }): Write[] =>
      target === undefined ? [] : [{ target, lineage: edges }],
    ),
  });
}

function told({ at, how, again, next }: LineageStep, depth = 0): readonly string[] {
  const marks = [how, again ? 'again' : undefined].filter((mark) => mark !== undefined);
  const line = `${'  '.repeat(depth)}${at.relation}.${at.column}${marks.length > 0 ? ` (${marks.join(', ')})` : ''}`;
  return [line, ...next.flatMap((step) => told(step, depth + 1))];
}

describe('traceColumns', () => {
  it('goes up from a view through views to base columns, a step at a time', async () => {
    const { edges } = await lineage();
    const step = traceColumns(
      { relation: id('weekly'), column: 'total' },
      { edges, direction: 'up' },
    );
    expect(told(step)).toEqual([
      'gold.weekly.total',
      '  gold.daily.total (view)',
      '    gold.orders.amount (view)',
    ]);
  });

  it('goes down through views and through what statements wrote', async () => {
    const { edges } = await lineage([
      'insert into gold.summary select day, amount from gold.orders',
    ]);
    const start = { relation: id('orders'), column: 'day' };
    expect(told(traceColumns(start, { edges, direction: 'down' }))).toEqual([
      'gold.orders.day',
      '  gold.daily.day (view)',
      '    gold.weekly.until (view)',
      '  gold.summary.day (statement)',
    ]);
  });

  it('ends where a statement feeds what it reads', async () => {
    const { edges } = await lineage([
      'insert into gold.orders (id) select customer from gold.orders',
      'insert into gold.orders (customer) select id from gold.orders',
    ]);
    const step = traceColumns(
      { relation: id('orders'), column: 'id' },
      { edges, direction: 'down' },
    );
    expect(told(step)).toEqual([
      'gold.orders.id',
      '  gold.orders.customer (statement)',
      '    gold.orders.id (statement, again)',
    ]);
    expect(columnsOnTheWay(step)).toHaveLength(2);
  });

  it('names views whose definition is not understood', async () => {
    const schema = await schemaOf(`${DDL} create view gold.odd as select nope from orders;`, {
      dialect,
      names,
    });
    const { notUnderstood } = columnLineage({ snapshot: schema.snapshot, dialect, writes: [] });
    expect(notUnderstood.map(({ relation }) => relation)).toEqual(['gold.odd']);
  });
});
