import { describe, expect, it } from 'vitest';
import { OTHERS, type PresentTemplate, rememberPast } from '../../src/decide/forecast/past.ts';

function shown(
  fingerprint: string,
  runs: Readonly<Record<string, number>>,
  changes: Partial<PresentTemplate> = {},
): PresentTemplate {
  return {
    fingerprint,
    baseCpuMs: 40,
    savedCpuMs: 10,
    readers: 1,
    sampleIds: [`${fingerprint}-sample`],
    runsByDay: new Map(Object.entries(runs)),
    ...changes,
  };
}

describe('the past of a candidate', () => {
  it('begins with the evidence window', () => {
    const days = ['2026-03-01', '2026-03-02', '2026-03-03'];

    expect(rememberPast([], { present: [shown('q', { '2026-03-02': 5 })], days })).toEqual([
      {
        fingerprint: 'q',
        since: '2026-03-01',
        runs: [0, 5, 0],
        baseCpuMs: 40,
        savedCpuMs: 10,
        readers: 1,
        sampleIds: ['q-sample'],
      },
    ]);
  });

  it('keeps what left the window, takes the window as it is now, and fills days nobody saw with silence', () => {
    const first = rememberPast([], {
      present: [shown('q', { '2026-03-01': 3, '2026-03-02': 4 })],
      days: ['2026-03-01', '2026-03-02'],
    });

    const [later] = rememberPast(first, {
      present: [shown('q', { '2026-03-02': 6, '2026-03-04': 7 })],
      days: ['2026-03-02', '2026-03-03', '2026-03-04'],
    });
    const [gap] = rememberPast(first, { present: [], days: ['2026-03-05', '2026-03-06'] });

    expect(later).toMatchObject({ since: '2026-03-01', runs: [3, 6, 0, 7] });
    expect(gap?.runs).toEqual([3, 4, 0, 0, 0, 0]);
  });

  it('remembers readers and samples of a season over the quiet weeks', () => {
    const first = rememberPast([], {
      present: [shown('q', { '2026-03-01': 3 }, { readers: 4 })],
      days: ['2026-03-01'],
    });

    expect(rememberPast(first, { present: [], days: ['2026-03-20'] })).toMatchObject([
      { readers: 4, sampleIds: ['q-sample'] },
    ]);
  });

  it('counts the templates that matter least together, in the worth of what they save', () => {
    const present = Array.from({ length: 14 }, (_, i) =>
      shown(`q${String(i).padStart(2, '0')}`, { '2026-03-01': 20 - i }),
    );

    const past = rememberPast([], { present, days: ['2026-03-01'] });

    expect(past).toHaveLength(13);
    expect(past.find(({ fingerprint }) => fingerprint === OTHERS)).toMatchObject({
      runs: [8 + 7],
      savedCpuMs: 10,
      baseCpuMs: 40,
    });
  });

  it('forgets after 400 days, and a template of which nothing is left', () => {
    const first = rememberPast([], {
      present: [shown('q', { '2025-01-01': 3 })],
      days: ['2025-01-01'],
    });

    expect(rememberPast(first, { present: [], days: ['2026-02-04'] })[0]?.runs).toHaveLength(400);
    expect(rememberPast(first, { present: [], days: ['2026-02-05'] })).toEqual([]);
  });
});
