import { accessSync, constants } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { GoldsmithError } from '../../base/goldsmith-error.ts';
import { relationId, relationParts } from '../../base/relation.ts';
import { isLoopback } from '../../http/guard.ts';
import type { DoctorReport } from '../../http/service.ts';
import type { UsageSnapshot } from '../../usage/template.ts';
import { nameOfAdoptable } from '../adoptables.ts';
import type { Engine } from '../engine.ts';
import type { LiveSettings } from '../live-settings.ts';
import { answer, type DoctorAnswer, fail, warn } from './doctor-answer.ts';
import { checkStatements } from './doctor-statements.ts';
import { checkDisk, checkHistoryLag, checkLease, checkTonight } from './doctor-tonight.ts';

type Check = DoctorReport['checks'][number];

export interface DoctorParts {
  /** A cycle or a plan is under way in this process, so that an open step is not an interrupted one. */
  readonly isAtWork: () => boolean;
  readonly settings: Pick<LiveSettings, 'refusal' | 'waiting'>;
  /** What the last cycle of this process saw; nothing before the first. */
  readonly usage: () => UsageSnapshot | undefined;
  readonly lastError: () => string | undefined;
  /** Also have the warehouse check every kind of statement. */
  readonly dryRunStatements?: boolean | undefined;
}

/** Looks at everything a cycle needs and says what would stop it, now and in the next 24 hours; changes nothing. */
export async function runDoctor(engine: Engine, parts: DoctorParts): Promise<DoctorReport> {
  const looks: readonly (readonly [string, () => Promise<DoctorAnswer>])[] = [
    ['warehouse', () => checkWarehouse(engine)],
    ['writing', () => checkWriting(engine)],
    ['privileges', () => checkPrivileges(engine)],
    ...(parts.dryRunStatements === true
      ? [['statements', () => checkStatements(engine)] as const]
      : []),
    ['lease', () => checkLease(engine)],
    ['history', () => checkHistory(engine)],
    ['history lag', async () => checkHistoryLag(engine, parts.usage())],
    ['coverage', async () => checkCoverage(engine, parts.usage())],
    ['ledger', () => checkLedger(engine, parts)],
    ['state', async () => checkState(engine)],
    ['disk', () => checkDisk(engine)],
    ['prices', () => checkPrices(engine)],
    ['staleness', async () => checkStaleness(engine)],
    ['config', async () => checkConfig(parts)],
    ['tonight', () => checkTonight(engine)],
    ['last cycle', async () => checkLastCycle(parts)],
    ['api', async () => checkApi(engine)],
    ['notices', () => checkNotices(engine)],
    ...engine.channels.flatMap((channel) =>
      channel.probe === undefined ? [] : [[channel.name, () => checkChannel(channel)] as const],
    ),
  ];
  const checks: Check[] = [];
  for (const [name, look] of looks) {
    checks.push(await check(name, look));
  }
  return {
    text: checks
      .map(({ name, ok, isWarning, detail }) => {
        const word = ok ? (isWarning === true ? 'warn' : 'ok  ') : 'FAIL';
        return `${word}  ${name.padEnd(12)} ${detail}`;
      })
      .join('\n'),
    ok: checks.every(({ ok }) => ok),
    checks,
  };
}

async function checkWarehouse({ connector }: Engine): Promise<DoctorAnswer> {
  const relations = await connector.readCatalog({ purpose: 'catalog' });
  return answer(`${connector.name} answers and holds ${relations.length} relations`);
}

async function checkWriting({ config, connector }: Engine): Promise<DoctorAnswer> {
  if (config.mode === 'observe') {
    return answer('not needed: mode observe never writes');
  }
  if (!connector.capabilities.canWrite) {
    return fail('the connection cannot write: plans cannot be applied');
  }
  // Asked for none: it rejects where the warehouse would not tell them after a kill.
  const told = await connector.stopStatements?.([], { purpose: 'catalog' });
  return told === undefined
    ? answer('the connection may write')
    : answer('the connection may write, and is told which of its own statements still run');
}

async function checkPrivileges({ config, connector }: Engine): Promise<DoctorAnswer> {
  if (connector.diagnose === undefined) {
    return answer('not needed: whoever opens this warehouse may do everything in it');
  }
  const { marts, mode, history, decide } = config;
  const { nativeShapes = [] } = connector.capabilities;
  const natives = decide.nativeShapes ? nativeShapes.map(({ kind }) => kind) : [];
  const findings = await connector.diagnose(
    {
      schemas: [marts.goldSchema, marts.dataSchema, marts.ledgerSchema],
      makes: [
        { schema: marts.goldSchema, kinds: ['view'] },
        { schema: marts.dataSchema, kinds: ['table', ...natives] },
        { schema: marts.ledgerSchema, kinds: ['table'], isOursAlone: true },
      ],
      adoptable: marts.adoptable.map((listed) =>
        relationId(relationParts(nameOfAdoptable(listed))),
      ),
      writes: mode !== 'observe',
      source: history.source,
      history: 'relation' in history ? history.relation : undefined,
      sessions: 'sessions' in history ? history.sessions : undefined,
    },
    { purpose: 'catalog' },
  );
  const shown = findings
    .filter(({ ok, isWarning }) => !ok || isWarning)
    .map(({ detail, remedy }) => [`${detail}.`, ...remedy].join('\n    '));
  if (shown.length === 0) {
    return answer(findings.map(({ detail }) => detail).join('; '));
  }
  const said = shown.join('\n    ');
  return findings.some(({ ok }) => !ok) ? fail(said) : warn(said);
}

async function checkHistory({ source, store }: Engine): Promise<DoctorAnswer> {
  for await (const batch of source.read(store.usage.positionOf(source.name), {})) {
    return answer(
      `readable; ${batch.rows.length} new rows in the next batch, ${batch.bad.length} unreadable`,
    );
  }
  return answer('readable; nothing new');
}

function checkCoverage({ config }: Engine, usage: UsageSnapshot | undefined): DoctorAnswer {
  const floor = config.decide.coverageFloor;
  const share = usage?.coverage.resolvedCostShare;
  if (share === undefined || usage?.templates.length === 0) {
    return answer('not known before a cycle has read a history');
  }
  const said = `${(share * 100).toFixed(1)} % of the cost of the history is understood`;
  return share < floor
    ? warn(`${said}, below ${floor * 100} %: nothing is taken over or dropped`)
    : answer(said);
}

async function checkLedger({ ledger }: Engine, { isAtWork }: DoctorParts): Promise<DoctorAnswer> {
  const marts = await ledger.readMarts();
  const wasAtWork = isAtWork();
  const open = await ledger.openEntries();
  return open.length > 0 && !wasAtWork && !isAtWork()
    ? fail(`${open.length} interrupted steps wait for the next start`)
    : answer(
        `${marts.length} marts, ${open.length > 0 ? 'a step is being carried out' : 'nothing left open'}`,
      );
}

function checkState({ config }: Engine): DoctorAnswer {
  accessSync(dirname(resolve(config.state.path)), constants.W_OK);
  return answer(`${config.state.path} is open`);
}

async function checkPrices({ prices }: Engine): Promise<DoctorAnswer> {
  await prices.refresh();
  const { usdPerCoreHour, line, source } = prices.now();
  const said = `$${usdPerCoreHour} a core-hour, on the ${line} line (${source})`;
  const untold = prices.untold();
  if (untold === undefined) {
    return answer(said);
  }
  const whose =
    untold.heldSince === undefined ? 'not the account’s own' : 'the account’s own of before';
  return answer([`${said}; ${whose}: ${untold.because}`, ...untold.remedy].join('\n    '));
}

function checkStaleness({ config: { marts, schedule } }: Engine): DoctorAnswer {
  return marts.maxStaleness < schedule.period
    ? fail(
        `marts.maxStaleness is shorter than schedule.period, so no mart of Goldsmith's own can be physical`,
      )
    : answer('marts can be kept within their bound by the schedule');
}

function checkConfig({ settings }: DoctorParts): DoctorAnswer {
  const refusal = settings.refusal();
  const waiting = settings.waiting();
  if (refusal !== undefined) {
    return fail(refusal);
  }
  return waiting.length > 0
    ? warn(`changed in the file, in force after a restart: ${waiting.join(', ')}`)
    : answer('the settings in force are those of the file');
}

function checkLastCycle({ lastError }: DoctorParts): DoctorAnswer {
  const error = lastError();
  return error === undefined ? answer('did not fail') : fail(`failed: ${error}`);
}

function checkApi({ config: { http } }: Engine): DoctorAnswer {
  if (http.token !== undefined) {
    return answer('changes over HTTP need the token, and one is set');
  }
  return isLoopback(http.host)
    ? answer('no http.token is set: over HTTP things can be looked at, not changed')
    : warn(
        `listens on ${http.host} without http.token: only health and metrics answer, so no verb reaches the daemon`,
      );
}

async function checkNotices({ notifier, config }: Engine): Promise<DoctorAnswer> {
  if (notifier === undefined) {
    return answer('neither a Slack webhook nor a Slack app is set: decisions go to the log only');
  }
  await notifier.probe();
  return answer(
    config.notify.slackWebhookUrl === undefined
      ? 'the Slack app answers, and posts notices in its channel'
      : 'the Slack webhook answers',
  );
}

async function check(name: string, look: () => Promise<DoctorAnswer>): Promise<Check> {
  try {
    const { isWarning, ...rest } = await look();
    return { name, ...rest, ...(isWarning ? { isWarning } : {}) };
  } catch (error) {
    const detail =
      error instanceof GoldsmithError
        ? error.message
        : `an unexpected fault (${error instanceof Error ? error.name : 'unknown'})`;
    return { name, ok: false, detail };
  }
}

/** Whether proposals could be shown there. */
async function checkChannel(channel: Engine['channels'][number]): Promise<DoctorAnswer> {
  return answer((await channel.probe?.(AbortSignal.timeout(PROBE_MS))) ?? 'nothing to look at');
}

const PROBE_MS = 60_000;
