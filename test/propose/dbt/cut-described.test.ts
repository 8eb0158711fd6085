import { describe, expect, it } from 'vitest';
import { cutDescribed } from '../../../src/propose/dbt/cut-described.ts';

const SCHEMA = `version: 2   # ours

models:
  # the mart of orders
  - name: orders
    description: >
      One row
      per order.
    columns:
      - name: order_id
        data_tests: [unique, not_null]

      # how it stands
      - name: STATUS
        description: 'as the shop says'
        data_tests:
          - accepted_values:
              values: ['open', 'paid']   # no others


      - name: amount   # net
  - name: customers
    columns:
    - name: status
    - name: name
`;

describe('cutting columns out of a description', () => {
  it('takes the lines of the column and its tests, and leaves every other byte', () => {
    const outcome = cutDescribed({ text: SCHEMA, model: 'orders', columns: new Set(['status']) });

    expect(outcome).toEqual({
      kind: 'cut',
      gone: ['STATUS'],
      text: SCHEMA.replace(/ {6}- name: STATUS[^]*?# no others\n/, ''),
    });
  });

  it('takes the last of a list, and the first', () => {
    const last = cutDescribed({ text: SCHEMA, model: 'orders', columns: new Set(['amount']) });
    const first = cutDescribed({ text: SCHEMA, model: 'customers', columns: new Set(['status']) });

    expect(last).toMatchObject({ text: SCHEMA.replace('      - name: amount   # net\n', '') });
    expect(first).toMatchObject({ text: SCHEMA.replace('    - name: status\n', '') });
  });

  it('takes the whole list where nothing would be left in it', () => {
    const columns = new Set(['status', 'name']);
    const outcome = cutDescribed({ text: SCHEMA, model: 'customers', columns });

    expect(outcome).toMatchObject({
      kind: 'cut',
      text: SCHEMA.replace(/ {4}columns:\n {4}- name: status\n {4}- name: name\n/, ''),
    });
  });

  it('leaves a file alone that does not describe the column', () => {
    const outcome = cutDescribed({ text: SCHEMA, model: 'orders', columns: new Set(['nothing']) });

    expect(outcome).toEqual({ kind: 'cut', text: SCHEMA, gone: [] });
  });

  it('refuses a list in one line, and YAML that is none', () => {
    const flow = 'models: [{name: orders, columns: [{name: status}, {name: amount}]}]\n';
    const broken = 'models:\n  - name: orders\n   columns: [\n';
    const columns = new Set(['status']);

    expect(cutDescribed({ text: flow, model: 'orders', columns })).toMatchObject({
      kind: 'refused',
      because: expect.stringContaining('one line of YAML'),
    });
    expect(cutDescribed({ text: broken, model: 'orders', columns })).toMatchObject({
      kind: 'refused',
      because: expect.stringContaining('cannot be read'),
    });
  });

  it('refuses columns whose description several versions share', () => {
    const text = `models:
  - name: orders
    columns:
      - name: status
    versions: [{v: 1}, {v: 2}]
`;
    const columns = new Set(['status']);

    expect(cutDescribed({ text, model: 'orders', version: '2', columns })).toMatchObject({
      kind: 'refused',
      because: expect.stringContaining('several versions'),
    });
  });

  it('cuts the columns of the version that is edited', () => {
    const text = `models:
  - name: orders
    columns:
      - name: order_id
      - name: status
    versions:
      - v: 1
        columns:
          - name: old_status
          - include: all
      - v: 2
`;
    const outcome = cutDescribed({
      text,
      model: 'orders',
      version: '1',
      columns: new Set(['old_status']),
    });

    expect(outcome).toMatchObject({ text: text.replace('          - name: old_status\n', '') });
  });
});
