import { describe, expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import { sortSteps } from '../../src/propose/asked-of.ts';
import { aStep, building, DAILY, demoting, publishing } from './a-proposal.ts';

const table = relationId({ schema: 'goldsmith', name: 'daily_sales__v1' });

function kindsOf(steps: Parameters<typeof sortSteps>[0]) {
  const { asked, upkeep } = sortSteps(steps);
  return {
    asked: asked.map((one) => `${one.kind}: ${one.steps.map(({ action }) => action.kind).join()}`),
    upkeep: upkeep.map(({ action }) => action.kind),
  };
}

describe('what people are asked', () => {
  it('is one question for all steps of a mart', () => {
    expect(kindsOf([publishing(), ...building()])).toEqual({
      asked: ['build: create-mart,build-version,repoint-view'],
      upkeep: [],
    });
  });

  it('is not a refresh, a renewal, or a drop after its grace', () => {
    const drop = aStep({ kind: 'drop-version', mart: DAILY, version: 1, table });

    expect(kindsOf([...building({ reason: 'refresh' }), drop])).toEqual({
      asked: [],
      upkeep: ['build-version', 'repoint-view', 'drop-version'],
    });
  });

  it('is not the way back to the definition that keeps readers from stale answers', () => {
    expect(kindsOf([demoting({ outOfDate: 1 })]).asked).toEqual([]);
    expect(kindsOf([demoting(), ...building({ reason: 'refresh' })]).asked).toEqual([]);
  });

  it('is a demotion for money, and giving a mart up', () => {
    expect(kindsOf([demoting()]).asked).toEqual(['drop: repoint-view']);
    expect(kindsOf([aStep({ kind: 'release-mart', mart: DAILY })]).asked).toEqual([
      'drop: release-mart',
    ]);
  });

  it('is hiding an attribute together with the build that leaves it out; announcing it is a note', () => {
    const marking = (to: 'announced' | 'hidden') =>
      aStep({
        kind: 'mark-attributes',
        mart: DAILY,
        changes: [{ name: 'brand', from: 'kept', to, because: 'nobody reads it' }],
      });

    expect(kindsOf([...building({ reason: 'refresh' }), marking('hidden')]).asked).toEqual([
      'prune: build-version,repoint-view,mark-attributes',
    ]);
    expect(kindsOf([marking('announced')]).asked).toEqual([]);
  });

  it('leaves the steps of other marts where they are', () => {
    const other = relationId({ schema: 'gold', name: 'other' });

    expect(kindsOf([...building({ mart: other, reason: 'refresh' }), publishing()])).toEqual({
      asked: ['build: create-mart'],
      upkeep: ['build-version', 'repoint-view'],
    });
  });
});
