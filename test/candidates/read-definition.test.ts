import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import { readDefinition } from '../../src/candidates/read-definition.ts';
import type { Connector } from '../../src/connectors/connector.ts';
import { openDuckdb } from '../../src/connectors/duckdb/duckdb-connector.ts';
import { observeSchema } from '../../src/daemon/observe-schema.ts';
import { openParsers } from '../../src/parsers/open-parsers.ts';
import type { SchemaIndex } from '../../src/sql/schema-index.ts';

/** Views as people write them, and what must be said against a physical mart of each; nothing where one may stand. */
const VIEWS: Readonly<Record<string, readonly [sql: string, objection: string | undefined]>> = {
  reads_a_file: [
    "select t.id, count(*) as n from t left join read_text('/dev/null') as f on f.size = t.id group by 1",
    'it reads read_text(), and nobody could tell when that has changed',
  ],
  reads_a_table_macro: ['select t.id from t join larger(3) on true', 'it reads larger()'],
  reads_the_catalog: ['select table_name, id from duckdb_tables(), t', 'it reads duckdb_tables()'],
  cuts_inside: ['select id from t where id in (select id from t limit 5)', 'has a LIMIT'],
  day_of_a_moment: [
    'select cast(moment as date) as day, count(*) as n from t group by 1',
    'time zone',
  ],
  month_of_a_moment: ["select date_trunc('month', moment) as month from t", 'time zone'],
  text_of_a_moment: ['select moment::varchar as text from t', 'time zone'],
  day_through_a_query: [
    'select cast(latest as date) as day from (select id, max(moment) as latest from t group by id)',
    'time zone',
  ],
  since_a_plain_date: ["select id from t where moment >= date '2026-01-01'", 'time zone'],
  latest_moment: [
    'select id, max(moment) as latest, count(moment) as n from t group by id',
    undefined,
  ],
  moment_as_it_is: [
    'select moment, sum(amount) as amount from t where moment is not null group by moment',
    undefined,
  ],
  plain_days: [
    'select cast(wall as date) as day, sum(amount) as amount from t group by 1',
    undefined,
  ],
  series: ['select id, day from t cross join range(3) as days(day)', undefined],
};

describe('the definition of a view somebody wrote', () => {
  let connector: Connector;
  let schema: SchemaIndex;

  beforeAll(async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run(
      'create table t (id int, moment timestamptz, wall timestamp, amount decimal(18,2))',
    );
    await connection.run('create macro larger(a) as table select id from t where id > a');
    for (const [name, [sql]] of Object.entries(VIEWS)) {
      await connection.run(`create view ${name} as ${sql}`);
    }
    connector = await openDuckdb({ name: 'views', instance });
    const parsers = openParsers({});
    const observed = await observeSchema({
      connector,
      parse: parsers.parse,
      marts: [],
      ownSchemas: [],
      ownDatabase: 'memory',
    });
    await parsers.close();
    schema = observed.index;
  });
  afterAll(() => connector.close());

  it.each(Object.entries(VIEWS).filter(([, [, objection]]) => objection !== undefined))(
    'may have no physical mart where it %s, and says why',
    (name, [, objection]) => {
      expect(objectionsTo(name).join('; ')).toContain(objection);
    },
  );

  it.each(Object.entries(VIEWS).filter(([, [, objection]]) => objection === undefined))(
    'may have one where it reads %s',
    (name) => {
      expect(objectionsTo(name)).toEqual([]);
    },
  );

  function objectionsTo(name: string): readonly string[] {
    const view = relationId({ schema: 'main', name });
    return readDefinition(view, { schema, dialect: 'duckdb' })?.objections ?? ['not readable'];
  }
});
