import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { handTurnedClock } from '../../src/base/clock.ts';
import { slackNotifier } from '../../src/notify/slack.ts';

const notice = {
  title: 'Built and proved gold.daily_sales',
  because: '168 runs <in 14 days> & rising',
  money: 'predicted $0.0012 a day net, for $0.0003 once',
  undo: 'goldsmith rollback gold.daily_sales',
  planDigest: '0123456789abcdef',
};

let server: Server | undefined;
afterEach(() => server?.close());

describe('slack', () => {
  it('gets what, why, the money and how to undo, with its control characters escaped', async () => {
    const { url, bodies } = await listen([200]);

    await slackNotifier({ webhookUrl: url, clock: handTurnedClock(0) }).notify(notice);

    const [message] = bodies;
    expect(message).toContain('Built and proved gold.daily_sales');
    expect(message).toContain('168 runs &lt;in 14 days&gt; &amp; rising');
    expect(message).toContain('goldsmith rollback gold.daily_sales');
  });

  it('is told no name that would call everybody', async () => {
    const { url, bodies } = await listen([200]);

    await slackNotifier({ webhookUrl: url, clock: handTurnedClock(0) }).notify({
      ...notice,
      title: 'Built and proved gold.<!channel>',
    });

    const { text } = JSON.parse(bodies[0] ?? '{}') as { text: string };
    expect(text).toContain('gold.&lt;!channel&gt;');
  });

  it('is asked again after a 503, and after a 429 no sooner than it asked for', async () => {
    const { url, bodies } = await listen([503, 429, 200]);
    const clock = handTurnedClock(0);

    await slackNotifier({ webhookUrl: url, clock }).notify(notice);

    expect(bodies).toHaveLength(3);
    expect(clock.now()).toBe(1000 + 7000);
  });

  it('that says the webhook is gone is not asked again, and the error says what to check', async () => {
    const { url, bodies } = await listen([404]);

    await expect(
      slackNotifier({ webhookUrl: url, clock: handTurnedClock(0) }).notify(notice),
    ).rejects.toThrow(
      'Slack answered 404; the decision stands and is in the log, check notify.slackWebhookUrl',
    );
    expect(bodies).toHaveLength(1);
  });

  it('that is down gives one clear sentence once the retries are used up', async () => {
    const { url } = await listen([200]);
    server?.close();

    await expect(
      slackNotifier({ webhookUrl: url, clock: handTurnedClock(0) }).notify(notice),
    ).rejects.toMatchObject({
      code: 'SLACK_UNREACHABLE',
    });
  });
});

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
