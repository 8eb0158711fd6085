import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connector } from '../../src/connectors/connector.ts';
import { pairedRuns } from '../../src/prove/paired-runs.ts';
import { type ReplayParts, replayStatements } from '../../src/prove/replay.ts';
import { aWarehouse } from './warehouse.ts';

const SLOW = 'select g, sum(x) as x from big group by g';
const FAST = 'select g, x from small';

describe('replaying statements', () => {
  let warehouse: Connector;

  beforeAll(async () => {
    warehouse = await aWarehouse([
      'create table big as select range % 7 as g, range as x from range(1000000)',
      'create table small as select g, sum(x) as x from big group by g',
    ]);
  });
  afterAll(() => warehouse.close());

  function parts(changes: Partial<ReplayParts> = {}): ReplayParts {
    return {
      connector: warehouse,
      fetchTexts: async (ids) => new Map(ids.map((one) => [one, SLOW])),
      rewriteForReplay: async (_fingerprint, base) => ({ base, served: FAST }),
      isSafeToReplay: () => ({ safe: true }),
      limits: { statementMs: 10_000, statements: 10, totalCpuMs: 10_000 },
      checkSnapshot: async () => {},
      ...changes,
    };
  }

  const replay = (changes: Partial<ReplayParts>, ...sampleIds: string[]) =>
    replayStatements(
      { statements: [{ fingerprint: 'f', sampleIds }], timed: true },
      parts(changes),
    );

  it('measures how much cpu time the served side saves', async () => {
    const replayed = await replay({}, 'a', 'b');

    expect(replayed).toMatchObject({ equal: 2, different: 0 });
    expect(replayed.gain).toBeGreaterThan(0.5);
    expect(replayed.baseCpuMs).toBeGreaterThan(replayed.servedCpuMs);
  });

  it('finds a served side that answers otherwise', async () => {
    const wrong = async (_fingerprint: string, base: string) => ({
      base,
      served: `${FAST} where g < 6`,
    });

    const replayed = await replay({ rewriteForReplay: wrong }, 'a');

    expect(replayed.statements).toEqual([
      {
        fingerprint: 'f',
        sampleId: 'a',
        kind: 'different',
        because:
          '7 rows on one side, 6 on the other; 1 row stands only on the left, 0 only on the right',
      },
    ]);
  });

  it('takes last digits of floats neither as a proof nor as a refutation, unless flagged', async () => {
    const floats = {
      base: 'select 0.1::double + 0.2::double as x',
      served: 'select 0.3::double as x',
    };

    const plain = await replay({ rewriteForReplay: async () => floats }, 'a');
    const flagged = await replay(
      { rewriteForReplay: async () => ({ ...floats, approximate: true }) },
      'a',
    );

    expect(plain.statements[0]).toMatchObject({
      kind: 'skipped',
      because: 'x differ in the last digits of floating-point numbers only (relative 1e-9)',
    });
    expect(flagged).toMatchObject({ equal: 1 });
  });

  it('finds a served side that does not run at all', async () => {
    const broken = async (_fingerprint: string, base: string) => ({
      base,
      served: 'select g, x from nowhere',
    });

    const replayed = await replay({ rewriteForReplay: broken }, 'a');

    expect(replayed.statements[0]).toMatchObject({
      kind: 'different',
      because: expect.stringContaining('base answers, the mart does not'),
    });
  });

  it.for([
    [
      'a text the history lost',
      { fetchTexts: async () => new Map() },
      'the history no longer holds its text',
    ],
    [
      'a text that is not safe',
      { isSafeToReplay: () => ({ safe: false, because: 'it is not a query' }) },
      'it is not a query',
    ],
    [
      'a statement without a rewriting',
      { rewriteForReplay: async () => undefined },
      'it has no rewriting onto this mart',
    ],
    [
      'a text that writes',
      { fetchTexts: async () => new Map([['a', 'delete from big']]) },
      'it must be a SELECT',
    ],
    [
      'a spent budget',
      { limits: { statementMs: 1000, statements: 9, totalCpuMs: 0 } },
      'the replay budget is spent',
    ],
    [
      'a statement slower than its limit',
      {
        limits: { statementMs: 1, statements: 9, totalCpuMs: 9000 },
        fetchTexts: async () =>
          new Map([['a', 'select count(*) as n from big a, big b where a.x + b.x < 0']]),
      },
      'did not finish in time',
    ],
  ] satisfies (readonly [string, Partial<ReplayParts>, string])[])(
    'skips %s, and says so',
    async ([, changes, because]) => {
      const replayed = await replay(changes, 'a');

      expect(replayed.statements[0]).toMatchObject({
        kind: 'skipped',
        because: expect.stringContaining(because),
      });
      expect(replayed).toMatchObject({ equal: 0, different: 0, gain: 0 });
    },
  );

  it('takes a text with its semicolon and comments as the history holds it', async () => {
    const text = `-- dashboard 7\n${SLOW}; -- done;`;

    const replayed = await replay({ fetchTexts: async () => new Map([['a', text]]) }, 'a');

    expect(replayed).toMatchObject({ equal: 1 });
  });

  it('skips two statements in one text', async () => {
    const text = `${SLOW}; ${SLOW}`;

    const replayed = await replay({ fetchTexts: async () => new Map([['a', text]]) }, 'a');

    expect(replayed.statements[0]).toMatchObject({ because: 'it is not exactly one statement' });
  });

  it('goes on over a new snapshot after a statement that failed', async () => {
    const replayed = await replay(
      {
        fetchTexts: async () =>
          new Map([
            ['a', SLOW],
            ['bad', "select cast('x' as int) as n from big"],
            ['b', SLOW],
          ]),
      },
      'a',
      'bad',
      'b',
    );

    expect(replayed.statements.map(({ kind }) => kind)).toEqual(['equal', 'skipped', 'equal']);
  });

  it('asks only where answers differ whether the sources are still what the build read', async () => {
    let asked = 0;
    const checkSnapshot = async () => {
      asked += 1;
      throw new Error('the sources moved');
    };
    const texts = async () => new Map([['a', SLOW]]);
    await replay({ fetchTexts: texts, checkSnapshot }, 'a');
    expect(asked).toBe(0);

    const rewriteForReplay = async () => ({ base: SLOW, served: `${SLOW} limit 1` });
    await expect(
      replay({ fetchTexts: texts, checkSnapshot, rewriteForReplay }, 'a'),
    ).rejects.toThrow('the sources moved');
    expect(asked).toBe(1);
  });

  it('takes one sample of each template before a second of any', async () => {
    const asked: string[] = [];
    await replayStatements(
      {
        statements: [
          { fingerprint: 'f', sampleIds: ['f1', 'f2'] },
          { fingerprint: 'g', sampleIds: ['g1'] },
        ],
        timed: true,
      },
      parts({
        limits: { statementMs: 1000, statements: 2, totalCpuMs: 9000 },
        fetchTexts: async (ids) => {
          asked.push(...ids);
          return new Map();
        },
      }),
    );

    expect(asked).toEqual(['f1', 'g1']);
  });

  it('says what a pair cost, comparison included', async () => {
    const runs = await warehouse.transaction(
      (session) => pairedRuns(session, { base: SLOW, served: FAST, purpose: 'measure' }),
      { readOnly: true, purpose: 'measure' },
    );

    expect(runs.comparison).toMatchObject({ kind: 'equal', rows: 7 });
    expect(runs.spentCpuMs).toBeGreaterThan(2 * (runs.baseCpuMs + runs.servedCpuMs));
  });
});
