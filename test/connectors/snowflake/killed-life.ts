import type { Action } from '../../../src/plan/action.ts';
import {
  build,
  DAY,
  START,
  salesDefinition,
  salesOf,
  toVersion,
} from '../../conformance/loop-world.ts';
import type { StagedSubject } from '../../conformance/staged-conformance.ts';

/** What a process of its own needs to know of the account. */
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

/** What is killed must not show to readers. */
export const killedActions: readonly Action[] = [
  { kind: 'create-mart', mart: salesOf(NAMED), definition: salesDefinition(NAMED) },
  build(1, 'promote', NAMED),
  toVersion(1, START + DAY, NAMED),
];
