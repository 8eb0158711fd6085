import { describe, expect, it } from 'vitest';
import { buildJoinGraph } from '../../src/graph/build.ts';
import { describeGraph } from '../../src/graph/describe.ts';
import { joinsByFrequency } from '../../src/graph/join-graph.ts';
import { aFact, ana, aTemplate, aUsage, bob } from './a-usage.ts';

const options = { now: Date.parse('2026-03-10T18:00:00Z'), halfLifeDays: 7 };

describe('buildJoinGraph', () => {
  it('adds up runs, cost, readers and days of all templates that join the same way', () => {
    const usage = aUsage(
      [aTemplate('f1', ['c.id = o.c_id']), aTemplate('f2', ['c.id = o.c_id', 'o.p_id = p.id'])],
      [
        aFact('f1', { runs: 3, cpuMs: 30, reader: ana }),
        aFact('f2', { runs: 2, cpuMs: 50, reader: bob, day: '2026-03-03' }),
      ],
    );

    const [first, second] = joinsByFrequency(buildJoinGraph(usage, options));

    expect(first).toEqual({
      edge: {
        key: 'c(id)=o(c_id) inner',
        left: 'c',
        right: 'o',
        kind: 'inner',
        pairs: [{ left: 'id', right: 'c_id' }],
      },
      use: {
        runs: 5,
        frequency: 4,
        cpuMs: 80,
        readers: 2,
        days: 2,
        lastSeenAt: Date.parse('2026-03-10T12:00:00Z'),
      },
      fingerprints: ['f1', 'f2'],
    });
    expect(second?.use).toMatchObject({ runs: 2, frequency: 1, readers: 1 });
  });

  it('keeps join kinds apart', () => {
    const usage = aUsage(
      [aTemplate('f1', ['c.id = o.c_id']), aTemplate('f2', ['c.id = o.c_id left'])],
      [aFact('f1'), aFact('f2')],
    );

    expect(buildJoinGraph(usage, options).edges()).toEqual([
      'c(id)=o(c_id) inner',
      'c(id)=o(c_id) left',
    ]);
  });

  it('takes several column pairs between two relations for one composite key', () => {
    const usage = aUsage([aTemplate('f1', ['a.y = b.v', 'a.x = b.u', 'a.x = b.u'])], [aFact('f1')]);

    expect(buildJoinGraph(usage, options).edges()).toEqual(['a(x, y)=b(u, v) inner']);
  });

  it('takes a repeated column for a second occurrence: another edge', () => {
    const usage = aUsage(
      [aTemplate('f1', ['dates.id = orders.ordered_on', 'dates.id = orders.shipped_on'])],
      [aFact('f1')],
    );

    expect(buildJoinGraph(usage, options).edges()).toEqual([
      'dates(id)=orders(ordered_on) inner',
      'dates(id)=orders(shipped_on) inner',
    ]);
  });

  it('joins a relation with itself as a loop', () => {
    const usage = aUsage([aTemplate('f1', ['e.boss = e.id'])], [aFact('f1')]);

    expect(buildJoinGraph(usage, options).selfLoopCount).toBe(1);
  });

  it('leaves templates without use in the window and our own statements out', () => {
    const usage = aUsage(
      [aTemplate('f1', ['c.id = o.c_id']), aTemplate('f2', ['o.p_id = p.id'])],
      [aFact('f2', { reader: { kind: 'goldsmith', name: 'goldsmith', tool: '' } })],
    );

    expect(describeGraph(buildJoinGraph(usage, options))).toBe('0 relations, 0 joins');
  });

  it('describes itself in one line', () => {
    const usage = aUsage(
      [aTemplate('f1', ['c.id = o.c_id']), aTemplate('f2', ['o.p_id = p.id left'])],
      [aFact('f1', { runs: 40 }), aFact('f2')],
    );

    expect(describeGraph(buildJoinGraph(usage, options))).toBe(
      '3 relations, 2 joins: c.id = o.c_id (40 runs), o left join p on p_id = id (1 run)',
    );
  });
});
