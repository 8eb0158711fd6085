import { accessSync, constants } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { GoldsmithError } from '../base/goldsmith-error.ts';
import type { DoctorReport } from '../http/service.ts';
import { isKilled } from './apply.ts';
import type { Engine } from './engine.ts';

type Check = DoctorReport['checks'][number];

/**
 * Looks at everything a cycle needs and says what would stop it; changes nothing. `isAtWork`: a cycle or a plan is under
 * way in this process, so that an open step is not an interrupted one.
 */
export async function runDoctor(
  engine: Engine,
  { isAtWork }: { readonly isAtWork: () => boolean },
): Promise<DoctorReport> {
  const { config, connector, source, ledger } = engine;
  const checks: Check[] = [
    await check('warehouse', async () => {
      const relations = await connector.readCatalog({ purpose: 'catalog' });
      return `${connector.name} answers and holds ${relations.length} relations`;
    }),
    await check('writing', async () => {
      if (config.mode === 'observe') {
        return 'not needed: mode observe never writes';
      }
      return connector.capabilities.canWrite
        ? 'the connection may write'
        : fail('the connection cannot write: plans cannot be applied');
    }),
    await check('history', async () => {
      for await (const batch of source.read(engine.store.usage.positionOf(source.name), {})) {
        return `readable; ${batch.rows.length} new rows in the next batch, ${batch.bad.length} unreadable`;
      }
      return 'readable; nothing new';
    }),
    await check('ledger', async () => {
      const marts = await ledger.readMarts();
      const wasAtWork = isAtWork();
      const open = await ledger.openEntries();
      return open.length > 0 && !wasAtWork && !isAtWork()
        ? fail(`${open.length} interrupted steps wait for the next start`)
        : `${marts.length} marts, ${open.length > 0 ? 'a step is being carried out' : 'nothing left open'}`;
    }),
    await check('state', async () => {
      accessSync(dirname(resolve(config.state.path)), constants.W_OK);
      return `${config.state.path} is open`;
    }),
    await check('prices', async () => {
      const { usdPerCoreHour, line, source: from } = engine.priceNow();
      return `$${usdPerCoreHour} a core-hour, on the ${line} line (${from})`;
    }),
    await check('staleness', async () => {
      const { marts, schedule } = config;
      return marts.maxStaleness < schedule.period
        ? fail(
            `marts.maxStaleness is shorter than schedule.period, so no mart of Goldsmith's own can be physical`,
          )
        : 'marts can be kept within their bound by the schedule';
    }),
    await check('kill switch', async () =>
      isKilled(engine)
        ? fail(`the file ${config.caps.killSwitchFile ?? ''} exists: nothing is changed`)
        : 'not set',
    ),
    await check('notices', async () =>
      engine.notifier === undefined
        ? 'no Slack webhook is set: decisions go to the log only'
        : 'a Slack webhook is set',
    ),
  ];
  return {
    text: checks
      .map(({ name, ok, detail }) => `${ok ? 'ok  ' : 'FAIL'}  ${name.padEnd(12)} ${detail}`)
      .join('\n'),
    ok: checks.every(({ ok }) => ok),
    checks,
  };
}

async function check(name: string, look: () => Promise<string>): Promise<Check> {
  try {
    return { name, ok: true, detail: await look() };
  } catch (error) {
    if (error instanceof GoldsmithError) {
      return { name, ok: false, detail: error.message };
    }
    return {
      name,
      ok: false,
      detail: `an unexpected fault (${error instanceof Error ? error.name : 'unknown'})`,
    };
  }
}

function fail(because: string): never {
  throw new GoldsmithError('DOCTOR', because);
}
