import { askShapes } from './ask-shapes.ts';
import type { LineageCase, LineageFound, LineageScore } from './lineage-cases.ts';
import {
  foundBy,
  LINEAGE_SUITES,
  readLineageCases,
  scoreLineage,
  shapeLineOf,
} from './lineage-cases.ts';
import type { Cell, Measure, Miss, Section } from './measure.ts';
import { count, newTally, OURS, share } from './measure.ts';
import type { PeerSet } from './peer-set.ts';
import type { Settings } from './settings.ts';

/** Percent of the cases whose column lineage is exact. */
const ASKED = { datahub: 90, sqllineage: 88 } as const;
const PEERS = ['sqlglot', 'sqllineage'] as const;

/** Input tables and column lineage of recorded cases: exact, and edge by edge. */
export async function measureLineage(
  { corpus, stride }: Settings,
  { python }: PeerSet,
): Promise<Section> {
  const measures: Measure[] = [];
  const misses: Miss[] = [];
  for (const suite of LINEAGE_SUITES) {
    const all = readLineageCases(corpus, suite) ?? [];
    const cases = all.filter((_, at) => at % stride === 0);
    const found = new Map<string, readonly LineageFound[]>([
      [OURS, (await askShapes(`${suite} lineage`, cases.map(shapeLineOf))).map(foundBy)],
    ]);
    if (python.kind === 'open') {
      for (const peer of PEERS) {
        found.set(peer, (await python.ask<Partial<LineageFound>>(peer, cases)).map(whole));
      }
    }
    const scores = new Map(
      [...found].map(([engine, answers]) => [engine, scoresOf(cases, answers)] as const),
    );
    for (const asks of ['tables', 'lineage'] as const) {
      const name = `${suite}: ${asks === 'tables' ? 'input tables' : 'column lineage'} exact`;
      const asked = asks === 'lineage' ? { asked: { atLeast: ASKED[suite] } } : {};
      measures.push({ name, ...asked, cells: cellsOf(scores, (list) => exactOf(list, asks)) });
      for (const { each, score, because } of scores.get(OURS) ?? []) {
        if (score.of === asks && !score.isExact) {
          const told = `want ${score.want.join(' | ')}; got ${score.got.join(' | ')}; ${because}`;
          misses.push({ measure: name, engine: OURS, id: each.id, code: 'INEXACT', because: told });
        }
      }
    }
    const edges = `${suite}: edges of column lineage`;
    measures.push(
      { name: `${edges}, precision`, cells: cellsOf(scores, (list) => edgesOf(list, 'got')) },
      { name: `${edges}, recall`, cells: cellsOf(scores, (list) => edgesOf(list, 'want')) },
    );
  }
  return {
    title: 'Lineage',
    notes: [
      'Exact: the same set of names, compared without case, as recorded by the two projects. The sqllineage cases are sqllineage’s own tests.',
      'sqlglot: `qualify`, scopes and `lineage` per output column of queries, of INSERT and of CREATE AS. sqllineage: queries are given a target first, as it follows columns to targets only.',
    ],
    measures,
    misses,
  };
}

interface Scored {
  readonly each: LineageCase;
  readonly score: LineageScore;
  readonly because: string;
}

function scoresOf(
  cases: readonly LineageCase[],
  answers: readonly LineageFound[],
): readonly Scored[] {
  return cases.flatMap((each, at) => {
    const found = whole(answers[at]);
    return scoreLineage(each, found).map((score) => ({
      each,
      score,
      because: found.because ?? '',
    }));
  });
}

/** A peer that failed on a case found nothing in it. */
function whole(found: Partial<LineageFound> | undefined): LineageFound {
  return { tables: [], edges: [], ...found };
}

function cellsOf(
  scores: ReadonlyMap<string, readonly Scored[]>,
  cellOf: (list: readonly Scored[]) => Cell,
): Measure['cells'] {
  return Object.fromEntries([...scores].map(([engine, list]) => [engine, cellOf(list)]));
}

function exactOf(list: readonly Scored[], of: LineageScore['of']): Cell {
  const tally = newTally();
  for (const { score } of list) {
    if (score.of === of) {
      count(tally, score.isExact);
    }
  }
  return share(tally);
}

/** Of the edges of one side, those the other has, too. */
function edgesOf(list: readonly Scored[], side: 'want' | 'got'): Cell {
  const tally = newTally();
  for (const { score } of list) {
    const other = new Set(side === 'want' ? score.got : score.want);
    for (const edge of score.of === 'lineage' ? score[side] : []) {
      count(tally, other.has(edge));
    }
  }
  return share(tally);
}
