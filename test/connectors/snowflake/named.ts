import type { StagedSubject } from '../../conformance/staged-conformance.ts';

/** Snowflake's words, without a server. */
export const NAMED: Pick<StagedSubject, 'name' | 'schema' | 'cased' | 'types'> = {
  name: 'snowflake',
  schema: 'public',
  cased: (name) => name.toUpperCase(),
  types: {
    text: 'VARCHAR',
    bigint: 'NUMBER(38,0)',
    integer: 'NUMBER(38,0)',
    sumOfMoney: 'NUMBER(38,2)',
  },
};
