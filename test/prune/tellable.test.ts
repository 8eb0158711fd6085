import { describe, expect, it } from 'vitest';
import { TOMBSTONE_TYPES } from '../../src/connectors/snowflake/lookup-wording.ts';
import type { Standing } from '../../src/prune/ladder.ts';
import { tellable } from '../../src/prune/tellable.ts';

const TAKEN: Standing = {
  attribute: 'tags',
  from: 'hidden',
  to: 'tombstoned',
  rule: 'tombstone',
  because: 'nobody named it',
  evidence: {},
};

describe('what may be tombstoned', () => {
  it('is a column of a type that can raise an error; another stays hidden and says why', () => {
    const of = (type: string) => tellable(TAKEN, { type, tombstones: TOMBSTONE_TYPES });

    for (const type of ['VARCHAR(16777216)', 'NUMBER(38,0)', 'TIMESTAMP_NTZ(9)', 'date']) {
      expect(of(type), type).toEqual(TAKEN);
    }
    for (const type of ['ARRAY', 'VARIANT', 'GEOGRAPHY', 'BINARY(8)']) {
      expect(of(type), type).toEqual({
        ...TAKEN,
        to: 'hidden',
        rule: 'no-tombstone',
        because: `nobody named it; but this warehouse cannot raise an error in a column of type ${type}, so it stays hidden`,
      });
    }
  });

  it('is every column where nothing is said of types, and no other step is looked at', () => {
    expect(tellable(TAKEN, { type: 'ARRAY', tombstones: undefined })).toEqual(TAKEN);
    const hidden: Standing = { ...TAKEN, from: 'announced', to: 'hidden' };
    expect(tellable(hidden, { type: 'ARRAY', tombstones: TOMBSTONE_TYPES })).toEqual(hidden);
  });
});
