import { describe, expect, it } from 'vitest';
import type { DataContract } from '../../../src/propose/contract/data-contract.ts';
import { updateContract } from '../../../src/propose/contract/update-contract.ts';
import { writeContract } from '../../../src/propose/contract/write-contract.ts';
import { aContract } from './a-contract.ts';
import { problemsOf } from './validate-contract.ts';

function update(text: string | undefined, changes: Partial<DataContract>) {
  const { version: _version, ...wanted } = aContract(changes);
  const written = updateContract({ text, wanted });
  if (written.kind !== 'written') {
    throw new Error(written.because);
  }
  return written;
}

const [date, region, amount] = aContract().columns as [
  DataContract['columns'][number],
  DataContract['columns'][number],
  DataContract['columns'][number],
];

describe('the version of a contract', () => {
  it.each<[string, string, string, Partial<DataContract>]>([
    ['a column removed', '2.0.0', 'column sum_amount is gone', { columns: [date, region] }],
    [
      'a column added at the end',
      '1.1.0',
      'column row_count is new',
      { columns: [date, region, amount, { name: 'row_count', type: 'BIGINT' }] },
    ],
    [
      'a column narrowed',
      '2.0.0',
      'column sum_amount is DECIMAL(18,2) instead of DECIMAL(38,2)',
      { columns: [date, region, { ...amount, type: 'DECIMAL(18,2)' }] },
    ],
    [
      'a column retyped to what is no widening',
      '2.0.0',
      'column order_date is TIMESTAMP instead of DATE',
      { columns: [{ ...date, type: 'TIMESTAMP' }, region, amount] },
    ],
    [
      'another order',
      '2.0.0',
      'columns stand in another order from order_date on',
      { columns: [region, date, amount] },
    ],
    [
      'not null promised',
      '1.1.0',
      'promised: column region is never null',
      { columns: [date, { ...region, notNull: true }, amount] },
    ],
    [
      'not null taken back',
      '2.0.0',
      'promised no more: column order_date is never null',
      { columns: [{ ...date, notNull: false }, region, amount] },
    ],
    [
      'a longer key',
      '2.0.0',
      'no two rows agree on order_date, region, sum_amount, instead of order_date, region',
      { key: ['order_date', 'region', 'sum_amount'] },
    ],
    [
      'a shorter key',
      '1.1.0',
      'no two rows agree on order_date, instead of order_date, region',
      { key: ['order_date'] },
    ],
    [
      'an older answer allowed',
      '2.0.0',
      'answers may be 1d old instead of 1h',
      { maxStalenessMs: 86_400_000 },
    ],
    [
      'a younger answer promised',
      '1.1.0',
      'answers may be 15m old instead of 1h',
      { maxStalenessMs: 900_000 },
    ],
    [
      'another statement with the same columns',
      '1.0.1',
      'it is computed by another statement',
      { statement: 'fedcba9876543210' },
    ],
    [
      'a table behind the view',
      '1.0.1',
      'it is stored as a table instead of a view',
      { physicalType: 'table' },
    ],
  ])('follows %s to %s', (_what, version, says, changes) => {
    const written = update(writeContract(aContract()), changes);

    expect(written).toMatchObject({ before: '1.0.0', version });
    expect(written.changes[0]?.says).toBe(says);
    expect(written.text).toContain(`version: ${version}\n`);
    expect(problemsOf(written.text)).toEqual([]);
  });

  it('counts a wider type as a promise added', () => {
    const text = writeContract(
      aContract({ columns: [{ name: 'n', type: 'INTEGER' }], key: ['n'] }),
    );

    const written = update(text, { columns: [{ name: 'n', type: 'BIGINT' }], key: ['n'] });

    expect(written).toMatchObject({ version: '1.1.0', level: 'minor' });
  });

  it('goes on from the one a person gave', () => {
    const text = writeContract(aContract({ version: 'v4.2' }));

    expect(update(text, { columns: [date, region] }).version).toBe('v5.0.0');
  });

  it('stands where nothing changed, and so does every byte', () => {
    const text = `${writeContract(aContract())}\n\n# signed by the data council\n`;

    expect(update(text, {})).toMatchObject({ text, level: 'none', changes: [], version: '1.0.0' });
  });

  it('is 1.0.0 where there was no contract', () => {
    expect(update(undefined, {})).toMatchObject({
      version: '1.0.0',
      text: writeContract(aContract()),
    });
  });
});

const EDITED = `# Owned by the sales council.
apiVersion: v3.0.2
kind: DataContract
id: 53581432-6c55-4ba2-a65f-72344a91553b
name: 'Daily sales'   # as finance calls it
version: 1.3.0
status: active
domain: finance



tags: [ finance, "gold" ]
schema:
- name: daily_sales
  physicalType: view
  properties:
  - name: order_date
    businessName: Day of the order
    logicalType: date
    physicalType: date
    # Finance closes the month on this column.
    required: true
    classification: public
  - name: region
    logicalType: string
    physicalType: varchar
    description: Where it was sold, which may be a very long description that goes on and on beyond the eighty characters a printer likes
  - name: sum_amount
    logicalType: number
    physicalType: decimal(38,2)
    quality:
    - type: sql
      query: select min(sum_amount) from daily_sales
      mustBeGreaterThan: 0
support:
- channel: '#sales-data'
  tool: slack
`;

describe("a person's contract", () => {
  it('keeps comments, quotes, own keys, own rules and its order', () => {
    const written = update(EDITED, {
      owner: undefined as never,
      key: undefined as never,
      minimumRows: undefined as never,
      maxStalenessMs: undefined as never,
      columns: [
        date,
        { ...region, type: 'VARCHAR' },
        amount,
        { name: 'row_count', type: 'BIGINT' },
      ],
    });

    const lines = new Set(written.text.split('\n'));
    const gone = EDITED.split('\n').filter((line) => !lines.has(line));
    expect(gone).toEqual(['version: 1.3.0']);
    expect(written.version).toBe('1.4.0');
    expect(problemsOf(written.text)).toEqual([]);
  });

  it('loses only the column that is gone, with what was written of it', () => {
    const written = update(EDITED, { columns: [date, region], key: ['order_date', 'region'] });

    expect(written.version).toBe('2.0.0');
    expect(written.text).not.toContain('sum_amount');
    expect(written.text).toContain('businessName: Day of the order');
    expect(written.text).toContain("channel: '#sales-data'");
    expect(problemsOf(written.text)).toEqual([]);
  });

  it('keeps the words about a column that was renamed', () => {
    const { version: _version, ...wanted } = aContract({
      columns: [{ ...date, name: 'day' }, region, amount],
      key: ['day', 'region'],
    });

    const written = updateContract({
      text: EDITED,
      wanted,
      renames: new Map([['order_date', 'day']]),
    });

    expect(written).toMatchObject({ kind: 'written', level: 'major' });
    expect(written).toHaveProperty(
      'text',
      expect.stringContaining('name: day\n    businessName: Day of the order'),
    );
  });

  it.each([
    ['no YAML', 'a: [', 'it is no YAML that can be edited: '],
    [
      'aliases',
      EDITED.replace('status: active', 'status: &s active\ndataProduct: *s'),
      'it uses aliases',
    ],
    [
      'a version of its own kind',
      EDITED.replace('1.3.0', '2026-05'),
      'the version it carries is not of the form 1.2.3',
    ],
    ['two contracts', `${EDITED}---\n${EDITED}`, 'it is no YAML that can be edited: multiple_docs'],
  ])('with %s is left alone', (_what, text, because) => {
    const { version: _version, ...wanted } = aContract();

    const written = updateContract({ text, wanted });

    expect(written).toMatchObject({ kind: 'left-alone' });
    expect(written).toHaveProperty('because', expect.stringContaining(because));
  });

  it('keeps its line ends', () => {
    const written = update(EDITED.replaceAll('\n', '\r\n'), { physicalType: 'table' });

    expect(written.text.split('\r\n').length).toBe(written.text.split('\n').length);
  });
});
