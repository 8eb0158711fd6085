import { init, Parser } from '@guanmingchiu/sqlparser-ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import type { Connector } from '../../../src/connectors/connector.ts';
import { openDatabricks } from '../../../src/connectors/databricks/databricks-connector.ts';
import {
  countsSql,
  groupsSql,
  textsSql,
} from '../../../src/connectors/databricks/query-history-sql.ts';
import type { TypedValue } from '../../../src/connectors/wording.ts';
import { plainText } from '../../../src/parsers/sqlparser-rs/plain-text.ts';
import { DIALECTS } from '../../../src/sql/dialects.ts';
import { tokenize } from '../../../src/sql/lexer.ts';
import { type DatabricksServer, startDatabricks } from '../../servers/databricks-server.ts';
import { targetOn } from './open-server.ts';

const HOURS = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 0, 1, 6) };
const HISTORY = 'system.query.history';
const sales = relationId({ schema: 'gold', name: 'daily sales' });

let server: DatabricksServer;
let connector: Connector;

beforeAll(async () => {
  await init();
  server = await startDatabricks();
  await server.seed('create table shop.gold."daily sales" (id bigint)');
  connector = await openDatabricks(targetOn(server));
});
afterAll(async () => {
  await connector.close();
  await server.close();
});

/** The parser knows no backslash that escapes: our own lexer, which does, writes such texts anew. */
function plain(text: string): string {
  return plainText(tokenize(text, DIALECTS.databricks.lexical), 'databricks') ?? text;
}

/** Everything the wording says, as whole statements, but what the parser does not know: a star within `struct` (`relationHash`) and
 * COMMENT ON. */
function worded(): readonly string[] {
  const { content, objects, versions, statements, access, names } = connector.wording;
  const values: readonly TypedValue[] = [
    { sql: 'v.`a`', type: 'bigint' },
    { sql: 'v.`b`', type: 'string' },
  ];
  const grant = { grantee: 'analysts', privilege: 'SELECT', grantable: false, column: undefined };
  return [
    `select ${content.rowHash(values)}, ${content.rowWeight(values)}, ${content.distinctCount('v.`a`')},
${content.day('v.`a`')}, ${content.isFinite('v.`a`')}, ${content.repeatedKeys(['`a`', '`b`'])}, ${content.hashCanary}
from ${names.relation(sales)} as v where ${versions.statementTime} < ${versions.moment(HOURS.from)}`,
    `select x.c1 from ${names.renamed({ sql: 'select 1 as a', alias: 'x', columns: [{ name: 'a' }], as: ['c1'] })}`,
    objects.ownDatabase,
    objects.bareNames ?? '',
    objects.schema('gold'),
    objects.find(sales),
    objects.viewText(sales),
    objects.columnComments(sales),
    objects.views,
    objects.marked('goldsmith:'),
    ...objects.keptByTables(sales).map(({ sql }) => sql),
    statements.createSchema('gold data'),
    ...(access === undefined
      ? []
      : [
          access.owner(sales),
          access.grants(sales),
          access.mayRead('analysts', sales),
          access.rowPolicies(sales),
          access.rowPoliciesNow?.(sales, 'table') ?? '',
          access.options(sales),
          access.ourselves,
          access.grant(grant, sales),
          access.revoke(grant, sales),
        ]),
  ];
}

it('sends nothing a second parser of Databricks’ SQL does not read', async () => {
  await connector.readCatalog({ purpose: 'catalog' });
  await connector.diagnose?.(
    { schemas: ['gold'], adoptable: [], writes: true, history: HISTORY },
    { purpose: 'catalog' },
  );
  const sent = server.statements
    .map(({ text }) => text)
    // `DESCRIBE DETAIL` is Delta's own; the parser knows none of it.
    .filter((text) => !/describe detail/i.test(text));
  const history = [
    groupsSql(HISTORY, HOURS),
    countsSql(HISTORY, HOURS),
    textsSql(HISTORY, { ...HOURS, ids: ["it's", 'b'] }),
  ];

  for (const text of new Set([...sent, ...history, ...worded()])) {
    expect(() => Parser.parse(plain(text), 'databricks'), text).not.toThrow();
  }
});

/** After the others: the second parser does not know CLUSTER BY there. */
it('has the rows of a new table lie together by columns, said where it is made', async () => {
  const sql = connector.wording.staged?.createTable({
    relation: relationId({ schema: 'gold', name: 'laid' }),
    comment: 'a version',
    select: 'select id from gold.`daily sales`',
    clusteredBy: ['id'],
  });

  expect(sql).toBe(
    "create table `gold`.`laid` cluster by (`id`) comment 'a version' as\nselect id from gold.`daily sales`",
  );
  await connector.execute(sql ?? '', { purpose: 'build' });
  expect(
    (await connector.query('select count(*) as n from gold.laid', { purpose: 'facts' })).rows,
  ).toEqual([['0']]);
});
