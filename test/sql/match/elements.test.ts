import { describe, expect, it } from 'vitest';
import { outcomeOf } from './ask.ts';

describe('an element of a value', () => {
  const ddl = 'create table events (id integer, body json, tags varchar[])';

  it.each([
    [
      'is read from the value',
      'select id, body from events',
      "select body['user']['id'] as u from events",
      "select t1.body['user']['id'] as u from mv0 as t1",
    ],
    [
      'is read inside the part the mart holds',
      "select id, body['user'] as u from events",
      "select body['user']['id'] as x from events",
      "select t1.u['id'] as x from mv0 as t1",
    ],
    [
      'is not read from another part',
      "select id, body['user'] as u from events",
      "select body['owner']['id'] as x from events",
      'COLUMN_NOT_IN_MART',
    ],
  ])('%s', async (_title, mv, query, expected) => {
    expect(await outcomeOf({ ddl, mvs: [mv], query })).toBe(expected);
  });
});
