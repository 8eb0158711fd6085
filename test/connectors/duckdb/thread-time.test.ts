import { describe, expect, it } from 'vitest';
import { threadMsOf } from '../../../src/connectors/duckdb/thread-time.ts';

describe('the thread time of a statement', () => {
  it.for([
    ['waited for cores, so the process did less', { cpuMs: 900, latencyMs: 450 }, 200, 200],
    ['ran beside others of the process', { cpuMs: 150, latencyMs: 80 }, 700, 150],
  ] as const)('is the lesser of both measures where it %s', ([, profile, processMs, work]) => {
    expect(threadMsOf({ profile, durationMs: 450, processMs })).toBe(work);
  });

  it('is the time it took where it was not profiled', () => {
    expect(threadMsOf({ profile: undefined, durationMs: 450, processMs: 30 })).toBe(450);
  });
});
