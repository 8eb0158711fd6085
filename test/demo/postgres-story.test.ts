import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { asksOnDay } from '../../demo/postgres-asks.ts';
import { CAMPAIGN } from '../../demo/postgres-shop.ts';
import { tellPostgresStory } from '../../demo/postgres-story.ts';
import { keptLog, WIDE_ATTRIBUTES, WIDE_DEFINITION, WIDE_READS } from '../../demo/postgres-wide.ts';
import { postgresBinaries } from '../servers/postgres-cluster.ts';

const folder = mkdtempSync(join(tmpdir(), 'goldsmith-postgres-story-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(postgresBinaries === undefined)('the demo on PostgreSQL', () => {
  it('tells its four stories while it is killed at work, and readers never see anything missing or half filled', async () => {
    const told: string[] = [];

    const story = await tellPostgresStory({
      scale: 1,
      days: 14,
      folder,
      say: (text) => told.push(text),
    });

    expect(story.readers.failures).toEqual([]);
    expect(story.readers.reads).toBeGreaterThan(1000);
    expect(story.kills).toBeGreaterThan(10);
    expect(story.reached.filter(({ isEqual }) => !isEqual)).toEqual([]);
    const adopted = story.marts
      .filter(({ stage, was }) => stage === 'physical' && was === 'table')
      .map(({ definition }) => definition.relation);
    expect(adopted.toSorted()).toEqual(['gold.customer_value', 'gold.order_attributes']);
    const roads = new Set(story.reached.map(({ road }) => road));
    expect([...roads].toSorted()).toEqual(['route', 'stable-name']);
    expect(story.hidden?.attributes).toBe(57);
    expect(told.join('\n')).toContain('Brought back deputy_name');
    const [campaign] = [...story.demotedOnDay].filter(([relation]) => relation === CAMPAIGN);
    expect(campaign?.[1]).toBeGreaterThan(story.builtOnDay.get(CAMPAIGN) ?? Infinity);
    expect(story.drift).toMatchObject({
      contractBefore: '1.0.0',
      contractAfter: '1.0.1',
      answersKept: true,
    });
    expect(story.drift?.change).toContain('the statement was seen');
    expect(story.drift?.marts).toContainEqual({
      relation: 'gold.daily_sales',
      reaction: 'kept its last version until the branch was merged, then rewritten',
    });
  }, 1_800_000);

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
