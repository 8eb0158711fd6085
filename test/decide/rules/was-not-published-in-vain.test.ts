import { expect, it } from 'vitest';
import { DAY_MS } from '../../../src/base/clock.ts';
import { noMoney } from '../../../src/base/usd.ts';
import { wasNotPublishedInVain } from '../../../src/decide/rules/was-not-published-in-vain.ts';
import { aDecisionInput } from '../../builders/a-decision-input.ts';

const { now, policy } = aDecisionInput();

it.each([
  { title: 'never was one', givenUpAt: undefined },
  { title: 'was given up 90 days ago', givenUpAt: now - policy.declinedFor },
])('a view that $title may be published', ({ givenUpAt }) => {
  const input = aDecisionInput({ accumulator: { missed: noMoney, givenUpAt } });

  expect(wasNotPublishedInVain.judge(input)).toEqual({ kind: 'pass' });
});

it('a view that was given up later than that waits, and says until when', () => {
  const givenUpAt = now - policy.declinedFor + DAY_MS;

  const verdict = wasNotPublishedInVain.judge(
    aDecisionInput({ accumulator: { missed: noMoney, givenUpAt } }),
  );

  expect(verdict).toMatchObject({
    kind: 'refuse',
    because: expect.stringMatching(
      /^it was a view until \d{4}-\d\d-\d\d and not worth keeping, and is not published again for 90d$/,
    ),
    evidence: { daysSince: 89 },
    flip: { what: 'the day' },
  });
});
