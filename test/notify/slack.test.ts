import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { HOUR_MS, handTurnedClock } from '../../src/base/clock.ts';
import { slackNotifier } from '../../src/notify/slack.ts';

const notice = {
  title: 'Built and proved gold.daily_sales',
  because: '168 runs <in 14 days> & rising',
  money: 'predicted $0.0012 a day net, for $0.0003 once',
  undo: '`goldsmith rollback gold.daily_sales`',
  planDigest: '0123456789abcdef',
};

const MINUTE_MS = 60_000;

let server: Server | undefined;
afterEach(() => server?.close());

describe('slack', () => {
  it('gets what, why, the money and how to undo, with its control characters escaped', async () => {
    const { url, bodies } = await listen([200]);

    await slackNotifier({ webhookUrl: url, clock: handTurnedClock(0) }).tell([notice]);

    const [message] = bodies;
    expect(message).toContain('Built and proved gold.daily_sales');
    expect(message).toContain('168 runs &lt;in 14 days&gt; &amp; rising');
    expect(message).toContain('goldsmith rollback gold.daily_sales');
  });

  it('is told no name that would call everybody', async () => {
    const { url, bodies } = await listen([200]);

    await slackNotifier({ webhookUrl: url, clock: handTurnedClock(0) }).tell([
      {
        ...notice,
        title: 'Built and proved gold.<!channel>',
      },
    ]);

    const { text } = JSON.parse(bodies[0] ?? '{}') as { text: string };
    expect(text).toContain('gold.&lt;!channel&gt;');
  });

  it('is asked again after a 503, and after a 429 no sooner than it asked for', async () => {
    const { url, bodies } = await listen([503, 429, 200]);
    const clock = handTurnedClock(0);

    await slackNotifier({ webhookUrl: url, clock }).tell([notice]);

    expect(bodies).toHaveLength(3);
    expect(clock.now()).toBe(1000 + 7000);
  });

  it('that says the webhook is gone is not asked again, and the error says what to check', async () => {
    const { url, bodies } = await listen([404]);

    await expect(
      slackNotifier({ webhookUrl: url, clock: handTurnedClock(0) }).tell([notice]),
    ).rejects.toThrow(
      'Slack answered 404; the decision stands and is in the log, check notify.slackWebhookUrl',
    );
    expect(bodies).toHaveLength(1);
  });

  it('that is down gives one clear sentence once the retries are used up', async () => {
    const { url } = await listen([200]);
    server?.close();

    await expect(
      slackNotifier({ webhookUrl: url, clock: handTurnedClock(0) }).tell([notice]),
    ).rejects.toMatchObject({
      code: 'SLACK_UNREACHABLE',
    });
  });
});

const MANY = Array.from({ length: 40 }, (_, at) => ({
  ...notice,
  title: `Built and proved gold.mart_${at}`,
}));

describe('many notices', () => {
  it('come one message each up to the limit, a second apart, as Slack asks', async () => {
    const { url, bodies } = await listen([200]);
    const clock = handTurnedClock(0);

    const outcome = await slackNotifier({ webhookUrl: url, clock, digestAbove: 3 }).tell(
      MANY.slice(0, 3),
    );

    expect(outcome).toEqual({ told: 3, held: 0 });
    expect(bodies).toHaveLength(3);
    expect(clock.now()).toBe(2000);
  });

  it('come as one digest above it: what, the money and the undo of the first, the rest counted', async () => {
    const { url, bodies } = await listen([200]);

    const outcome = await slackNotifier({
      webhookUrl: url,
      clock: handTurnedClock(0),
      from: 'lake',
      digestAbove: 3,
    }).tell(MANY);

    expect(outcome).toEqual({ told: 40, held: 0 });
    expect(bodies).toHaveLength(1);
    const { blocks } = JSON.parse(bodies[0] ?? '{}') as {
      blocks: readonly { readonly text?: { readonly text: string } }[];
    };
    expect(blocks[0]?.text?.text).toBe('40 notices from lake');
    expect(blocks[1]?.text?.text).toBe(
      [
        '*Built and proved gold.mart_0*',
        '168 runs &lt;in 14 days&gt; &amp; rising',
        'predicted $0.0012 a day net, for $0.0003 once. Undo: `goldsmith rollback gold.daily_sales`',
      ].join('\n'),
    );
    expect(blocks.at(-2)?.text?.text).toBe('and 25 more; the log has them all');
    expect(blocks.length).toBeLessThanOrEqual(50);
  });

  it('that are long stay within the sizes Slack takes', async () => {
    const { url, bodies } = await listen([200]);
    const long = { ...notice, title: 'x'.repeat(500), because: '<'.repeat(5000) };
    const slack = slackNotifier({ webhookUrl: url, clock: handTurnedClock(0) });

    await slack.tell([long]);
    await slack.tell([long, long, long, long, long]);

    for (const body of bodies) {
      const { blocks } = JSON.parse(body) as {
        blocks: readonly { readonly type: string; readonly text?: { readonly text: string } }[];
      };
      for (const { type, text } of blocks) {
        expect(text?.text.length ?? 0).toBeLessThanOrEqual(type === 'header' ? 150 : 3000);
      }
    }
  });

  it('beyond the messages of an hour wait, and come as a digest once the hour is over', async () => {
    const { url, bodies } = await listen([200]);
    const clock = handTurnedClock(0);
    const slack = slackNotifier({ webhookUrl: url, clock, messagesPerHour: 2 });

    const first = await slack.tell(MANY.slice(0, 2));
    const second = await slack.tell(MANY.slice(2, 4));
    clock.turnTo(clock.now() + HOUR_MS);
    const third = await slack.tell(MANY.slice(4, 6));

    expect([first, second, third]).toEqual([
      { told: 2, held: 0 },
      { told: 0, held: 2 },
      { told: 4, held: 0 },
    ]);
    expect(bodies).toHaveLength(3);
    expect(bodies[2]).toContain('4 notices from goldsmith');
  });

  it('that Slack did not take go with the next ones, once a pause is over, and say when they were made', async () => {
    const { url, bodies } = await listen([404, 200]);
    const clock = handTurnedClock(Date.parse('2026-08-10T03:00:00Z'));
    const slack = slackNotifier({ webhookUrl: url, clock });

    await expect(slack.tell(MANY.slice(0, 1))).rejects.toMatchObject({ code: 'SLACK_UNREACHABLE' });
    clock.turnTo(clock.now() + MINUTE_MS - 1);
    const tooSoon = await slack.tell([]);
    clock.turnTo(clock.now() + HOUR_MS);
    const outcome = await slack.tell([]);

    expect(tooSoon).toEqual({ told: 0, held: 1 });
    expect(outcome).toEqual({ told: 1, held: 0 });
    expect(bodies).toHaveLength(2);
    expect(bodies[1]).toContain('Built and proved gold.mart_0');
    expect(bodies[1]).toContain('goldsmith, plan 0123456789ab, 2026-08-10 03:00 UTC');
  });

  it('wait longer after each failure, and no longer than an hour', async () => {
    const { url, bodies } = await listen([404]);
    const clock = handTurnedClock(0);
    const slack = slackNotifier({ webhookUrl: url, clock });
    const triedAt: number[] = [];

    for (let minute = 0; minute < 6 * 60; minute += 1) {
      clock.turnTo(minute * MINUTE_MS);
      const before = bodies.length;
      await slack.tell(minute === 0 ? [notice] : []).catch(onlyUnreachable);
      triedAt.push(...(bodies.length > before ? [minute] : []));
    }

    expect(triedAt).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183, 243, 303]);
  });

  it('that say the same are told once, whatever plans they stood in', async () => {
    const { url, bodies } = await listen([404, 200]);
    const clock = handTurnedClock(0);
    const slack = slackNotifier({ webhookUrl: url, clock });

    await expect(slack.tell([notice])).rejects.toThrow('Slack answered 404');
    clock.turnTo(HOUR_MS);
    const outcome = await slack.tell([{ ...notice, planDigest: 'another' }]);

    expect(outcome).toEqual({ told: 1, held: 0 });
    expect(bodies).toHaveLength(2);
  });

  it('that are too many to keep while Slack is down are counted, not forgotten', async () => {
    const { url, bodies } = await listen([404, 404, 404, 200]);
    const clock = handTurnedClock(0);
    const slack = slackNotifier({ webhookUrl: url, clock });
    for (let turn = 0; turn < 3; turn += 1) {
      const others = MANY.map((one) => ({ ...one, title: `${one.title} again ${turn}` }));
      await expect(slack.tell(others)).rejects.toThrow('Slack answered 404');
      clock.turnTo(clock.now() + HOUR_MS);
    }

    const outcome = await slack.tell([]);

    expect(outcome).toEqual({ told: 120, held: 0 });
    expect(bodies[3]).toContain('120 notices from goldsmith');
    expect(bodies[3]).toContain('and 105 more; the log has them all');
  });

  it('and none at all say nothing', async () => {
    const { url, bodies } = await listen([200]);

    await slackNotifier({ webhookUrl: url, clock: handTurnedClock(0) }).tell([]);

    expect(bodies).toEqual([]);
  });
});

describe('a probe of the webhook', () => {
  it('passes where Slack only says that the message is empty', async () => {
    const { url, bodies } = await listen([400]);

    await slackNotifier({ webhookUrl: url, clock: handTurnedClock(0) }).probe();

    expect(bodies).toEqual(['{}']);
  });

  it('tells a webhook that was revoked', async () => {
    const { url } = await listen([404]);

    await expect(
      slackNotifier({ webhookUrl: url, clock: handTurnedClock(0) }).probe(),
    ).rejects.toThrow('Slack answered 404');
  });
});

function onlyUnreachable(error: unknown): void {
  expect(error).toMatchObject({ code: 'SLACK_UNREACHABLE' });
}

async function listen(statuses: readonly number[]): Promise<{ url: string; bodies: string[] }> {
  const bodies: string[] = [];
  server = createServer((request, response) => {
    void readAll(request).then((body) => {
      const status = statuses[Math.min(bodies.length, statuses.length - 1)] ?? 200;
      bodies.push(body);
      response.writeHead(status, status === 429 ? { 'retry-after': '7' } : {}).end('ok');
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, bodies };
}

async function readAll(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
  }
  return text;
}
