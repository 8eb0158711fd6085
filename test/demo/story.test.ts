import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeReport } from '../../demo/report.ts';
import { tellStory } from '../../demo/story.ts';
import { asksOf } from '../../demo/workload.ts';
import { reviveCycle } from '../../src/decide/recording.ts';
import { decideCycle } from '../../src/plan/decide-cycle.ts';

const folder = mkdtempSync(join(tmpdir(), 'goldsmith-story-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the demo, small', () => {
  it('lives through its days with every answer from a mart equal to base, and its last cycle can be decided again', async () => {
    const told: string[] = [];

    const story = await tellStory({ scale: 0.05, days: 9, folder, say: (text) => told.push(text) });
    const report = makeReport(story);

    expect(report.mismatches).toBe(0);
    expect(report.coverage.byStatements).toBe(1);
    expect(report.planDigests).toHaveLength(10);
    expect(told.join('\n')).toContain('Who joins what with what');
    const recorded = reviveCycle(readFileSync(join(folder, 'last-cycle.json'), 'utf8'));
    expect(decideCycle(recorded).plan.digest).toBe(report.planDigests.at(-1));
  }, 120_000);

  it('asks the same on the same day, in order of time', () => {
    const asks = asksOf('2026-08-11', 8);

    expect(asksOf('2026-08-11', 8)).toEqual(asks);
    expect(asks.map(({ second }) => second)).toEqual(
      asks.map(({ second }) => second).toSorted((a, b) => a - b),
    );
    expect(new Set(asks.map(({ client }) => client))).toEqual(
      new Set(['metabase', 'notebook', 'agent-runtime', 'excel-odbc']),
    );
  });
});
