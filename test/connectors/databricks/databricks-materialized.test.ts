import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RelationId, relationId } from '../../../src/base/relation.ts';
import type { Connector } from '../../../src/connectors/connector.ts';
import { openDatabricks } from '../../../src/connectors/databricks/databricks-connector.ts';
import { databricksWording } from '../../../src/connectors/databricks/databricks-wording.ts';
import { type DatabricksServer, startDatabricks } from '../../servers/databricks-server.ts';
import { targetOn } from './open-server.ts';

const options = { purpose: 'build' } as const;
const TOTALS = relationId({ schema: 'gold', name: 'totals' });
const SELECT = 'select region, sum(amount) as total from sales.tills group by region';

describe('a materialized view, in our words', () => {
  let server: DatabricksServer;
  let connector: Connector;

  beforeAll(async () => {
    server = await startDatabricks();
    await server.seed('create table sales.tills (region varchar, amount decimal(12, 2))');
    await server.seed("insert into sales.tills values ('n', 1), ('s', 2)");
    connector = await openDatabricks(targetOn(server));
    for (const sql of made(TOTALS, SELECT)) {
      await connector.execute(sql, options);
    }
  });
  afterAll(async () => {
    await connector.close();
    await server.close();
  });

  const rowsOf = async (sql: string, purpose: 'build' | 'catalog' = 'build') =>
    (await connector.query(sql, { purpose })).rows;
  const totals = () => rowsOf('select region, total from gold.totals order by region');

  it('is made with its policy said and without a schedule, and refreshed by a statement that waits', () => {
    expect(made(TOTALS, SELECT)).toEqual([
      `create materialized view \`gold\`.\`totals\` comment 'it\\'s ours' refresh policy incremental strict as\n${SELECT}`,
    ]);
    expect(databricksWording.native?.[0]?.refresh?.(TOTALS)).toBe(
      'refresh materialized view `gold`.`totals` sync',
    );
  });

  it('is found by its kind and comment, counts as a table to readers, and tells its text to its owner alone', async () => {
    const { objects, native: [native] = [] } = databricksWording;
    const text = native?.text(TOTALS) ?? '';

    expect(await rowsOf(objects.find(TOTALS), 'catalog')).toEqual([
      ['materialized view', "it's ours"],
    ]);
    expect(await rowsOf(text, 'catalog')).toEqual([[SELECT]]);
    expect(await rowsOf(text)).toEqual([]);
    const catalog = await connector.readCatalog({ purpose: 'catalog' });
    expect(catalog.find(({ id }) => id === TOTALS)).toMatchObject({ kind: 'table', rows: 2 });
  });

  it('holds what it held until it is told', async () => {
    await server.seed("insert into sales.tills values ('n', 10)");
    expect((await totals())[0]).toEqual(['n', '1.00']);

    const refresh = databricksWording.native?.[0]?.refresh?.(TOTALS) ?? '';
    const cost = await connector.execute(refresh, options);

    expect((await totals())[0]).toEqual(['n', '11.00']);
    // A pipeline does it, which has to start first, and is billed apart.
    expect(cost.durationMs).toBeGreaterThan(0);
    expect(cost.cpuMs).toBe(0);
  });

  it.for<readonly [string, string]>([
    ['a first so many', `${SELECT} limit 1`],
    ['a query in a condition', 'select region from sales.tills where exists (select 1)'],
    [
      'several groupings',
      'select region, sum(amount) as t from sales.tills group by rollup (region)',
    ],
  ])('is refused by an account that is to compute changes alone, of %s', async ([, select]) => {
    const name = relationId({ schema: 'gold', name: 'strange' });

    await expect(connector.execute(made(name, select)[0] ?? '', options)).rejects.toMatchObject({
      code: 'CONNECTOR_BAD_SQL',
    });
    expect(await rowsOf(databricksWording.objects.find(name), 'catalog')).toEqual([]);
  });

  it('is written to by nobody, and is no table to be dropped', async () => {
    for (const sql of [
      "insert into `gold`.`totals` values ('x', 1)",
      'drop table `gold`.`totals`',
    ]) {
      await expect(connector.execute(sql, options)).rejects.toMatchObject({
        code: 'CONNECTOR_BAD_SQL',
      });
    }
  });

  it('has its comment changed and its readers let in by the words that name it', async () => {
    const { statements, access } = databricksWording;
    const on = { grantee: 'analysts', privilege: 'SELECT', grantable: false, column: undefined };
    const grant = access?.grant({ ...on, on: 'materialized view' }, TOTALS) ?? '';

    expect(grant).toBe('grant SELECT on materialized view `gold`.`totals` to `analysts`');
    await connector.execute(grant, options);
    await connector.execute(
      statements.commentOn('materialized view', { relation: TOTALS, comment: 'of before' }),
      options,
    );

    expect(await rowsOf(databricksWording.objects.find(TOTALS), 'catalog')).toEqual([
      ['materialized view', 'of before'],
    ]);
    expect(await rowsOf(access?.grants(TOTALS) ?? '')).toEqual([
      ['analysts', 'SELECT', false, null],
    ]);
  });
});

function made(relation: RelationId, select: string): readonly string[] {
  const kind = 'materialized view';
  const said = { kind, relation, comment: "it's ours", select, definition: select } as const;
  return databricksWording.native?.[0]?.create(said) ?? [];
}
