import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { asksOnDay } from '../../demo/postgres-asks.ts';
import { tellPostgresStory } from '../../demo/postgres-story.ts';
import { keptLog, WIDE_ATTRIBUTES, WIDE_DEFINITION, WIDE_READS } from '../../demo/postgres-wide.ts';
import { postgresBinaries } from '../servers/postgres-cluster.ts';

const folder = mkdtempSync(join(tmpdir(), 'goldsmith-postgres-story-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(postgresBinaries === undefined)('the demo on PostgreSQL, small', () => {
  it('takes a table over and is killed at work, and readers never see anything missing or half filled', async () => {
    const told: string[] = [];

    const story = await tellPostgresStory({
      scale: 0.02,
      days: 1,
      folder,
      say: (text) => told.push(text),
    });

    expect(story.readers.failures).toEqual([]);
    expect(story.readers.reads).toBeGreaterThan(10);
    expect(story.kills).toBeGreaterThan(0);
    expect(story.reached.length).toBeGreaterThan(0);
    expect(story.reached.filter(({ isEqual }) => !isEqual)).toEqual([]);
    const adopted = story.marts
      .filter(({ stage, was }) => stage === 'physical' && was === 'table')
      .map(({ definition }) => definition.relation);
    expect(adopted.toSorted()).toEqual(['gold.customer_value', 'gold.order_attributes']);
    expect(told.join('\n')).toMatch(/income_band +announced +never/);
  }, 600_000);

  it('reads every attribute by its name, and has a definition for each of them', () => {
    const attributes = WIDE_DEFINITION.split('\nfrom ')[0]?.split(', ') ?? [];

    expect(attributes).toHaveLength(WIDE_ATTRIBUTES);
    expect(new Set(attributes.map((name) => name.replace(/^.*\./, ''))).size).toBe(WIDE_ATTRIBUTES);
    expect(keptLog('2026-08-03').trimEnd().split('\n')).toHaveLength(120 * WIDE_READS.length);
  });

  it('asks the same on the same day', () => {
    expect(asksOnDay(3)).toEqual(asksOnDay(3));
  });
});
