import { expect, it } from 'vitest';
import { stopStatements } from '../../src/connectors/stop-statements.ts';
import { idOf } from '../conformance/loop-world.ts';
import { BIGQUERY } from './bigquery/loop-subject.ts';
import { DATABRICKS } from './databricks/loop-subject.ts';
import { SNOWFLAKE } from './snowflake/loop-subject.ts';

const options = { purpose: 'build' } as const;

it.for([SNOWFLAKE, BIGQUERY, DATABRICKS])(
  'what another process left writing to a relation is stopped or waited for, and nothing else, on $name',
  async (subject) => {
    const world = await subject.open();
    const { connector } = world;
    const filled = idOf(subject, `${subject.schema}.filled`);
    const left = idOf(subject, `${subject.schema}.left_alone`);
    for (const table of [filled, left]) {
      await world.people(`create table ${table} (n bigint)`);
    }
    const other = await world.connect?.();
    const insert = async (table: typeof filled) => {
      const held = world.hold?.(new RegExp(`insert.*${table.split('.').at(-1)}`, 'i'));
      const { names } = connector.wording;
      const sql = `insert into ${names.relation(table)} (${names.quote(idOf(subject, 'n'))}) select 1`;
      const answer = other?.execute(sql, options).catch((error: unknown) => error);
      await held?.begun;
      return { answer, letGo: () => held?.letGo() };
    };
    const rowsOf = async (table: typeof filled) => {
      const sql = `select count(*) from ${connector.wording.names.relation(table)}`;
      return Number((await connector.query(sql, options)).rows[0]?.[0]);
    };
    const [one, another] = [await insert(filled), await insert(left)];

    expect(await connector.stopStatements?.([filled], options)).toBe(subject.onlyWaits ? 1 : 0);
    if (subject.onlyWaits) {
      one.letGo();
      await one.answer;
      expect(await connector.stopStatements?.([filled], options)).toBe(0);
    } else {
      expect(await one.answer).toMatchObject({ code: 'CONNECTOR_CANCELLED' });
    }
    another.letGo();
    await another.answer;

    expect([await rowsOf(filled), await rowsOf(left)]).toEqual([subject.onlyWaits ? 1 : 0, 1]);
    await other?.close();
    await world.close();
  },
);

it.for<readonly [what: string, text: string, left: number]>([
  [
    'writes what was defined with comments',
    "/* goldsmith='build' */ insert into `a`.`b` select * from (/* days */ select 1) /* end */ select",
    1,
  ],
  ['writes after many spaces', `${' '.repeat(50)}insert into \`a\`.\`b\` select 1`, 1],
  ['reads', "/* goldsmith='verify' */ -- all of it\n(select * from `a`.`b`)", 0],
  ['writes to another', "/* goldsmith='build' */ insert into `a`.`bc` select 1", 0],
])('a statement that %s is looked at as such', async ([, text, left]) => {
  const running = async () => [{ id: '1', text }];

  expect(await stopStatements(['`a`.`b`'], { running, sleep: async () => undefined })).toBe(left);
});
