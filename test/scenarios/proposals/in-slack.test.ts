import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../../src/http/create-app.ts';
import { FakeSlack } from '../../servers/slack.ts';
import { DAILY_SALES, type SmallWorld } from '../small-world.ts';
import { askedWorld, onlyProposal, proposalsOf } from './asked-world.ts';

/** One story, told in order: a Slack that is away, is back, and answers. */
describe('a proposal in Slack', () => {
  let slack: FakeSlack;
  let world: SmallWorld;
  let server: ReturnType<typeof serve>;
  let door = '';

  beforeAll(async () => {
    slack = await FakeSlack.start();
    slack.isDown = true;
    world = await askedWorld({
      settings: {
        propose: { slack: slack.settings, approvals: { build: ['slack:U1', 'slack:U2'] } },
      },
    });
    const { goldsmith } = world;
    const app = createApp({
      service: goldsmith,
      metrics: goldsmith.metrics,
      identity: 'test',
      host: '127.0.0.1',
      token: undefined,
      onError: (error) => {
        throw error;
      },
      onSlack: (request) => goldsmith.interact(request),
    });
    server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    door = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/interactions`;
  });
  afterAll(async () => {
    server.close();
    await world.close();
    await slack.stop();
  });

  /** As Slack delivers it, over HTTP, under a name of its own. */
  async function deliver(press: ReturnType<FakeSlack['press']>): Promise<number> {
    const answer = await fetch(door, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: 'https://slack.com',
        'x-slack-signature': press.signature,
        'x-slack-request-timestamp': press.timestamp,
      },
      body: press.rawBody,
    });
    return answer.status;
  }

  const press = (user: string, action: string, more: { option?: string; secret?: string } = {}) =>
    slack.press(slack.messages[0], { user, action, now: world.clock.now(), ...more });

  it('is not lost while Slack is away, and shown once when it is back', async () => {
    expect(slack.messages).toEqual([]);
    expect((await onlyProposal(world)).state).toBe('open');
    slack.isDown = false;
    // It looks first whether an earlier attempt arrived; then it posts, and does not hear that it did.
    slack.trouble({ kind: 'none' }, { kind: 'lost-answer' });

    await world.goldsmith.cycle();
    expect(slack.messages).toHaveLength(1);
    await world.goldsmith.cycle();
    await world.goldsmith.cycle();

    expect(slack.messages).toHaveLength(1);
    expect((await onlyProposal(world)).shown).toEqual([
      `slack: message ${slack.messages[0]?.ts} in ${slack.settings.channel}`,
    ]);
    expect(slack.answersOf(slack.messages[0])).toEqual([
      'goldsmith.approve',
      'goldsmith.decline',
      'goldsmith.snooze',
      'goldsmith.show-sql',
    ]);
  });

  it('is answered by nobody who cannot sign as Slack does', async () => {
    const forged = press('U1', 'goldsmith.approve', { secret: 'guessed-guessed-guessed' });

    expect(await deliver(forged)).toBe(401);
    expect((await onlyProposal(world)).state).toBe('open');
  });

  it('is not approved by who is not listed: only he is told', async () => {
    const { status, done } = world.goldsmith.interact(press('U9', 'goldsmith.approve'));
    await done;

    expect(status).toBe(200);
    expect(slack.whispers).toEqual([
      'slack:U9 is not listed in propose.approvals.build, so this does not count',
    ]);
    expect((await onlyProposal(world)).state).toBe('open');
  });

  it('shows its SQL to who asks for it', async () => {
    await world.goldsmith.interact(press('U9', 'goldsmith.show-sql')).done;

    expect(slack.whispers.at(-1)).toContain('daily_sales__v1');
  });

  it('is carried out when a listed person approves it; a replay and a second person change nothing', async () => {
    const yes = press('U1', 'goldsmith.approve');
    const other = press('U2', 'goldsmith.approve');
    const before = await world.rows(DAILY_SALES);

    expect(await deliver(yes)).toBe(200);
    await Promise.all([
      world.goldsmith.interact(yes).done,
      world.goldsmith.interact(other).done,
      world.goldsmith.interact(yes).done,
    ]);
    await world.goldsmith.carryOut();

    const proposal = await onlyProposal(world);
    expect(proposal.state).toBe('applied');
    expect(proposal.moves.map(({ to, by }) => `${to} ${by}`)).toEqual([
      'drafted goldsmith',
      'open goldsmith',
      'approved slack:U1',
      'applied goldsmith',
    ]);
    expect(await world.rows(DAILY_SALES)).toEqual(before);
    expect(slack.whispers).toContain('slack:U1 approved it already');
    expect(slack.whispers).toContain('this was heard already');
    expect(slack.messages).toHaveLength(1);
    expect(JSON.stringify(slack.messages[0])).toContain('approved by <@U1>');
    expect(slack.answersOf(slack.messages[0])).toEqual(['goldsmith.undo', 'goldsmith.show-sql']);
  });

  it('is taken back with Undo, once', async () => {
    const undo = press('U2', 'goldsmith.undo');

    await Promise.all([
      world.goldsmith.interact(undo).done,
      world.goldsmith.interact(press('U1', 'goldsmith.undo')).done,
    ]);

    expect((await proposalsOf(world)).map(({ state }) => state)).toEqual(['undone']);
    const [plan] = await world.rows(`explain ${DAILY_SALES}`);
    expect(plan).toContain('order_lines');
    expect(slack.answersOf(slack.messages[0])).toEqual([]);
    expect(slack.messages).toHaveLength(1);
  });

  it('never shows the token or the signing secret anywhere', async () => {
    const { text } = await world.goldsmith.proposals();
    const told = [...world.logLines, ...slack.bodies, ...slack.whispers, text].join('\n');

    expect(told).not.toContain(slack.settings.botToken);
    expect(told).not.toContain(slack.settings.signingSecret);
  });
});
