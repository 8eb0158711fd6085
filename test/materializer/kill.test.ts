import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { FaultPoint } from '../../src/materializer/faults.ts';
import { guardMarts } from '../../src/materializer/quarantine.ts';
import { resumeInterrupted } from '../../src/materializer/resume.ts';
import { objectsOf } from '../../src/materializer/version-objects.ts';
import { ACTION_KINDS, type ActionKind } from '../../src/plan/action.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';
import { openWorkshop, SEED, type Workshop } from './workshop.ts';

const folder = mkdtempSync(join(tmpdir(), 'goldsmith-kill-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CHILD = join(import.meta.dirname, 'kill-child.ts');

interface Recorded extends Awaited<ReturnType<typeof record>> {
  readonly verb: ActionKind;
  readonly number: number;
  readonly scenario: Scenario;
}

/** A killed process keeps no compile cache, so one that ends well fills it for all. */
await runChild(['', 'warm-up']);

/** The points are recorded from an uninterrupted run of every verb, so a new statement or verb is covered by itself. */
const recorded: Recorded[] = [];
for (const verb of ACTION_KINDS) {
  for (const [number, scenario] of SCENARIOS[verb].entries()) {
    recorded.push({ verb, number, scenario, ...(await record(`${verb}-${number}`, scenario)) });
  }
}

describe('the generated fault points', () => {
  // What DuckDB has no shape for is interrupted where there is one: test/conformance/native-conformance.ts.
  const verbs = ACTION_KINDS.filter((verb) => verb !== 'refresh-version');

  it.for(verbs)('cover %s before, inside and after', (verb) => {
    const ofVerb = recorded.filter((one) => one.verb === verb);
    const moments = ofVerb.flatMap(({ points }) => points.map(({ moment }) => moment));

    expect(ofVerb.map(({ kind }) => kind)).toEqual(ofVerb.map(() => 'applied'));
    expect(new Set(moments)).toEqual(new Set(['before', 'inside', 'after']));
  });
});

/**
 * Before or behind its verb each scenario is killed once, in turn, and inside at every fortieth point, other ones for each;
 * `GOLDSMITH_KILL_EVERY=1` and the long run take all.
 */
const EVERY = Number(
  process.env['GOLDSMITH_KILL_EVERY'] ?? (process.env['GOLDSMITH_LONG'] === '1' ? '1' : '40'),
);

const cases = recorded.flatMap(({ points, ...rest }, offset) => {
  const inTurn = offset % 2 === 0 ? 'before' : 'after';
  return points
    .filter(({ moment }, at) =>
      moment === 'inside' ? (at + offset) % EVERY === 0 : EVERY === 1 || moment === inTurn,
    )
    .map((point) => ({ ...rest, point, title: titleOf(rest, point) }));
});

describe.concurrent('killed with SIGKILL', () => {
  it.for(cases)('$title: the next start finishes or undoes', async (one, { expect }) => {
    const { verb, number, scenario, point, prepared, answer, end } = one;
    const path = fileNamedW(`killed-${one.title.replaceAll(/\W+/g, '-')}`);
    copyFileSync(prepared, path);

    const child = await runChild([path, verb, String(number), point.moment, String(point.nth)]);

    expect(child.signal, child.stderr).toBe('SIGKILL');
    const shop = await openWorkshop({ path, seed: false, now: scenario.at });
    try {
      await resumeInterrupted(shop.work);

      expect(await shop.ledger.openEntries()).toEqual([]);
      expect(await resumeInterrupted(shop.work)).toMatchObject({
        steps: [],
        dropped: [],
        left: [],
      });
      expect(await guardMarts(shop.work)).toEqual({
        quarantined: [],
        withdrawn: [],
        unsettled: new Map(),
      });
      expect(await strangers(shop)).toEqual([]);
      expect(await readersSee(shop, scenario)).toBeOneOf([answer.before, answer.after]);

      const again = await shop.apply([scenario.action]);

      expect(again.because).toBe('its one step is done');
      expect(await endState(shop, scenario)).toEqual(end);
    } finally {
      await shop.close();
      rmSync(path, { force: true });
    }
  });
});

function runChild(args: readonly string[]): Promise<{ signal: string | null; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [CHILD, ...args], {
      env: { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compiled') },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 60_000,
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on('close', (_code, signal) => resolve({ signal, stderr }));
  });
}

function titleOf(of: { verb: string; scenario: Scenario }, { moment, nth }: FaultPoint): string {
  return `${of.verb} (${of.scenario.name}) ${moment}${nth === 0 ? '' : ` ${nth}`}`;
}

/** Prepares the scenario's file, keeps a copy, and runs the step to its end once. */
async function record(name: string, scenario: Scenario) {
  const path = fileNamedW(name);
  const prepared = join(folder, `${name}.prepared`);
  const first = await openNamed(path);
  for (const statement of [...SEED, ...(scenario.seed ?? [])]) {
    await first.run(statement);
  }
  for (const actions of [scenario.before, scenario.ripe ?? []]) {
    const outcome = actions.length === 0 ? undefined : await first.apply(actions);
    if (outcome !== undefined && outcome.kind !== 'applied') {
      throw new Error(`${name} could not be prepared: ${outcome.because}`);
    }
    first.clock.turnTo(scenario.at);
  }
  for (const statement of scenario.between ?? []) {
    await first.run(statement);
  }
  await first.close();
  copyFileSync(path, prepared);
  const points: FaultPoint[] = [];
  const shop = await openWorkshop({ path, seed: false, now: scenario.at });
  const before = await readersSee(shop, scenario);
  const { kind, because } = await shop.apply([scenario.action], {
    faults: (point) => {
      points.push(point);
    },
  });
  if (kind !== 'applied') {
    throw new Error(`${name}: ${because}`);
  }
  const answer = { before, after: await readersSee(shop, scenario) };
  const end = await endState(shop, scenario);
  await shop.close();
  return { prepared, points, kind, answer, end };
}

/** The file's name is the database's, so each gets a folder. */
function fileNamedW(name: string): string {
  mkdirSync(join(folder, name));
  return join(folder, name, 'w.duckdb');
}

function openNamed(path: string): Promise<Workshop> {
  return openWorkshop({ path, seed: false });
}

/** What readers get, or that there is no such view. */
async function readersSee(shop: Workshop, { readers }: Scenario): Promise<string> {
  try {
    return JSON.stringify(await shop.rows(readers));
  } catch (error) {
    return error instanceof Error ? error.message : 'no answer';
  }
}

/** Objects in our schemas that no ledger row knows. */
async function strangers(shop: Workshop): Promise<readonly string[]> {
  const marts = await shop.ledger.readMarts();
  const known = marts.flatMap(({ definition, current, unfinished, hidden }) => [
    definition.relation,
    ...[current, unfinished, ...hidden.map(({ version }) => version)].flatMap((version) =>
      version === undefined ? [] : objectsOf(version).map(({ relation }) => relation),
    ),
  ]);
  const found = await shop.rows(
    "select table_catalog || '.' || table_schema || '.' || table_name from information_schema.tables where starts_with(table_comment, 'goldsmith: ')",
  );
  return found.map(([name]) => String(name)).filter((name) => !known.some((one) => one === name));
}

/** Everything that matters at the end, whatever the way there; times of building left out. */
async function endState(shop: Workshop, scenario: Scenario) {
  const marts = await shop.ledger.readMarts();
  return {
    readers: await readersSee(shop, scenario),
    marts: marts.map(({ definition, stage, current, unfinished, hidden }) => ({
      filled: unfinished?.filled,
      ranges: [current, ...hidden.map(({ version }) => version)].map((version) => version?.ranges),
      relation: definition.relation,
      stage,
      current: current?.version,
      hidden: hidden.map(({ version }) => version.version),
    })),
    objects: await shop.rows(
      "select table_schema, table_name, table_type, table_comment from information_schema.tables where table_schema in ('gold', 'gold_data') order by all",
    ),
    views: await shop.rows(
      "select view_definition from information_schema.views where table_schema = 'gold' order by all",
    ),
  };
}
