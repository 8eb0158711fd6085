import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { asksOnDay } from '../../demo/postgres-asks.ts';
import { tellPostgresStory } from '../../demo/postgres-story.ts';
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
    expect(story.marts).toContainEqual({
      relation: 'gold.customer_value',
      isPhysical: true,
      origin: 'adopted',
    });
    expect(told.join('\n')).toContain('Pruning is left out');
  }, 240_000);

  it('asks the same on the same day', () => {
    expect(asksOnDay(3)).toEqual(asksOnDay(3));
  });
});
