import { readFileSync } from 'node:fs';
import { handTurnedClock } from '../src/base/clock.ts';
import { parseConfig } from '../src/config/parse-config.ts';
import { startGoldsmith } from '../src/daemon/start-goldsmith.ts';
import { changesIn } from './drift.ts';
import type { DaemonAnswer, DaemonCall, Night, Told } from './postgres-daemon-process.ts';
import { WIDE_TABLE } from './postgres-wide.ts';

/** The daemon of the PostgreSQL demo, in a process of its own so that it can be killed; asked over the process's channel. */
const [file = '', startAt = '0'] = process.argv.slice(2);
const clock = handTurnedClock(Number(startAt));
const config = parseConfig({ file, text: readFileSync(file, 'utf8'), env: process.env });
const goldsmith = await startGoldsmith({
  config,
  clock,
  progress: (text) => send({ kind: 'progress', text: text.trim() }),
});

function send(answer: DaemonAnswer): void {
  process.send?.(answer);
}

async function answer(call: DaemonCall): Promise<unknown> {
  switch (call.kind) {
    case 'cycle': {
      clock.turnTo(call.at);
      const { marts, decision } = await goldsmith.cycle();
      return { marts, digest: decision.plan.digest } satisfies Night;
    }
    case 'route':
      clock.turnTo(call.at);
      return await goldsmith.route({ sql: call.sql, user: call.user, client: call.client });
    case 'tell':
      return {
        explained: (await goldsmith.explain(undefined)).text,
        receipts: (await goldsmith.receipts()).text,
        attributes: (await goldsmith.attributes(WIDE_TABLE)).text,
        changes: changesIn(await goldsmith.drift()),
      } satisfies Told;
    case 'close':
      await goldsmith.close();
      return undefined;
  }
}

process.on('message', (message: { readonly id: number; readonly call: DaemonCall }) => {
  void answer(message.call)
    .then(
      (value) => send({ kind: 'answer', id: message.id, value }),
      (error: unknown) => send({ kind: 'failed', id: message.id, because: String(error) }),
    )
    .finally(() => {
      if (message.call.kind === 'close') {
        process.disconnect();
      }
    });
});
send({ kind: 'progress', text: 'ready' });
