import { describe, expect, it } from 'vitest';
import { buildJoinGraph } from '../../src/graph/build.ts';
import { renderGraphDot } from '../../src/graph/render-dot.ts';
import { renderGraphJson } from '../../src/graph/render-json.ts';
import { renderGraphText } from '../../src/graph/render-text.ts';
import { aFact, aTemplate, aUsage } from './a-usage.ts';

const usage = aUsage(
  [aTemplate('f1', ['c.id = o.c_id']), aTemplate('f2', ['o.p_id = p.id left'])],
  [aFact('f1', { runs: 40, cpuMs: 2400 }), aFact('f2')],
);
const graph = buildJoinGraph(usage, {
  now: Date.parse('2026-03-10T18:00:00Z'),
  halfLifeDays: 7,
});
const nothing = buildJoinGraph(aUsage([], []), { now: 0, halfLifeDays: 7 });

describe('renderGraphText', () => {
  it('aligns joins and relations, most used first', () => {
    expect(renderGraphText(graph, { limit: 10 })).toBe(
      [
        'runs  weighted      cpu  readers  days   last seen  join',
        '  40      40.0    2.4 s        1     1  2026-03-10  c.id = o.c_id',
        '   1       1.0  10.0 ms        1     1  2026-03-10  o left join p on p_id = id',
        '',
        'runs  weighted      cpu  readers  days   last seen  relation',
        '  41      41.0    2.4 s        1     1  2026-03-10  o',
        '  40      40.0    2.4 s        1     1  2026-03-10  c',
        '   1       1.0  10.0 ms        1     1  2026-03-10  p',
        '',
      ].join('\n'),
    );
  });

  it('counts what it leaves out', () => {
    expect(renderGraphText(graph, { limit: 1 })).toContain('(2 more)');
  });

  it('says so when nothing was read', () => {
    expect(renderGraphText(nothing, { limit: 10 })).toBe('Nothing was read within the window.\n');
  });
});

describe('renderGraphJson', () => {
  it('tells every join with its keys and use', () => {
    expect(renderGraphJson(graph).joins[0]).toEqual({
      left: 'c',
      right: 'o',
      kind: 'inner',
      pairs: [{ left: 'id', right: 'c_id' }],
      runs: 40,
      frequency: 40,
      cpuMs: 2400,
      readers: 1,
      days: 1,
      lastSeen: '2026-03-10',
      fingerprints: ['f1'],
    });
  });
});

describe('renderGraphDot', () => {
  it('draws frequent joins wider and outer joins dashed', () => {
    expect(renderGraphDot(graph)).toBe(
      [
        'graph joins {',
        '  node [shape=box];',
        '  "o" [label="o\\n41 runs"];',
        '  "c" [label="c\\n40 runs"];',
        '  "p" [label="p\\n1 run"];',
        '  "c" -- "o" [label="id = c_id\\n40 runs", penwidth=6.00, style=solid];',
        '  "o" -- "p" [label="left: p_id = id\\n1 run", penwidth=1.13, style=dashed];',
        '}',
        '',
      ].join('\n'),
    );
  });

  it('is a valid empty graph when nothing was read', () => {
    expect(renderGraphDot(nothing)).toBe('graph joins {\n  node [shape=box];\n}\n');
  });
});
