import { describe, expect, it } from 'vitest';
import type { DbtNeed } from '../../../src/lineage/dbt/dbt-needs.ts';
import { climb } from '../../../src/prune/ladder.ts';
import { aGoldRelation, aLadder, WIDE } from '../a-gold-relation.ts';

function standingUnder(dbt: readonly DbtNeed[]) {
  return climb(aLadder({ of: aGoldRelation({ dbt }) }))[0];
}

const NEED: DbtNeed = {
  relation: WIDE,
  kind: 'model',
  who: 'dbt model daily',
  columns: ['A'],
  advice: 'change that first',
};

describe('an attribute nobody reads', () => {
  it('stays where a dbt model downstream takes it, in any case', () => {
    expect(standingUnder([NEED])).toMatchObject({
      to: 'kept',
      rule: 'dbt-dependents',
      because: 'dbt model daily takes it; change that first',
    });
  });

  it('stays where an exposure does not say what it takes', () => {
    const exposure: DbtNeed = { ...NEED, kind: 'exposure', who: 'dashboard X', columns: 'all' };

    expect(standingUnder([exposure])).toMatchObject({
      rule: 'dbt-dependents',
      because: 'dashboard X may take it; change that first',
    });
  });

  it('stays where a contract or a test names it', () => {
    const contract: DbtNeed = { ...NEED, kind: 'contract', who: 'dbt model wide' };

    expect(standingUnder([contract])).toMatchObject({
      rule: 'dbt-promises',
      because: 'dbt model wide names it (contract); change that first',
      evidence: { kind: 'contract' },
    });
  });

  it('goes where the project needs other columns', () => {
    expect(standingUnder([{ ...NEED, columns: ['b'] }])).toMatchObject({ to: 'announced' });
  });
});
