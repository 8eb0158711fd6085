import type { OtherEngine } from '../../test/corpus/match-corpus.ts';
import { DATABASES } from '../../test/corpus/match-corpus.ts';
import type { MvParts, MvScore } from '../../test/corpus/score-mv-cases.ts';
import { mvCases, scoreMvCases } from '../../test/corpus/score-mv-cases.ts';
import type { TrapScore } from '../../test/corpus/score-traps.ts';
import { readTraps, scoreTrap } from '../../test/corpus/score-traps.ts';
import type { OtherEngines } from './calcite-rewrites.ts';
import { calciteEngines } from './calcite-rewrites.ts';
import type { Measure, Miss, Section, Tally } from './measure.ts';
import { count, OURS, share, tallyOf } from './measure.ts';
import type { PeerSet } from './peer-set.ts';
import { progress } from './progress.ts';
import type { Settings } from './settings.ts';

/** Traps of the corpus that have a sound rewrite: 13 of 15 are asked for. */
const ASKED_TRAPS = 86.6;

const SUITES: readonly (Omit<MvParts, 'stride'> & {
  readonly name: string;
  readonly asked?: number;
})[] = [
  { suite: 'starrocks', keyed: true, name: 'StarRocks, its keys as facts', asked: 80 },
  { suite: 'starrocks', keyed: false, name: 'StarRocks, without keys' },
  { suite: 'doris', keyed: false, name: 'Doris', asked: 75 },
];

/** Codes of refusals because a text could not be read, or is read or written otherwise by the engine than by DuckDB. */
const UNREAD = new Set(['NOT_PARSED', 'NOT_READ', 'NOT_COMPARABLE', 'NO_RUNNABLE_TEXT']);

/** Rewrites found, and what is wrong with them: traps, and the rewrite tests of two engines. */
export async function measureMatching(settings: Settings, peers: PeerSet): Promise<Section> {
  const misses: Miss[] = [];
  const measures: Measure[] = [];
  const { stride } = settings;
  const traps = readTraps().filter((_, at) => at % stride === 0);
  measures.push(
    ...(await measureTraps(traps, {
      misses,
      others: await calciteEngines(peers.calcite, traps, true),
    })),
  );
  for (const { name, asked, ...parts } of SUITES) {
    const cases = mvCases({ ...parts, stride });
    const others = isKeyless(parts) ? [] : await calciteEngines(peers.calcite, cases, parts.keyed);
    measures.push(
      ...(await measureSuite(
        { ...parts, stride },
        { name, asked, misses, others, of: cases.length },
      )),
    );
  }
  return {
    title: 'Matching',
    notes: [
      `Through \`goldsmith match\`. Each rewrite is run beside its original on the case's rows and on ${DATABASES} small random databases that keep the declared keys; equal means the same rows, each as often, floating-point results to nine digits.`,
      'Unsound: unequal on any of them, one that does not run, or one from marts alone where a witness shows that none can be right. Runnable: DuckDB runs the original.',
      'The macros that make a case run in DuckDB (sets in the place of bitmaps and sketches) are handed over with its tables.',
      'Calcite’s answers are judged the same way: `substitution` is RelOptMaterializations.useMaterializedViews (the substitution visitor), `rules` its materialized-view rules. Where a rewrite fails, Calcite’s text of the untouched query and views is run, too: what differs already there is counted as not read, not as unsound.',
    ],
    measures,
    misses,
  };
}

/** StarRocks' cases are asked twice of ours only: with keys and without. */
function isKeyless({ suite, keyed }: Pick<MvParts, 'suite' | 'keyed'>): boolean {
  return suite === 'starrocks' && !keyed;
}

interface Parts {
  readonly misses: Miss[];
  readonly others: OtherEngines;
}

async function measureTraps(
  traps: ReturnType<typeof readTraps>,
  { misses, others }: Parts,
): Promise<readonly Measure[]> {
  const [sound, unsound] = [new Map<string, Tally>(), new Map<string, Tally>()];
  const names = { sound: 'traps: sound rewrite found', unsound: 'traps: unsound' };
  let done = 0;
  for (const trap of traps) {
    for (const [engine, other] of withOurs(others)) {
      const score = await scoreTrap(trap, {
        trust: true,
        engine: other,
      });
      const { verdict } = score.result;
      // An equal one in a trap without a sound rewrite may be right in another way: ours is not let off, a peer is.
      const isUnsound = score.isUnsound && (engine === OURS || verdict !== 'equal');
      count(tallyOf(unsound, engine), isUnsound);
      if (trap.sound_rewrite !== null) {
        count(tallyOf(sound, engine), verdict === 'equal' && !isUnsound);
      }
      const isMissed = trap.sound_rewrite !== null && verdict !== 'equal';
      if (isUnsound || (isMissed && engine === OURS)) {
        misses.push(
          missOf(
            { ...score, isUnsound },
            {
              engine,
              id: trap.id,
              measure: isUnsound ? names.unsound : names.sound,
            },
          ),
        );
      }
    }
    done += 1;
    progress('traps', { done, of: traps.length });
  }
  return [
    { name: names.sound, asked: { atLeast: ASKED_TRAPS }, cells: shares(sound) },
    { name: names.unsound, asked: { atMost: 0 }, cells: numbers(unsound) },
  ];
}

interface SuiteParts extends Parts {
  readonly name: string;
  readonly asked: number | undefined;
  readonly of: number;
}

async function measureSuite(
  parts: MvParts,
  { name, asked, misses, others, of }: SuiteParts,
): Promise<readonly Measure[]> {
  const equal = new Map<string, Tally>();
  const unsound = new Map<string, Tally>();
  const impossible = new Map<string, Tally>();
  const bonus = new Map<string, Tally>();
  const read = new Map<string, Tally>();
  const names = {
    equal: `${name}: matched and equal, of runnable`,
    unsound: `${name}: unsound`,
    impossible: `${name}: answered from marts alone though impossible`,
    bonus: `${name}: equal where its own engine does not rewrite`,
    read: `${name}: cases read`,
  };
  for (const [engine, other] of withOurs(others)) {
    let done = 0;
    for await (const score of scoreMvCases({
      ...parts,
      engine: other,
    })) {
      const { test, result, isUnsound, isRunnable } = score;
      const isEqual = result.verdict === 'equal' && !isUnsound;
      count(tallyOf(unsound, engine), isUnsound);
      count(tallyOf(read, engine), !UNREAD.has(result.answer.because?.[0]?.code ?? ''));
      if (test.expect === 'rewrite' && isRunnable) {
        count(tallyOf(equal, engine), isEqual);
      }
      if (test.mv_alone === 'impossible') {
        count(tallyOf(impossible, engine), isUnsound && result.verdict === 'equal');
      } else if (test.expect === 'no_rewrite') {
        count(tallyOf(bonus, engine), isEqual);
      }
      const isMissed = test.expect === 'rewrite' && isRunnable && !isEqual && engine === OURS;
      if (isUnsound || isMissed) {
        const measure = isUnsound ? names.unsound : names.equal;
        misses.push(missOf(score, { engine, id: test.id, measure }));
      }
      done += 1;
      progress(`${name}, ${engine}`, { done, of });
    }
  }
  return [
    {
      name: names.equal,
      ...(asked === undefined ? {} : { asked: { atLeast: asked } }),
      cells: shares(equal),
    },
    { name: names.unsound, asked: { atMost: 0 }, cells: numbers(unsound) },
    { name: names.impossible, asked: { atMost: 0 }, cells: numbers(impossible) },
    { name: names.bonus, cells: shares(bonus) },
    { name: names.read, cells: shares(read) },
  ];
}

function withOurs(others: OtherEngines): readonly (readonly [string, OtherEngine | undefined])[] {
  return [[OURS, undefined], ...others];
}

function missOf(
  { result, isUnsound }: MvScore | TrapScore,
  at: Pick<Miss, 'engine' | 'id' | 'measure'>,
): Miss {
  const { answer, verdict, detail } = result;
  const [first] = answer.because ?? [];
  return isUnsound
    ? {
        ...at,
        code: `UNSOUND_${verdict.toUpperCase()}`,
        because: `${answer.sql}; ${detail}`.slice(0, 2_000),
      }
    : { ...at, code: first?.code ?? verdict.toUpperCase(), because: first?.text ?? detail };
}

function shares(tallies: ReadonlyMap<string, Tally>): Measure['cells'] {
  return Object.fromEntries([...tallies].map(([engine, tally]) => [engine, share(tally)]));
}

function numbers(tallies: ReadonlyMap<string, Tally>): Measure['cells'] {
  return Object.fromEntries(
    [...tallies].map(([engine, { hits, of }]) => [
      engine,
      { kind: 'number', value: hits, unit: `of ${of}` },
    ]),
  );
}
