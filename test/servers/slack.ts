import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { signatureOf } from '../../src/propose/slack/signature.ts';

/** A message as Slack keeps it. */
export interface SlackMessage {
  readonly ts: string;
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
  readonly metadata?: unknown;
}

export interface SlackBlock {
  readonly type: string;
  readonly block_id?: string;
  readonly text?: { readonly text: string };
  readonly elements?: readonly SlackElement[];
}

export interface SlackElement {
  readonly type: string;
  readonly action_id?: string;
  readonly text?: { readonly text: string };
  readonly options?: readonly { readonly value: string }[];
}

/** How the next requests end, first in, first out; then all is well again. */
export type SlackTrouble =
  /** None: the trouble is for the request after it. */
  | { readonly kind: 'none' }
  | { readonly kind: 'busy'; readonly retryAfter: number }
  | { readonly kind: 'down' }
  /** It is done, and the answer never arrives. */
  | { readonly kind: 'lost-answer' }
  | { readonly kind: 'error'; readonly error: string };

export const BOT_TOKEN = 'xoxb-1-our-own-token';
export const SIGNING_SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
export const CHANNEL = 'C0MARTS';

/** A Slack on loopback: chat.postMessage, chat.update, conversations.history and response URLs, as documented. */
export class FakeSlack {
  readonly messages: SlackMessage[] = [];
  /** What was answered to one person alone. */
  readonly whispers: string[] = [];
  /** Every body that came, for tests that look for secrets. */
  readonly bodies: string[] = [];
  readonly calls: string[] = [];
  readonly #troubles: SlackTrouble[] = [];
  readonly #server: Server;
  #isDown = false;
  #presses = 0;

  private constructor() {
    this.#server = createServer((request, response) => {
      void this.#serve(request, response);
    });
  }

  static async start(): Promise<FakeSlack> {
    const slack = new FakeSlack();
    slack.#server.listen(0, '127.0.0.1');
    await once(slack.#server, 'listening');
    return slack;
  }

  get apiUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/api`;
  }

  get settings() {
    return {
      botToken: BOT_TOKEN,
      signingSecret: SIGNING_SECRET,
      channel: CHANNEL,
      apiUrl: this.apiUrl,
    };
  }

  trouble(...troubles: readonly SlackTrouble[]): void {
    this.#troubles.push(...troubles);
  }

  /** Nobody answers until it is up again. */
  set isDown(isDown: boolean) {
    this.#isDown = isDown;
  }

  /** Somebody takes a message away. */
  take(ts: string): void {
    this.messages.splice(0, this.messages.length, ...this.messages.filter((one) => one.ts !== ts));
  }

  /** The buttons and selects of a message, by what they are called. */
  answersOf(message: SlackMessage | undefined): readonly string[] {
    return (message?.blocks ?? []).flatMap(({ type, elements = [] }) =>
      type === 'actions' ? elements.flatMap(({ action_id }) => action_id ?? []) : [],
    );
  }

  /** The signed request Slack sends when somebody presses a button of a message. */
  press(
    message: SlackMessage | undefined,
    {
      action,
      user,
      option,
      now,
      secret = SIGNING_SECRET,
    }: {
      readonly action: string;
      readonly user: string;
      readonly option?: string;
      readonly now: number;
      readonly secret?: string;
    },
  ): { readonly rawBody: string; readonly signature: string; readonly timestamp: string } {
    this.#presses += 1;
    const block = message?.blocks.find(({ type }) => type === 'actions');
    const payload = {
      type: 'block_actions',
      user: { id: user, username: 'somebody', team_id: 'T1' },
      api_app_id: 'A1',
      token: 'deprecated',
      trigger_id: `12345.98765.${this.#presses}`,
      container: { type: 'message', message_ts: message?.ts, channel_id: CHANNEL },
      response_url: `${this.apiUrl.replace('/api', '')}/actions/T1/${this.#presses}/xyz`,
      actions: [
        {
          action_id: action,
          block_id: block?.block_id,
          action_ts: `${Math.floor(now / 1000)}.00${this.#presses}`,
          type: option === undefined ? 'button' : 'static_select',
          ...(option === undefined
            ? { value: 'x' }
            : { selected_option: { text: { type: 'plain_text', text: option }, value: option } }),
        },
      ],
    };
    const rawBody = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
    const timestamp = String(Math.floor(now / 1000));
    return {
      rawBody,
      timestamp,
      signature: signatureOf({ rawBody, timestamp, signingSecret: secret }),
    };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) {
      text += String(chunk);
    }
    this.bodies.push(text);
    if (this.#isDown) {
      request.socket.destroy();
      return;
    }
    const trouble = this.#troubles.shift();
    if (trouble?.kind === 'busy') {
      response.writeHead(429, { 'retry-after': String(trouble.retryAfter) }).end();
      return;
    }
    if (trouble?.kind === 'down') {
      response.writeHead(503).end();
      return;
    }
    const answer =
      trouble?.kind === 'error' ? { ok: false, error: trouble.error } : this.#answer(request, text);
    if (trouble?.kind === 'lost-answer') {
      request.socket.destroy();
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }

  #answer({ url = '', headers }: IncomingMessage, text: string): unknown {
    if (url.startsWith('/actions/')) {
      this.whispers.push((JSON.parse(text) as { text: string }).text);
      return { ok: true };
    }
    const method = url.replace('/api/', '');
    this.calls.push(method);
    if (headers.authorization !== `Bearer ${BOT_TOKEN}`) {
      return { ok: false, error: 'invalid_auth' };
    }
    if (method === 'auth.test') {
      return { ok: true, user: 'goldsmith', team: 'Acme' };
    }
    if (method === 'conversations.history') {
      const asked = new URLSearchParams(text);
      const oldest = Number(asked.get('oldest'));
      return asked.get('channel') === CHANNEL
        ? {
            ok: true,
            messages: this.messages.filter(({ ts }) => Number(ts) >= oldest || oldest > 0),
          }
        : { ok: false, error: 'channel_not_found' };
    }
    const body = JSON.parse(text) as SlackMessage & { readonly channel: string };
    const wrong = this.#wrong(body);
    if (wrong !== undefined) {
      return { ok: false, error: wrong };
    }
    const { channel, ...message } = body;
    if (method === 'chat.postMessage') {
      const ts = `${1_785_000_000 + this.messages.length}.000100`;
      this.messages.push({ ...message, ts });
      return { ok: true, channel, ts };
    }
    const at = this.messages.findIndex(({ ts }) => ts === body.ts);
    if (method !== 'chat.update' || at === -1) {
      return { ok: false, error: at === -1 ? 'message_not_found' : 'unknown_method' };
    }
    this.messages[at] = message;
    return { ok: true, channel, ts: body.ts };
  }

  /** What Slack refuses: https://docs.slack.dev/reference/block-kit/blocks. */
  #wrong({
    channel,
    blocks,
    text,
  }: SlackMessage & { readonly channel: string }): string | undefined {
    if (channel !== CHANNEL) {
      return 'channel_not_found';
    }
    const isTooLong = blocks.some(({ type, text: inner, block_id: id = '', elements = [] }) => {
      const most = type === 'header' ? 150 : 3000;
      return (
        (inner?.text.length ?? 1) > most ||
        inner?.text.length === 0 ||
        id.length > 255 ||
        elements.length > 25 ||
        elements.some(({ options = [] }) => options.some(({ value }) => value.length > 75))
      );
    });
    return text === '' || blocks.length > 50 || isTooLong ? 'invalid_blocks' : undefined;
  }
}
