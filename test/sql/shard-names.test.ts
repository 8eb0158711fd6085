import { describe, expect, it } from 'vitest';
import { isShardOf, shardFamilyOf } from '../../src/sql/shard-names.ts';

describe('date shards', () => {
  it.each([
    ['events_20240131', 'events'],
    ['events20240131', 'events'],
    ['events_intraday_20240131', 'events_intraday'],
    ['events_*', 'events'],
    ['events_2024*', 'events'],
    ['events*', 'events'],
    ['20240131', ''],
    ['*', ''],
  ])('%s is of the family %s', (name, stem) => {
    expect(shardFamilyOf(name)?.stem).toBe(stem);
  });

  it.each(['events', 'events_202401', 'events_20241399', 'events_2024013112', 'events_20240131_x'])(
    '%s is a table of its own',
    (name) => {
      expect(shardFamilyOf(name)).toBeUndefined();
    },
  );

  it('tells its shards from those of a family with a longer name', () => {
    const family = shardFamilyOf('events_*');

    expect(family && isShardOf('EVENTS_20240131', family)).toBe(true);
    expect(family && isShardOf('events_intraday_20240131', family)).toBe(false);
    expect(family && isShardOf('events_2024*', family)).toBe(false);
  });
});
