import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { handTurnedClock } from '../../../src/base/clock.ts';
import { GoldsmithError } from '../../../src/base/goldsmith-error.ts';
import { usd } from '../../../src/base/usd.ts';
import type { ChannelRef } from '../../../src/propose/channel.ts';
import type { Proposal } from '../../../src/propose/proposal.ts';
import { slackChannel } from '../../../src/propose/slack/slack-channel.ts';
import { FakeSlack } from '../../servers/slack.ts';
import { aDraft, aProposal, MONDAY } from '../a-proposal.ts';

describe('the slack channel', () => {
  let slack: FakeSlack;
  const clock = handTurnedClock(MONDAY);
  beforeEach(async () => {
    slack = await FakeSlack.start();
  });
  afterEach(() => slack.stop());

  function show(
    proposal: Proposal,
    {
      ref,
      isUnsure = false,
      settings = {},
      now = MONDAY,
    }: {
      ref?: ChannelRef | undefined;
      isUnsure?: boolean;
      settings?: Partial<typeof slack.settings>;
      now?: number;
    } = {},
  ): Promise<ChannelRef> {
    const channel = slackChannel({
      settings: { ...slack.settings, ...settings },
      clock,
      from: 'lake',
      undoFor: 1000,
      timeoutMs: 2000,
    });
    const { signal } = new AbortController();
    return channel.show(proposal, { ref, isUnsure, now, signal });
  }

  const applied = (at = MONDAY) =>
    aProposal({ moves: [{ to: 'applied', at, by: 'goldsmith' }] }, 'applied');

  it('shows one message with its answers, and changes it as the proposal moves', async () => {
    const ref = await show(aProposal());
    expect(slack.messages).toHaveLength(1);
    expect(slack.answersOf(slack.messages[0])).toEqual([
      'goldsmith.approve',
      'goldsmith.decline',
      'goldsmith.snooze',
    ]);

    await show(
      aProposal(
        { moves: [{ to: 'declined', at: MONDAY, by: 'slack:U1', reason: 'later' }] },
        'declined',
      ),
      { ref },
    );

    expect(slack.messages).toHaveLength(1);
    expect(JSON.stringify(slack.messages[0])).toContain('*Declined by <@U1>: later*');
    expect(slack.answersOf(slack.messages[0])).toEqual([]);
  });

  it('tells the money in lines, what it nets first, and where the rest is told', async () => {
    const { body } = aProposal();
    const arithmetic = [
      '40 runs a day',
      'saves $4 a day',
      'costs $1',
      'pays from 7',
      'seen',
      'more',
    ];
    const money = {
      netPerDay: usd(3),
      interval: [usd(2), usd(4)],
      once: usd(1),
      arithmetic,
    } as const;
    await show({ ...aProposal(), body: { ...body, money } });

    const texts = (slack.messages[0]?.blocks ?? []).map(({ text }) => text?.text ?? '');
    expect(texts.find((text) => text.startsWith('*Money*'))?.split('\n')).toEqual([
      '*Money*',
      '• nets $3.00 a day ($2.00 to $4.00), costs $1.00 once',
      '• 40 runs a day',
      '• saves $4 a day',
      '• costs $1',
      '• pays from 7',
      '• and 2 more: goldsmith proposals show tells all',
    ]);
  });

  it('names everybody who said yes to what was carried out', async () => {
    const yes = (to: 'agreed' | 'approved', by: string) => ({ to, at: MONDAY, by });
    const moves = [yes('agreed', 'slack:U1'), yes('approved', 'cli:ana')];
    await show(
      aProposal({ moves: [...moves, { to: 'applied', at: MONDAY, by: 'goldsmith' }] }, 'applied'),
    );

    expect(JSON.stringify(slack.messages[0])).toContain('approved by <@U1> and cli:ana');
  });

  it('offers to take back what was applied, for as long as that is offered', async () => {
    const ref = await show(applied());
    expect(slack.answersOf(slack.messages[0])).toEqual(['goldsmith.undo']);

    await show(applied(), { ref, now: MONDAY + 1000 });

    expect(slack.answersOf(slack.messages[0])).toEqual([]);
  });

  it('waits as long as a busy Slack asks', async () => {
    slack.trouble({ kind: 'busy', retryAfter: 7 });
    const before = clock.now();

    await show(aProposal());

    expect(slack.messages).toHaveLength(1);
    expect(clock.now() - before).toBe(7000);
  });

  it('finds its message again after an answer was lost, and posts no second one', async () => {
    slack.trouble({ kind: 'lost-answer' });
    await expect(show(aProposal())).rejects.toThrow(
      'Slack did not answer; it is shown again later',
    );
    expect(slack.messages).toHaveLength(1);

    const ref = await show(aProposal(), { isUnsure: true });

    expect(slack.messages).toHaveLength(1);
    expect(ref).toEqual({ ts: slack.messages[0]?.ts });
  });

  it('posts after an outage in which nothing arrived', async () => {
    slack.trouble({ kind: 'down' });
    await expect(show(aProposal())).rejects.toMatchObject({ code: 'SLACK_UNREACHABLE' });

    await show(aProposal(), { isUnsure: true });

    expect(slack.messages).toHaveLength(1);
  });

  it('posts anew what somebody took away while it waits, and lets rest what ended', async () => {
    const ref = await show(aProposal());
    slack.take(String(ref['ts']));
    await show(applied(), { ref });
    expect(slack.messages).toHaveLength(0);

    const again = await show(aProposal(), { ref });

    expect(slack.messages.map(({ ts }) => ts)).toEqual([again['ts']]);
  });

  it('says what to mend when Slack refuses, and never the token', async () => {
    const wrong = show(aProposal(), { settings: { botToken: 'xoxb-2-wrong-token' } });
    await expect(wrong).rejects.toThrow(
      'Slack refused chat.postMessage: invalid_auth; check propose.slack.botToken',
    );

    const error = await show(aProposal(), { settings: { channel: 'C404' } }).catch(
      (caught: unknown) => caught,
    );

    expect(error).toBeInstanceOf(GoldsmithError);
    expect(String((error as Error).stack)).not.toContain('xoxb');
    expect((error as Error).message).toContain('check propose.slack.channel');
  });

  it('tells the doctor who it is, and shows nobody anything', async () => {
    const parts = { clock, from: 'lake', undoFor: 1000 };
    const { signal } = new AbortController();

    const found = await slackChannel({ ...parts, settings: slack.settings }).probe?.(signal);
    const wrong = slackChannel({
      ...parts,
      settings: { ...slack.settings, botToken: 'xoxb-revoked-token' },
    }).probe?.(signal);

    expect(found).toBe('Slack knows the app as goldsmith of Acme');
    await expect(wrong).rejects.toThrow('check propose.slack.botToken');
    expect(slack.messages).toEqual([]);
  });

  it('keeps what people wrote from becoming markup, and long bodies within what Slack takes', async () => {
    const { body } = aDraft();
    const many = Array.from(
      { length: 40 },
      (_, n) => `select <!channel> & "${n}" ${'x'.repeat(200)}`,
    );

    await show(
      aProposal({
        body: {
          ...body,
          title: `Build ${'y'.repeat(300)}`,
          because: 'z'.repeat(5000),
          evidence: many,
          readers: many,
          risks: many,
          proofs: many,
          sql: many,
        },
      }),
    );

    expect(slack.messages).toHaveLength(1);
    expect(JSON.stringify(slack.messages[0])).not.toContain('<!channel>');
    expect(JSON.stringify(slack.messages[0])).toContain('&lt;!channel&gt;');
  });
});
