import { describe, expect, it } from 'vitest';
import { type RelationId, relationId } from '../../../src/base/relation.ts';
import { postgresWording } from '../../../src/connectors/postgres/postgres-wording.ts';
import type { MartVersion } from '../../../src/marts/mart.ts';
import { sqlOf } from '../../../src/propose/body/sql-of.ts';
import { aMart, aVersion } from '../../builders/a-mart.ts';
import { aDefinition, aStep, DAILY } from '../a-proposal.ts';

const inData = (name: string): RelationId => relationId({ schema: 'gold_data', name });
const TABLE = inData('daily_sales__v1');

/** What the proposal to drop a hidden version says. */
function dropping(changes: Partial<MartVersion>): readonly string[] {
  const definition = aDefinition();
  const version = aVersion(definition, { table: TABLE, ...changes });
  const mart = aMart(definition, { hidden: [{ version, hiddenAt: 0 }] });
  const step = aStep({ kind: 'drop-version', mart: DAILY, version: 1, table: TABLE });
  return sqlOf([step], { wording: postgresWording, martOf: () => mart });
}

describe('the SQL of dropping a version', () => {
  it('drops a table', () => {
    expect(dropping({})).toEqual(['drop table "gold_data"."daily_sales__v1"']);
  });

  it('names what the warehouse keeps itself by its kind', () => {
    expect(
      dropping({ native: { kind: 'materialized view', refreshes: 0, sinceWhole: 0 } }),
    ).toEqual(['drop materialized view "gold_data"."daily_sales__v1"']);
  });

  it('drops all that a slim version is made of, its view first', () => {
    const rows = inData('daily_sales__v1_rows');
    const side = { table: inData('daily_sales__v1_1'), sql: 'select 1', keys: ['id'] };

    const dropped = dropping({ slim: { rows, sql: '', packs: [], sides: [side], attributes: [] } });

    expect(dropped).toEqual([
      'drop view "gold_data"."daily_sales__v1"',
      'drop table "gold_data"."daily_sales__v1_rows"',
      'drop table "gold_data"."daily_sales__v1_1"',
    ]);
  });
});
