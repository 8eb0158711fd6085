import { describe, expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import { usd } from '../../src/base/usd.ts';
import {
  failureNotice,
  noticeOf,
  proposalNotice,
  quarantineNotice,
} from '../../src/notify/notice.ts';
import type { Action } from '../../src/plan/action.ts';
import type { PlanStep } from '../../src/plan/plan.ts';

const mart = relationId({ schema: 'gold', name: 'daily_sales' });
const table = relationId({ schema: 'gold_data', name: 'daily_sales__v1' });

const build: Action = {
  kind: 'build-version',
  mart,
  version: 1,
  table,
  reason: 'promote',
  replay: [],
  minimumGain: 0.5,
  budget: { cpuMs: 1000, bytes: 1000 },
};
const step = (action: Action): PlanStep => ({
  action,
  because: '168 runs in 14 days',
  evidence: {},
  predicted: { netPerDay: usd(1.5), cost: usd(0.25) },
});

describe('a notice', () => {
  it('says what, why, the money and the command that takes it back', () => {
    expect(noticeOf(step(build), 'abc')).toEqual({
      title: 'Built and proved gold.daily_sales',
      because: '168 runs in 14 days',
      money: 'predicted $1.50 a day net, for $0.25 once',
      undo: '`goldsmith rollback gold.daily_sales`',
      planDigest: 'abc',
    });
  });

  it('is not written for a refresh, nor for one that failed: the next cycle tries again', () => {
    const refresh = step({ ...build, reason: 'refresh' });

    expect(noticeOf(refresh, 'abc')).toBeUndefined();
    expect(failureNotice(refresh, { detail: 'slower', planDigest: 'abc' })).toBeUndefined();
  });

  it('of a build that did not hold says why, that readers saw nothing, and where to look', () => {
    expect(
      failureNotice(step(build), { detail: 'it cut 10 %, not 50 %', planDigest: 'abc' }),
    ).toEqual({
      title: 'Built gold.daily_sales and did not keep it',
      because: 'it cut 10 %, not 50 %',
      money: 'nothing is claimed for it; what it took is on its debit side',
      next: 'nothing changed for readers; `goldsmith explain gold.daily_sales` says when it may be tried again',
      planDigest: 'abc',
    });
  });

  it('of a plan that waits tells what it would do, the whole money, and the word that does it', () => {
    const steps = [
      step(build),
      step({ kind: 'release-mart', mart }),
      step({ ...build, reason: 'refresh' }),
    ];

    expect(proposalNotice({ steps, digest: 'abc' })).toEqual({
      title: 'A plan waits for a person',
      because: 'it would build gold.daily_sales; give gold.daily_sales up',
      money: 'predicted $4.50 a day net, for $0.75 once',
      next: '`goldsmith plan` shows it with its numbers, `goldsmith proposals` what each part of it asks; `goldsmith approve <id>` does one, `goldsmith apply` all; do nothing and nothing happens',
      planDigest: 'abc',
    });
  });

  it('of a mart somebody else changed says what still can be seen', () => {
    expect(quarantineNotice(mart, 'the view was replaced').next).toBe(
      '`goldsmith explain gold.daily_sales` tells what is known; its first definition stays in the ledger',
    );
  });
});
