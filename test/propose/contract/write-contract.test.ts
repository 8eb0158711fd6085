import { describe, expect, it } from 'vitest';
import { readContract } from '../../../src/propose/contract/read-contract.ts';
import { writeContract } from '../../../src/propose/contract/write-contract.ts';
import { aContract } from './a-contract.ts';
import { problemsOf } from './validate-contract.ts';

describe('a written contract', () => {
  it('is what the published schema of the standard asks for', () => {
    expect(problemsOf(writeContract(aContract()))).toEqual([]);
  });

  it('says again what was written', () => {
    const contract = aContract();

    expect(readContract(writeContract(contract), contract.relation)).toEqual({
      kind: 'contract',
      contract: {
        ...contract,
        columns: contract.columns,
      },
    });
  });

  it.each([
    ['DECIMAL(10,2)[]', 'array'],
    ['STRUCT(a INTEGER)', 'object'],
    ['TIMESTAMP WITH TIME ZONE', 'timestamp'],
    ['time without time zone', 'time'],
    ['UHUGEINT', 'integer'],
    ['double precision', 'number'],
    ['character varying(20)', 'string'],
    ['boolean', 'boolean'],
    ['NUMBER(38,0)', 'integer'],
  ])('takes %s as %s, as the standard allows', (type, logical) => {
    const text = writeContract(aContract({ columns: [{ name: 'x', type }], key: ['x'] }));

    expect(text).toContain(`logicalType: ${logical}\n`);
    expect(problemsOf(text)).toEqual([]);
  });

  it('leaves the logical type out where the standard has none', () => {
    const text = writeContract(aContract({ columns: [{ name: 'x', type: 'INTERVAL' }] }));

    expect(text).not.toContain('logicalType: string');
    expect(problemsOf(text)).toEqual([]);
  });

  it('keeps names that YAML would take for something else', () => {
    const columns = ['no', '1', 'a: b', '# c', '*d', 'null', '- e', 'f\'"\n'].map((name) => ({
      name,
      type: 'TEXT',
    }));
    const contract = aContract({ columns, key: ['no', '1'] });

    const read = readContract(writeContract(contract), contract.relation);

    expect(read).toMatchObject({ contract: { columns, key: ['no', '1'] } });
  });
});

describe('a contract that is read', () => {
  it('must be an ODCS v3 data contract', () => {
    expect(readContract('kind: Pipeline\napiVersion: v3.1.0', aContract().relation)).toEqual({
      kind: 'unreadable',
      because: 'it is a Pipeline of version v3.1.0, not an ODCS v3 DataContract',
    });
  });

  it('must speak of the relation', () => {
    const text = `${writeContract(aContract())}`.replaceAll('daily_sales', 'other');
    const two = text.replace('schema:\n', 'schema:\n  - name: second\n');

    expect(readContract(two, aContract().relation)).toEqual({
      kind: 'unreadable',
      because: 'none of its schema objects is named gold.daily_sales',
    });
  });

  it('takes a freshness a person wrote in other units', () => {
    const text = writeContract(aContract()).replace(
      /id: goldsmith_freshness[\s\S]*/,
      'property: Latency\n    value: 90\n    unit: minutes\n',
    );

    expect(readContract(text, aContract().relation)).toMatchObject({
      contract: { maxStalenessMs: 5_400_000 },
    });
  });
});
