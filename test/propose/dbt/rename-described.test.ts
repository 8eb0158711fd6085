import { describe, expect, it } from 'vitest';
import { renameDescribed } from '../../../src/propose/dbt/rename-described.ts';

const SOURCES = `version: 2

sources:
  - name: silver   # the cleaned lake
    tables:
      - name: stores
        columns: [{name: brand}]
      - name: products
        description: One row a product and brand.
        loaded_at_field: brand
        data_tests:
          - dbt_utils.unique_combination_of_columns:
              combination_of_columns: [product_id, 'brand']
        columns:
          - name: product_id
            data_tests:
              - accepted_values: {values: [brand]}
          # who makes it
          - name: "brand"     # may be empty
            description: The brand of it
            data_tests: [not_null]

models:
  - name: other
    columns:
      - name: brand
        data_tests:
          - relationships: {to: "source('silver', 'products')", field: brand}
          - relationships:
              arguments:
                to: ref('brands')
                field: brand

unit_tests:
  - name: counts
    model: facts
    given:
      - input: source('silver', 'products')
        rows:
          - {product_id: 1, brand: x}
          - {product_id: 2, brand: brand}
      - input: source('silver', 'stores')
        rows: [{brand: y}]
    expect:
      rows: [{brand: x}]
  - name: as_csv
    model: facts
    given:
      - input: source("silver", "products")
        format: csv
        rows: |
          product_id, brand
          1,brand
    expect: {rows: []}
  - name: of_another
    model: other
    given: [{input: "source('silver', 'products')", rows: [{brand: x}]}]
`;

function renamed(text: string, unitTests: readonly string[] = ['counts', 'as_csv'], to = 'maker') {
  const outcome = renameDescribed({
    text,
    source: 'silver',
    table: 'products',
    renamed: new Map([['brand', to]]),
    unitTests: new Set(unitTests),
  });
  return outcome.kind === 'renamed' ? outcome.text : outcome.because;
}

const changedLines = (before: string, after: string) => {
  const was = before.split('\n');
  const is = after.split('\n');
  expect(is).toHaveLength(was.length);
  return is.flatMap((line, at) => (line === was[at] ? [] : [line.trim()]));
};

describe('a YAML file that names a renamed source column', () => {
  it('says the new name where the column is described, tested and given to unit tests, and nowhere else', () => {
    expect(changedLines(SOURCES, renamed(SOURCES))).toEqual([
      'loaded_at_field: maker',
      "combination_of_columns: [product_id, 'maker']",
      '- name: "maker"     # may be empty',
      `- relationships: {to: "source('silver', 'products')", field: maker}`,
      '- {product_id: 1, maker: x}',
      '- {product_id: 2, maker: brand}',
      'product_id, maker',
    ]);
  });

  it('says which unit tests it changed', () => {
    const outcome = renameDescribed({
      text: SOURCES.replace(
        '- {product_id: 1, brand: x}\n          - {product_id: 2, brand: brand}',
        '- {product_id: 1}',
      ),
      source: 'silver',
      table: 'products',
      renamed: new Map([['brand', 'maker']]),
      unitTests: new Set(['counts', 'as_csv']),
    });

    expect(outcome).toMatchObject({ unitTests: new Set(['as_csv']) });
  });

  it('writes a name in quotes where YAML would take it for something else', () => {
    const plain = `sources: [{name: silver, tables: [{name: products, columns: [{name: brand}]}]}]\n`;

    expect(renamed(plain, [], 'no')).toContain('columns: [{name: "no"}]');
    expect(renamed(plain, [], 'who made it')).toContain('columns: [{name: "who made it"}]');
  });

  it.each([
    [
      'a test says the name in an expression',
      `sources:\n- name: silver\n  tables:\n  - name: products\n    tests:\n    - dbt_utils.expression_is_true: {expression: "length(brand) > 0"}\n`,
      'a test of silver.products names brand too',
    ],
    [
      'an anchor hands the name to others',
      `sources:\n- name: silver\n  tables:\n  - name: products\n    columns:\n    - name: &it brand\n  - name: stores\n    columns: [{name: *it}]\n`,
      'brand is written there in a way that is not edited',
    ],
    [
      'an anchor hands the columns to another table',
      `sources:\n- name: silver\n  tables:\n  - name: products\n    columns: &cols [{name: brand}]\n  - name: stores\n    columns: *cols\n`,
      'brand is written there in a way that is not edited',
    ],
    [
      'the columns are those of another table by its anchor',
      `sources:\n- name: silver\n  tables:\n  - name: stores\n    columns: &cols [{name: brand, tests: [unique]}]\n  - name: products\n    columns: *cols\n`,
      'parts of silver.products are written elsewhere and only named there (*cols)',
    ],
    ['it is no YAML', `sources: [\n`, 'its YAML cannot be read: '],
  ])('is left as it is where %s', (_what, text, because) => {
    expect(renamed(text)).toContain(because);
  });
});
