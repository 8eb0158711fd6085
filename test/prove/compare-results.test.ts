import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connector } from '../../src/connectors/connector.ts';
import { compareResults } from '../../src/prove/compare-results.ts';
import { aWarehouse } from './warehouse.ts';

const values = (rows: string) => `select * from (values ${rows}) as v(a, b)`;

describe('comparing results', () => {
  let warehouse: Connector;

  beforeAll(async () => {
    warehouse = await aWarehouse([
      'create table t as select range as id, range % 3 as g from range(1000)',
    ]);
  });
  afterAll(() => warehouse.close());

  const compare = (left: string, right: string, approximate = false) =>
    compareResults(warehouse, { left, right, approximate, purpose: 'replay' });

  it.for([
    ['whatever the order of rows', values("(1, 'x'), (2, 'y')"), values("(2, 'y'), (1, 'x')")],
    ['with NULLs and duplicates', values('(null, 1), (null, 1)'), values('(null, 1), (null, 1)')],
    ['of nothing', 'select 1 as a where false', 'select 1 as a where false'],
    ['with a semicolon and a trailing comment', 'select 1 as a -- one;\n;', 'select 1 as a'],
    ['with two columns of one name', 'select 1 as a, 2 as a', 'select 1 as a, 2 as a'],
    [
      'with a negative zero and not-a-number',
      "select 0.0::double as a, 'nan'::double as b",
      "select -0.0::double as a, 'nan'::double as b",
    ],
    ['of nested values', "select [1, 2] as a, {'x': 1} as b", "select [1, 2] as a, {'x': 1} as b"],
  ] as const)('holds %s', async ([, left, right]) => {
    expect(await compare(left, right)).toMatchObject({ kind: 'equal' });
  });

  it.for([
    [
      'a duplicate more',
      values('(1, 1), (1, 1), (2, 2)'),
      values('(1, 1), (2, 2), (2, 2)'),
      'a, b differ; 1 row stands only on the left, 1 only on the right',
    ],
    ['a row more', values('(1, 1)'), values('(1, 1), (2, 2)'), '1 row on one side, 2 on the other'],
    [
      'values swapped between rows',
      values('(1, 1), (2, 2)'),
      values('(1, 2), (2, 1)'),
      'the columns agree one by one, but not row by row',
    ],
    ['NULL for zero', values('(null::int, 1)'), values('(0, 1)'), 'a differ'],
    ['another name', 'select 1 as a', 'select 1 as b', 'column 1 should be a, found b'],
    [
      'another type',
      'select 1::int as a',
      'select 1::bigint as a',
      'column a should be INTEGER, found BIGINT',
    ],
    [
      'another number of columns',
      'select 1 as a',
      'select 1 as a, 2 as b',
      '1 columns expected, 2 found',
    ],
    [
      'pairs of duplicates a xor would not see',
      values('(1, 1), (1, 1)'),
      values('(2, 2), (2, 2)'),
      'a, b differ',
    ],
  ] as const)('sees %s', async ([, left, right, because]) => {
    const comparison = await compare(left, right);

    expect(comparison.kind).toBe('different');
    expect(comparison.kind === 'different' ? comparison.because : '').toContain(because);
  });

  it('never shows a literal', async () => {
    const comparison = await compare(values("('secret-4711', 1)"), values("('secret-0815', 1)"));

    expect(JSON.stringify(comparison)).not.toMatch(/secret/);
    expect(comparison).toMatchObject({ evidence: { onlyLeft: 1, onlyRight: 1 } });
  });

  it('takes last digits of floating-point sums only when told they are approximate', async () => {
    const left = 'select 1 as k, 0.1::double + 0.2::double as a';
    const right = 'select 1 as k, 0.3::double as a';

    expect(await compare(left, right)).toMatchObject({
      kind: 'different',
      because: 'a differ in the last digits of floating-point numbers only (relative 1e-9)',
    });
    expect(await compare(left, right, true)).toMatchObject({ kind: 'equal' });
  });

  it('is not approximate about a small change in a large total', async () => {
    const left = 'select range as k, 1.0::double as a from range(100000)';
    const right =
      'select range as k, 1.0::double + case range when 7 then 1e-6 else 0 end as a from range(100000)';

    expect(await compare(left, right, true)).toMatchObject({ kind: 'different' });
  });

  it('is not approximate about values that changed places or are truly other', async () => {
    const left = 'select * from (values (1, 1.0::double), (2, 2.0::double)) as v(k, a)';

    expect(
      await compare(
        left,
        'select * from (values (1, 2.0::double), (2, 1.0::double)) as v(k, a)',
        true,
      ),
    ).toMatchObject({ kind: 'different' });
    expect(
      await compare(
        left,
        'select * from (values (1, 1.0::double), (2, 2.00001::double)) as v(k, a)',
        true,
      ),
    ).toMatchObject({ kind: 'different' });
  });
});
