import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/base/clock.ts';
import { FIRST_DAY, SmallWorld, stepsOf } from './small-world.ts';

describe('an operator', () => {
  let world: SmallWorld;
  afterEach(() => world.close());

  /** Enough demand that the next cycle builds. */
  async function aboutToBuild(): Promise<void> {
    world = await SmallWorld.open();
    await world.start();
    world.dashboards(0);
    await world.cycle(1);
    world.dashboards(1);
  }

  async function doctor(name: string) {
    const { checks } = await world.goldsmith.doctor();
    return checks.find((one) => one.name === name);
  }

  it('who throws the kill switch by a changed config stops the next cycle, without a restart', async () => {
    await aboutToBuild();
    const killSwitchFile = join(world.folder, 'stop');
    writeFileSync(killSwitchFile, '');

    const report = world.goldsmith.reload(() => world.configWith({ caps: { killSwitchFile } }));
    const shown = await world.goldsmith.metrics.text();
    const stopped = await world.cycle(2);
    const told = await doctor('tonight');
    rmSync(killSwitchFile);
    const shownOff = await world.goldsmith.metrics.text();
    const went = await world.goldsmith.cycle();

    expect(report).toMatchObject({ kind: 'taken', changed: ['caps.killSwitchFile'] });
    expect(shown).toContain('goldsmith_held_back{by="kill-switch"} 1');
    expect(shownOff).toContain('goldsmith_held_back{by="kill-switch"} 0');
    expect(stepsOf(stopped).filter((step) => step.endsWith(': done'))).toEqual([]);
    expect(told).toMatchObject({ ok: false, detail: expect.stringContaining('kill switch is on') });
    expect(stepsOf(went)).toContain('repoint-view gold.daily_sales: done');
  });

  it('who sets a freeze window or quiet hours sees nothing built in them, and is told until when', async () => {
    await aboutToBuild();
    const until = new Date(FIRST_DAY + 5 * DAY_MS).toISOString();
    world.goldsmith.reload(() =>
      world.configWith({
        caps: { freezeWindows: [{ from: new Date(FIRST_DAY).toISOString(), until }] },
      }),
    );

    const frozen = await world.cycle(2);
    const told = await doctor('tonight');
    world.goldsmith.reload(() =>
      world.configWith({ caps: { quietHours: { from: '02:00', until: '04:00' } } }),
    );
    const quiet = await world.goldsmith.cycle();
    const toldQuiet = await doctor('tonight');
    const text = await world.goldsmith.metrics.text();

    expect(stepsOf(frozen).filter((step) => step.endsWith(': done'))).toEqual([]);
    expect(told).toMatchObject({
      ok: false,
      detail: `no build can begin in the next 24 hours: a freeze window runs until ${until}: nothing is changed before`,
    });
    expect(stepsOf(quiet).filter((step) => step.startsWith('build-version'))).not.toContain(
      'build-version gold.daily_sales: done',
    );
    expect(toldQuiet).toMatchObject({
      ok: false,
      detail: expect.stringContaining('quiet hours run from 02:00 to 04:00 UTC'),
    });
    expect(text).toContain('goldsmith_held_back{by="quiet-hours"} 1');
    expect(text).toContain('goldsmith_held_back{by="freeze-window"} 0');
  });

  it('whose changed config is bad keeps what was in force, and doctor says what is wrong', async () => {
    await aboutToBuild();

    world.goldsmith.reload(() => world.configWith({ caps: { maxMarts: -1 } }));
    const cycle = await world.cycle(2);

    expect(stepsOf(cycle)).toContain('repoint-view gold.daily_sales: done');
    expect(await doctor('config')).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/caps\.maxMarts.*the former settings stay in force/),
    });
  });

  it('asks doctor in good times and reads that nothing holds tonight back', async () => {
    await aboutToBuild();
    world.goldsmith.reload(() => world.configWith({ caps: { maxStorageBytes: 100_000_000 } }));
    await world.cycle(2);

    const { ok, text, checks } = await world.goldsmith.doctor();

    expect(checks.filter((one) => !one.ok)).toEqual([]);
    expect(ok).toBe(true);
    expect(text).toMatch(/ok {4}tonight +the next cycle is at 2026-08-05 03:00 UTC/);
    expect(text).toMatch(/ok {4}lease +free, or our own/);
    expect(text).toMatch(/ok {4}history lag +the newest statement is \d+ hours old/);
    expect(text).toMatch(/ok {4}disk +[\d.]+ GB are left/);
  });

  it('who stopped exporting the history is warned by doctor before marts are given up', async () => {
    await aboutToBuild();
    await world.cycle(6);
    expect(await doctor('history lag')).toMatchObject({
      ok: true,
      isWarning: true,
      detail: 'the newest statement is 4 days old: is the history still exported?',
    });

    await world.cycle(20);
    expect(await doctor('history lag')).toMatchObject({
      ok: false,
      detail: expect.stringContaining('no statement of the last 14 days was read'),
    });
  });

  it('who runs two of them on one warehouse is told which one holds the hand', async () => {
    await aboutToBuild();
    await world.cycle(2);
    await world.run(
      "update goldsmith.lease set holder = 'other-host:/state'",
      `update goldsmith.lease_expiry set expires_at = ${world.clock.now() + 60_000}`,
    );

    expect(await doctor('lease')).toMatchObject({
      ok: false,
      detail: expect.stringContaining('another Goldsmith (other-host:/state) holds it until'),
    });
  });

  it('whose Slack webhook was revoked hears it from doctor, not from silence', async () => {
    world = await SmallWorld.open({
      settings: { notify: { slackWebhookUrl: 'http://127.0.0.1:9/services/T0/B0/gone' } },
    });
    await world.start();

    const notices = await doctor('notices');

    expect(notices).toMatchObject({ ok: false });
    expect(notices?.detail).not.toContain('/services/');
  });
});
