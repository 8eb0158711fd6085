import { describe, expect, it } from 'vitest';
import { buildJoinGraph } from '../../src/graph/build.ts';
import { frequentJoinSets, frequentRelations } from '../../src/graph/frequent-subgraphs.ts';
import type { UsageSnapshot } from '../../src/usage/template.ts';
import { aFact, aTemplate, aUsage, bob } from './a-usage.ts';

const CO = 'c.id = o.c_id';
const OP = 'o.p_id = p.id';
const PS = 'p.s_id = s.id';
const XY = 'x.id = y.x_id';

function setsOf(usage: UsageSnapshot, { minShare = 0, limit = 100 } = {}): readonly string[] {
  const graph = buildJoinGraph(usage, { now: usage.until, halfLifeDays: 7 });
  return frequentJoinSets(graph, usage, { minShare, limit }).map(
    ({ relations, cpuMs }) => `${relations.join(' ')}: ${cpuMs}`,
  );
}

describe('frequentJoinSets', () => {
  it('gives each closed set once, costliest first', () => {
    const usage = aUsage(
      [aTemplate('f1', [CO, OP]), aTemplate('f2', [CO, OP, PS]), aTemplate('f3', [CO])],
      [aFact('f1', { cpuMs: 10 }), aFact('f2', { cpuMs: 20 }), aFact('f3', { cpuMs: 5 })],
    );

    expect(setsOf(usage)).toEqual(['c o: 35', 'c o p: 30', 'c o p s: 20']);
  });

  it('says who asks, how often and what it costs', () => {
    const usage = aUsage(
      [aTemplate('f1', [CO]), aTemplate('f2', [CO, OP])],
      [
        aFact('f1', { runs: 4, cpuMs: 10 }),
        aFact('f2', { runs: 2, cpuMs: 20, reader: bob, day: '2026-03-09' }),
      ],
    );
    const graph = buildJoinGraph(usage, { now: usage.until, halfLifeDays: 7 });

    expect(frequentJoinSets(graph, usage, { minShare: 0, limit: 1 })).toEqual([
      {
        relations: ['c', 'o'],
        edges: [expect.objectContaining({ key: 'c(id)=o(c_id) inner' })],
        fingerprints: ['f1', 'f2'],
        runs: 6,
        cpuMs: 30,
        readers: 2,
        days: 2,
      },
    ]);
  });

  it('never joins what does not hang together', () => {
    const usage = aUsage([aTemplate('f1', [CO, XY])], [aFact('f1')]);

    expect(setsOf(usage)).toEqual(['c o: 10', 'x y: 10']);
  });

  it('finds a set whose middle join is only frequent together with the others', () => {
    const usage = aUsage(
      [aTemplate('f1', [CO, OP, PS]), aTemplate('f2', [PS])],
      [aFact('f1', { cpuMs: 3 }), aFact('f2', { cpuMs: 4 })],
    );

    expect(setsOf(usage)).toEqual(['p s: 7', 'c o p s: 3']);
  });

  it.each([
    { minShare: 0.2, sets: ['c o: 8', 'x y: 2'] },
    { minShare: 0.21, sets: ['c o: 8'] },
  ])('leaves out what costs less than the share $minShare', ({ minShare, sets }) => {
    const usage = aUsage(
      [aTemplate('f1', [CO]), aTemplate('f2', [XY])],
      [aFact('f1', { cpuMs: 8 }), aFact('f2', { cpuMs: 2 })],
    );

    expect(setsOf(usage, { minShare })).toEqual(sets);
  });

  it('weighs by runs where the history tells no cost', () => {
    const usage = aUsage(
      [aTemplate('f1', [CO]), aTemplate('f2', [XY])],
      [aFact('f1', { cpuMs: 0, runs: 1 }), aFact('f2', { cpuMs: 0, runs: 9 })],
    );

    expect(setsOf(usage, { minShare: 0.5 })).toEqual(['x y: 0']);
  });

  it('stops at the limit', () => {
    const joins = Array.from({ length: 14 }, (_, at) => `hub.k${at} = spoke${at}.id`);
    const templates = joins.map((_, at) =>
      aTemplate(
        `f${at}`,
        joins.filter((_join, other) => other !== at),
      ),
    );
    const usage = aUsage(
      templates,
      templates.map(({ fingerprint }) => aFact(fingerprint)),
    );

    expect(setsOf(usage, { limit: 50 })).toHaveLength(50);
  });

  it('does not depend on the order of what it is given', () => {
    const templates = [aTemplate('f1', [CO, OP]), aTemplate('f2', [CO, XY]), aTemplate('f3', [PS])];
    const facts = templates.map(({ fingerprint }) => aFact(fingerprint));

    expect(setsOf(aUsage(templates.toReversed(), facts.toReversed()))).toEqual(
      setsOf(aUsage(templates, facts)),
    );
  });
});

describe('frequentRelations', () => {
  it('gives relations read often enough, each on its own', () => {
    const usage = aUsage(
      [aTemplate('f1', [CO]), aTemplate('f2', [OP])],
      [aFact('f1', { cpuMs: 8 }), aFact('f2', { cpuMs: 2 })],
    );

    const found = frequentRelations(usage, { minShare: 0.5, limit: 10 });

    expect(found.map(({ relations, edges, cpuMs }) => ({ relations, edges, cpuMs }))).toEqual([
      { relations: ['o'], edges: [], cpuMs: 10 },
      { relations: ['c'], edges: [], cpuMs: 8 },
    ]);
  });
});
