import { afterAll, expect, it } from 'vitest';
import { digestOf } from '../../../src/base/digest.ts';
import { relationId } from '../../../src/base/relation.ts';
import { readDdl } from '../../../src/cli/read-ddl.ts';
import type { TrialUse } from '../../../src/daemon/route/trial-gate.ts';
import { openTrialGate } from '../../../src/daemon/route/trial-gate.ts';
import { noFacts } from '../../../src/marts/facts.ts';
import type { Mart } from '../../../src/marts/mart.ts';
import { dialectOf } from '../../../src/sql/dialects.ts';
import type { NormalQuery } from '../../../src/sql/normal-query.ts';
import { normalize } from '../../../src/sql/normalize/normalize.ts';
import { bindQuery } from '../../../src/sql/resolve/bind-query.ts';
import { indexSchema } from '../../../src/sql/schema-index.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { parse } from '../../sql/match/ask.ts';

const store = openStore(':memory:');
afterAll(() => store.close());

const DDL = 'create table shop.sales (region varchar, amount INTEGER)';
const MART = 'select region, sum(amount) as total from shop.sales group by region';
const ORIGINAL = "select sum(amount) as s from shop.sales where region = 'north'";
const duckdb = dialectOf('duckdb');

async function aUse(rewritten: string): Promise<TrialUse> {
  const schema = await readDdl({ ddl: DDL, dialect: duckdb, names: {} }, parse);
  const withMart = await readDdl(
    {
      ddl: `${DDL}; create table gold.by_region (region varchar, total hugeint)`,
      dialect: duckdb,
      names: {},
    },
    parse,
  );
  const read = async (sql: string): Promise<NormalQuery> => {
    const [outcome] = await parse([{ sql, dialect: 'duckdb' }]);
    const statement = outcome?.kind === 'parsed' ? outcome.statements[0] : undefined;
    if (statement?.kind !== 'query') {
      throw new Error(`not read: ${sql}`);
    }
    const context = { schema: indexSchema(withMart, duckdb), names: {}, dialect: duckdb };
    return normalize(bindQuery(statement.query, context).query);
  };
  const definition: Mart['definition'] = {
    relation: relationId({ schema: 'gold', name: 'by_region' }),
    origin: 'candidate',
    sql: MART,
    columns: [],
    sources: [],
    obligations: [],
    maxStalenessMs: 0,
  };
  return {
    fingerprint: 'f',
    original: ORIGINAL,
    query: await read(ORIGINAL),
    rewritten: await read(rewritten),
    marts: [
      {
        mart: {
          definition,
          definitionDigest: digestOf(definition),
          stage: 'physical',
          createdAt: 0,
          hidden: [],
        },
        query: await read(MART),
        facts: noFacts,
      },
    ],
    schema,
    dialect: 'duckdb',
  };
}

const RIGHT = "select sum(total) as s from gold.by_region where region = 'north'";

function gate(waitMs: number, tried: string[] = []) {
  return openTrialGate({
    documents: store.documents,
    waitMs,
    databases: 64,
    onTried: (mart) => tried.push(mart?.definition.relation ?? 'nobody'),
  });
}

it('lets a right rewrite pass, and tries it once', async () => {
  const tried: string[] = [];
  const pass = gate(60_000, tried);

  expect(await pass(await aUse(RIGHT))).toEqual({ kind: 'equal', databases: 64 });
  expect(await pass(await aUse(RIGHT.replace('north', 'south')))).toEqual({
    kind: 'equal',
    databases: 64,
  });
  expect(await gate(0, tried)(await aUse(RIGHT))).toEqual({ kind: 'equal', databases: 64 });
  expect(tried).toEqual(['gold.by_region']);
});

it.each([
  ['a dropped condition', 'select sum(total) as s from gold.by_region'],
  [
    'a condition moved by one',
    "select sum(total) as s from gold.by_region where region <> 'north'",
  ],
  ['a count for a sum', "select count(total) as s from gold.by_region where region = 'north'"],
])('stops %s', async (_what, rewritten) => {
  expect(await gate(60_000)(await aUse(rewritten))).toMatchObject({ kind: 'unequal' });
});

it('does not let a request wait, and knows the next time', async () => {
  const use = await aUse("select max(total) as s from gold.by_region where region = 'north'");
  const pass = gate(0);

  expect(await pass(use)).toEqual({ kind: 'pending' });
  expect(await gate(60_000)(use)).toMatchObject({ kind: 'equal' });
});

it('says why it could not try, without the statement’s literals', async () => {
  const use = await aUse(RIGHT);
  const odd = { ...use, fingerprint: 'odd', schema: { relations: [] } };

  const outcome = await gate(60_000)(odd);

  expect(outcome).toMatchObject({
    kind: 'not-tried',
    because: expect.stringContaining('cannot be run on made-up rows'),
  });
  expect(JSON.stringify(outcome)).not.toContain('north');
});
