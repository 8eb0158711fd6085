import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { measureFacts } from '../../../src/lineage/words/measure-facts.ts';
import { semanticParts } from '../../../src/lineage/words/semantic-parts.ts';
import { semanticFiles } from '../../../src/propose/semantic-model/semantic-files.ts';
import { snakeName } from '../../../src/propose/semantic-model/snake-name.ts';
import { dialectOf } from '../../../src/sql/dialects.ts';
import { bindQuery } from '../../../src/sql/resolve/bind-query.ts';
import { shop } from '../../lineage/words/measures-in.ts';
import { statementsOf } from '../../sql/resolve/shape-sql.ts';

const dialect = dialectOf('duckdb');
const FROM = 'from lines l join orders o on o.order_id = l.order_id';

async function written(
  sql: string,
  refer: (relation: string) => string | undefined = () => undefined,
) {
  const schema = await shop;
  const [statement] = await statementsOf(sql, dialect);
  if (statement?.kind !== 'query') {
    throw new Error(`no query: ${sql}`);
  }
  const { query } = bindQuery(statement.query, { schema, dialect, names: {} });
  const world = { keys: { of: () => [], rows: () => 0 }, isNotNull: () => false };
  const [example] = measureFacts(query, { world, dialect });
  if (example === undefined) {
    throw new Error(`no measure: ${sql}`);
  }
  return semanticFiles({
    name: example.name,
    definition: { id: '12345678', text: example.text },
    parts: semanticParts({ example, hidesValues: 'none' }),
    schema,
    dialect: 'duckdb',
    folder: 'models/semantic',
    refer,
  });
}

async function texts(sql: string, refer?: (relation: string) => string | undefined) {
  const files = await written(sql, refer);
  return files.kind === 'files' ? files.files.map(({ text = '' }) => text) : [files.because];
}

describe('a definition as a semantic model', () => {
  it('reads models and sources by reference, and what is neither by its name', async () => {
    const [rows] = await texts(`select sum(l.net) as revenue ${FROM}`, (relation) =>
      relation === 'orders' ? "{{ ref('stg_orders') }}" : undefined,
    );
    expect(rows).toContain("join {{ ref('stg_orders') }} as t2 on t2.order_id = t1.order_id");
    expect(rows).toContain('from lines as t1');
  });

  it('leaves out the statement’s own filters, and every column nobody cut the number by', async () => {
    const [rows = ''] = await texts(
      `select o.status, sum(l.net) as revenue ${FROM} where l.product = 'a' group by 1`,
    );
    expect(rows).not.toContain("'a'");
    expect(rows.split('\n').slice(3, 9)).toEqual([
      'select t2.day,',
      '  t2.status,',
      '  t1.product,',
      '  t2.order_id,',
      '  t1.net as revenue_input',
      'from lines as t1',
    ]);
  });

  it('says a formula over several aggregates as a derived metric', async () => {
    const [, yaml = ''] = await texts(
      `select 100 * (sum(l.net) - sum(l.tax)) / count(*) as margin ${FROM}`,
    );
    expect(parse(yaml)).toMatchObject({
      semantic_models: [{ measures: [{ agg: 'sum' }, { agg: 'sum' }, { agg: 'sum' }] }],
      metrics: [
        { name: 'margin_part_1', label: 'margin, part 1' },
        { name: 'margin_part_2', label: 'margin, part 2' },
        { name: 'margin_part_3', label: 'margin, part 3' },
        {
          name: 'margin',
          type: 'derived',
          type_params: {
            expr: '((100 * (margin_part_1 - margin_part_2)) / margin_part_3)',
            metrics: [
              { name: 'margin_part_1' },
              { name: 'margin_part_2' },
              { name: 'margin_part_3' },
            ],
          },
        },
      ],
    });
  });

  it('counts what is not NULL as a sum of ones', async () => {
    const [rows, yaml = ''] = await texts(`select count(l.net) as priced_lines ${FROM}`);
    expect(rows).toContain('case when t1.net is not null then 1 end as priced_lines_input');
    expect(parse(yaml)).toMatchObject({ semantic_models: [{ measures: [{ agg: 'sum' }] }] });
  });

  it.for([
    ['select sum(seconds) as stay from visits', 'none of visits has a date'],
    [
      'select avg(revenue) as mean_day from (select o.day, sum(l.net) as revenue from lines l join orders o using (order_id) group by 1) as d',
      'avg of an aggregate keeps a grouping that a semantic layer does not',
    ],
    [`select stddev(l.net) as spread ${FROM}`, 'stddev_samp is no aggregation of a semantic layer'],
    [
      `select greatest(sum(l.net), 0) as floor_revenue ${FROM}`,
      'greatest over aggregates has no word in a semantic layer',
    ],
    [
      `select sum(l.net) filter (l.product = '{{ env_var() }}') as odd_revenue ${FROM}`,
      'a text in it would be taken for Jinja',
    ],
  ])('is refused for %s', async ([sql = '', because = '']) => {
    const files = await written(sql);
    expect(files).toMatchObject({ kind: 'no-files', because: expect.stringContaining(because) });
  });
});

describe('names for a semantic layer', () => {
  it.for([
    ['Net Revenue', 'net_revenue'],
    ['netRevenue', 'net_revenue'],
    ['net__revenue_', 'net_revenue'],
    ['7day_revenue', 'm_7day_revenue'],
    ['x', 'x_x'],
    ['Umsatz (€)', 'umsatz'],
    ['größe', 'gro_e'],
  ])('%s is %s', ([text = '', name = '']) => {
    expect(snakeName(text)).toBe(name);
  });
});
