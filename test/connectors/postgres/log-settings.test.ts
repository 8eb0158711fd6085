import { describe, expect, it } from 'vitest';
import { logTroubles } from '../../../src/connectors/postgres/log-settings.ts';

const WHOLE = {
  lc_messages: 'C',
  log_destination: 'jsonlog',
  log_min_duration_statement: '0',
  log_timezone: 'UTC',
  logging_collector: 'on',
};

const troublesOf = (settings: Partial<typeof WHOLE>) =>
  logTroubles(new Map(Object.entries({ ...WHOLE, ...settings })), { someDiffer: false });

describe('the words of a PostgreSQL log', () => {
  it.each(['C', 'POSIX', 'C.UTF-8', 'en_US.utf8', 'English_United States.1252'])(
    'are read as %s has them',
    (words) => {
      expect(troublesOf({ lc_messages: words })).toEqual([]);
    },
  );

  it('may be any where the server takes them from where it was started, which nobody is told', () => {
    expect(troublesOf({ lc_messages: '' })).toEqual([
      {
        because: 'its words are those of where the server was started, since lc_messages is empty',
        set: { lc_messages: "'C'" },
      },
    ]);
  });

  it('are not read in another language', () => {
    expect(troublesOf({ lc_messages: 'de_DE.UTF-8' })).toEqual([
      {
        because: "its words are those of lc_messages 'de_DE.UTF-8'",
        endsAll: true,
        set: { lc_messages: "'C'" },
      },
    ]);
  });
});
