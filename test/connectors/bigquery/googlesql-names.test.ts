import { expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import { bigqueryWording } from '../../../src/connectors/bigquery/bigquery-wording.ts';
import {
  countsSql,
  groupsSql,
  type JobsRelation,
  textsSql,
} from '../../../src/connectors/bigquery/jobs-sql.ts';

/** Words GoogleSQL keeps for itself: unquoted they can name nothing. */
const RESERVED = new Set(
  `all and any array as asc assert_rows_modified at between by case cast collate contains create cross cube current default define
desc distinct else end enum escape except exclude exists extract false fetch following for from full group grouping groups hash having
if ignore in inner intersect interval into is join lateral left like limit lookup merge natural new no not null nulls of on or order
outer over partition preceding proto qualify range recursive respect right rollup rows select set some struct tablesample then to treat
true unbounded union unnest using when where window with within`.split(/\s+/),
);

const JOBS: JobsRelation = {
  relation: '`region-eu`.INFORMATION_SCHEMA.JOBS',
  billing: 'bytes',
  hashesTexts: true,
};
const HOURS = { from: 0, to: 3_600_000 };
const orders = relationId({ schema: 'shop', name: 'orders' });
const { objects, content } = bigqueryWording({ project: 'p', location: 'EU', dataset: 'shop' });

it.each([
  groupsSql(JOBS, HOURS),
  groupsSql({ ...JOBS, billing: 'slots', hashesTexts: false }, HOURS),
  groupsSql({ ...JOBS, readsKept: true }, HOURS),
  groupsSql({ ...JOBS, slotHours: { ENTERPRISE: 0.0096 } }, HOURS),
  countsSql(JOBS, HOURS),
  textsSql(JOBS, { ...HOURS, ids: ['a'] }),
  objects.find(orders),
  objects.viewText(orders),
  objects.columnComments(orders),
  objects.views,
  objects.marked('x'),
  objects.schema('gold'),
  objects.bareNames ?? '',
  ...objects.keptByTables(orders).map(({ sql }) => sql),
  `select ${content.hashCanary} as canary`,
])('names nothing by a reserved word: %s', (sql) => {
  const named = [...sql.replaceAll(/'(?:[^'\\]|\\.)*'/g, '').matchAll(/\bas\s+([a-z_]\w*)/gi)];

  expect(named.map(([, name = '']) => name).filter((name) => RESERVED.has(name))).toEqual([]);
});

it('names the region with its project, in small letters', () => {
  expect(objects.views).toContain('`p`.`region-eu`.INFORMATION_SCHEMA.VIEWS');
});
