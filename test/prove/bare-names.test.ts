import { expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import { withBareNames } from '../../src/prove/bare-names.ts';

const sales = relationId({ schema: 'shop', name: 'sales' });

it.each([
  ['select 1 from shop.sales', 'select 1 from "sales"'],
  ['select shop.sales.id from "shop"."sales"', 'select "sales".id from "sales"'],
  ['select 1 from SHOP . Sales', 'select 1 from "sales"'],
  ["select 'shop.sales' from other.shop.sales", "select 'shop.sales' from other.shop.sales"],
  ['select shop.sales_2.id from shop.sales_2', 'select shop.sales_2.id from shop.sales_2'],
])('takes the schema from names of its own alone: %s', (sql, bare) => {
  expect(withBareNames(sql, [sales])).toBe(bare);
});
