import { describe, expect, it } from 'vitest';
import { describeAdded } from '../../../src/propose/dbt/describe-added.ts';

const TEXT = `models:
- name: other
- name: orders
  columns:
  - name: id   # theirs
    description: "The order"
    data_type: bigint
- name: bare
`;

function described(over: Partial<Parameters<typeof describeAdded>[0]> = {}) {
  const outcome = describeAdded({
    text: TEXT,
    model: 'orders',
    columns: [{ name: 'amount', type: 'DECIMAL(18,2)', words: 'sum of cents of raw.orders' }],
    hasContract: false,
    ...over,
  });
  return outcome.kind === 'text' ? outcome.text : outcome.because;
}

describe('describing a new column', () => {
  it('says of it what is said of the others', () => {
    expect(described()).toBe(
      TEXT.replace(
        'data_type: bigint\n',
        'data_type: bigint\n  - name: amount\n    description: sum of cents of raw.orders\n    data_type: decimal(18,2)\n',
      ),
    );
  });

  it('says no more than its name where no more is said of the others', () => {
    const text = TEXT.replace(/ {4}description.*\n.*\n/, '');

    expect(described({ text })).toBe(text.replace('# theirs\n', '# theirs\n  - name: amount\n'));
  });

  it('leaves a model alone whose columns are not described, unless a contract is enforced', () => {
    expect(described({ model: 'bare' })).toBe(TEXT);
    expect(described({ model: 'elsewhere' })).toBe(TEXT);
    expect(described({ model: 'elsewhere', hasContract: true })).toBe(
      'it does not describe elsewhere, whose contract is enforced',
    );
  });

  it('refuses an enforced contract without a type, and models with versions', () => {
    const columns = [{ name: 'amount', type: '' }];

    expect(described({ columns, hasContract: true })).toBe(
      'its contract is enforced, and the type of amount is not known',
    );
    expect(
      described({ text: TEXT.replace('  columns:', '  versions: [{v: 1}]\n  columns:') }),
    ).toBe('the model has versions, which may share their columns');
  });

  it('adds no column that is described already', () => {
    expect(described({ columns: [{ name: 'ID', type: '' }] })).toBe(TEXT);
  });
});
