import { describe, expect, it } from 'vitest';
import { literalsOf } from '../../src/prove/seen-literals.ts';
import { poolFor, textPoolFor } from '../../src/prove/value-pools.ts';
import { boundOf } from '../sql/normalize/bind.ts';

const literals = { numbers: ['10'], strings: ['ab', 'c%'], dates: ['2024-03-01'] };

describe('a pool of values', () => {
  it.each([
    ['integer', ['9', '10', '11', '-10', '0', '-1']],
    ['INTEGER', ['9', '10', '11']],
    ['utinyint', ['9', '10', '11', '0']],
    ['decimal(10,2)', ['9.5', '10', '10.5']],
    ['date', ["'2024-02-29'", "'2024-03-01'", "'2024-03-02'"]],
    ['timestamp', ["'2024-03-01 00:00:00'", "'2024-03-01 23:59:59'"]],
    ['varchar', ["'ab'", "'AB'", "'ab '", "''", "'cx'", "'c'"]],
    ["ENUM('x', 'it''s')", ["'x'", "'it''s'"]],
    ['boolean', ['true', 'false']],
    ['integer[]', ['[]', '[0]']],
    ['uuid', ["'00000000-0000-0000-0000-000000000001'"]],
  ])('of type %s stands around the literals', (type, values) => {
    expect(poolFor(type, literals)).toEqual(expect.arrayContaining(values));
  });

  it('stands around a time that is written', () => {
    const pool = poolFor('timestamp', { ...literals, dates: ['2024-03-01 10:00:00.5'] });

    expect(pool).toEqual(
      expect.arrayContaining([
        "'2024-03-01 10:00:00.400'",
        "'2024-03-01 10:00:00.500'",
        "'2024-03-01 10:00:00.600'",
        "'2024-03-02 00:00:00'",
      ]),
    );
  });

  it('holds numbers that sort otherwise as texts, for texts that are cast', () => {
    expect(textPoolFor('integer', literals)).toEqual(expect.arrayContaining(["'9'", "'100'"]));
  });

  it('holds nothing negative for a type without a sign', () => {
    expect(poolFor('uinteger', literals).filter((value) => value.startsWith('-'))).toEqual([]);
  });

  it('knows which literals stand with which column, and which columns meet', async () => {
    const query = await boundOf(
      "select 7 from orders o join customers c on o.customer = c.id where o.state in ('x', 'y') and c.region > 3 and (o.total = 5 or exists (select 1 from lines l where l.sku like 'a%'))",
    );

    const { ofColumn, equated, numbers } = literalsOf([query]);

    expect(ofColumn?.get('orders\nstate')?.strings).toEqual(['x', 'y']);
    expect(ofColumn?.get('customers\nregion')?.numbers).toEqual(['3']);
    expect(ofColumn?.get('orders\ntotal')?.numbers).toEqual(['5']);
    expect(ofColumn?.get('lines\nsku')?.strings).toEqual(['a%']);
    expect(equated?.get('orders\ncustomer')).toEqual(['customers\nid']);
    expect(numbers).toContain('7');
  });
});
