import type { Action } from '../../../src/plan/action.ts';
import {
  build,
  DAY,
  id,
  SALES,
  START,
  salesDefinition,
  toLogical,
  toVersion,
} from '../../conformance/loop-world.ts';

export const LIFE_SUBJECT = {
  name: 'postgres',
  schema: 'public',
  types: { text: 'text', bigint: 'bigint', sumOfMoney: 'numeric' },
};

const definition = salesDefinition(LIFE_SUBJECT);

/** A mart's life, one step each: what is killed must not show to readers. */
export const lifeActions: readonly Action[] = [
  { kind: 'create-mart', mart: SALES, definition },
  build(1),
  toVersion(1, START + DAY),
  build(2, 'refresh'),
  toVersion(2, START + DAY),
  toLogical,
];

export const READ_SALES = `select sum(orders)::int as n from ${id(SALES)}`;
