import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeReport } from '../../demo/report.ts';
import { tellStory } from '../../demo/story.ts';
import { HIDDEN_QUESTION, QUARTERLY_REPORT, WIDE_DEFINITION, WIDE_READS } from '../../demo/wide.ts';
import { asksOf } from '../../demo/workload.ts';
import { reviveCycle } from '../../src/decide/recording.ts';
import { decideCycle } from '../../src/plan/decide-cycle.ts';

const folder = mkdtempSync(join(tmpdir(), 'goldsmith-story-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the demo, small', () => {
  it('lives through its days with every answer from a mart equal to base, and its last cycle can be decided again', async () => {
    const told: string[] = [];

    const story = await tellStory({
      scale: 0.05,
      days: 7,
      folder,
      say: (text) => told.push(text),
    });
    const report = makeReport(story);

    expect(report.mismatches).toBe(0);
    expect(report.coverage.byStatements).toBe(1);
    expect(report.planDigests).toHaveLength(8);
    expect(told.join('\n')).toContain('Who joins what with what');
    expect(story.wide).toMatchObject({ adoptedOnDay: 0, attributes: 200, mismatches: 0 });
    const kept = Object.values(story.wide.keptBy);
    expect(kept.filter((because) => because.startsWith('named-lately'))).toHaveLength(30);
    expect(kept.filter((because) => because.startsWith('calendar-reads'))).toHaveLength(3);
    const recorded = reviveCycle(readFileSync(join(folder, 'last-cycle.json'), 'utf8'));
    expect(decideCycle(recorded).plan.digest).toBe(report.planDigests.at(-1));
  }, 300_000);

  it('has a table of two hundred attributes over thirteen tables, thirty-three of which are ever read', () => {
    const outputs = (/select ([\s\S]*?)\nfrom/.exec(WIDE_DEFINITION)?.[1] ?? '').split(',');
    const names = outputs.map((output) => output.trim().split('.')[1] ?? '');
    const namedIn = (texts: readonly string[]) =>
      names.filter((name) => texts.some((text) => new RegExp(`\\b${name}\\b`).test(text)));

    expect(new Set(names).size).toBe(200);
    expect(WIDE_DEFINITION.match(/\bsilver\.\w+/g)).toHaveLength(13);
    expect(namedIn(WIDE_READS)).toHaveLength(30);
    expect(namedIn([...WIDE_READS, QUARTERLY_REPORT])).toHaveLength(33);
    expect(namedIn([HIDDEN_QUESTION])).toEqual(['deputy_name']);
    expect(namedIn(WIDE_READS)).not.toContain('deputy_name');
  });

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
