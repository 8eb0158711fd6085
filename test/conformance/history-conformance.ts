import { beforeEach, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/base/clock.ts';
import {
  type BadHistoryRow,
  type HistoryRow,
  type HistorySource,
  TEXT_UNKNOWN,
} from '../../src/connectors/history-row.ts';

/** A run as the warehouse recorded it: of two seconds, `ann`'s, and successful where nothing else is said. */
export interface SeededRun {
  readonly text: string;
  readonly endedAt: number;
  readonly user?: string;
  /** What the warehouse takes it for, literals aside. Absent: its text. */
  readonly hash?: string;
  readonly outcome?: 'cached' | 'failed' | 'cancelled';
  /** A script or a call, whose statements are recorded by themselves; or one of our own. */
  readonly kind?: 'script' | 'ours';
}

export interface HistorySubject {
  readonly name: string;
  /** An hour is told once it has been over for so long. */
  readonly latencyMs: number;
  /** A text of as many characters was cut. */
  readonly cutAt: number;
  /** Puts runs into the warehouse's own record of them. */
  readonly seed: (runs: readonly SeededRun[]) => Promise<void>;
  readonly open: (now: () => number) => Promise<HistorySource> | HistorySource;
  /** How often the warehouse was asked for texts so far. */
  readonly textReads: () => number;
}

const MINUTE = 60_000;
/** In the morning hours before it everything ran. */
const NOON = Date.UTC(2026, 5, 1, 12);

/** Two-phase mining of what a warehouse records: every run is told once, whenever it shows up, and none that cannot be read. */
export function historyConformance(subject: HistorySubject): void {
  const { seed, latencyMs } = subject;

  describe(`the history of ${subject.name}`, () => {
    let now: number;
    let source: HistorySource;

    beforeEach(async () => {
      now = NOON + latencyMs + 5 * MINUTE;
      source = await subject.open(() => now);
    });

    async function readOn(position?: string, from = source) {
      const rows: HistoryRow[] = [];
      const bad: BadHistoryRow[] = [];
      let last = position;
      for await (const batch of from.read(position, {})) {
        rows.push(...batch.rows);
        bad.push(...batch.bad);
        last = batch.position;
      }
      return { rows, bad, position: last };
    }
    const told = ({ rows }: { readonly rows: readonly HistoryRow[] }) =>
      rows.map(({ text, runs = 1 }) => `${runs} x ${text}`).toSorted();
    const asked = (day: string) => `select a from sales.t where day = '2026-01-${day}'`;
    const run = (
      text: string,
      minutesAgo: number,
      changes: Partial<SeededRun> = {},
    ): SeededRun => ({
      text,
      endedAt: NOON - minutesAgo * MINUTE,
      ...changes,
    });

    it('tells runs of an hour that differ in literals as one row for each who asks, with their sums', async () => {
      await seed([
        run(asked('01'), 55, { hash: 'h1' }),
        run(asked('02'), 40, { hash: 'h1' }),
        run(asked('03'), 30, { hash: 'h1', user: 'ben' }),
        run(asked('04'), 70, { hash: 'h1' }),
      ]);

      const { rows, bad } = await readOn();

      expect(bad).toEqual([]);
      const runsOf = rows.map(({ runs, endedAt }) => [runs, (NOON - endedAt) / MINUTE]);
      expect(runsOf.toSorted((a, b) => Number(a[1]) - Number(b[1]))).toEqual([
        [1, 30],
        [2, 40],
        [1, 70],
      ]);
      const [both, one] = [2, 1].map((count) => rows.find(({ runs }) => runs === count));
      expect(both).toMatchObject({ status: 'success', text: expect.stringMatching(/^select a /) });
      expect(both?.durationMs).toBe(2 * (one?.durationMs ?? 0));
      expect(both?.cpuMs).toBeCloseTo(2 * (one?.cpuMs ?? 0), 6);
      expect(both?.cpuMs).toBeGreaterThan(0);
      expect(both?.bytesScanned).toBe(2 * (one?.bytesScanned ?? 0));
      expect(new Set(rows.map(({ user }) => user)).size).toBe(2);
    });

    it('tells closed hours only, each once: what may still be late is not told yet', async () => {
      await seed([run('select 1 from early', 100), run('select 1 from open', 40)]);
      now -= 10 * MINUTE;

      const first = await readOn();
      now += 10 * MINUTE;
      const second = await readOn(first.position);

      expect(told(first)).toEqual(['1 x select 1 from early']);
      expect(told(second)).toEqual(['1 x select 1 from open']);
      expect(await readOn(second.position)).toMatchObject({ rows: [], bad: [] });
    });

    it('tells runs that come late as rows of their own, once an hour has closed, and none twice', async () => {
      await seed([run('select 1 from t', 50)]);
      const first = await readOn();
      await seed([run('select 1 from t', 45), run('select 1 from other', 100)]);

      const still = await readOn(first.position);
      now += HOUR_MS;
      const second = await readOn(still.position);
      now += HOUR_MS;

      expect(still.rows).toEqual([]);
      expect(told(second)).toEqual(['1 x select 1 from other', '1 x select 1 from t']);
      expect(second.rows.map(({ id }) => id)).not.toContain(first.rows[0]?.id);
      expect((await readOn(second.position)).rows).toEqual([]);
    });

    it('compares two days once a day, and finds what came very late', async () => {
      const first = await readOn();
      await seed([run('select 1 from late', 10 * 60)]);
      now += 2 * HOUR_MS;
      const soon = await readOn(first.position);
      now += 24 * HOUR_MS;
      const nextDay = await readOn(soon.position);

      expect(soon.rows).toEqual([]);
      expect(told(nextDay)).toEqual(['1 x select 1 from late']);
    });

    it('tells no run of an hour twice whose groups it forgot: it says how many came late', async () => {
      await seed([run('select 1 from t', 50)]);
      const first = await readOn();
      const { hours, ...rest } = JSON.parse(first.position ?? '') as {
        readonly hours: Readonly<Record<string, { readonly runs: number }>>;
      };
      const forgotten = Object.entries(hours).map(([hour, { runs }]) => [hour, { runs }]);
      await seed([run('select 1 from t', 45), run('select 1 from t', 44)]);
      now += HOUR_MS;

      const second = await readOn(
        JSON.stringify({ ...rest, hours: Object.fromEntries(forgotten) }),
      );
      now += HOUR_MS;

      expect(told(second)).toEqual([`2 x ${TEXT_UNKNOWN}`]);
      expect(second.bad.map(({ because }) => because)).toEqual([
        '2 runs count as not understood: they came late, and what was told of their hour is forgotten',
      ]);
      expect(await readOn(second.position)).toMatchObject({ rows: [], bad: [] });
    });

    it('counts nothing twice where it cannot read its position: it says so, and reads on from now', async () => {
      await seed([run('select 1 from t', 90)]);

      const lost = await readOn('not a position');
      await seed([run('select 1 from next', -30)]);
      now += HOUR_MS;

      expect(lost.rows).toEqual([]);
      expect(lost.bad.map(({ because }) => because)).toEqual([
        expect.stringMatching(/cannot be read, .* before 2026-06-01T12:00/),
      ]);
      expect(told(await readOn(lost.position))).toEqual(['1 x select 1 from next']);
    });

    it('gives the same rows under the same ids from the same position, each id once', async () => {
      await seed([run('select 1 from a', 30), run('select 1 from b', 30)]);

      const once = await readOn();

      expect(new Set(once.rows.map(({ id }) => id)).size).toBe(2);
      expect((await readOn(undefined, await subject.open(() => now))).rows).toEqual(once.rows);
    });

    it('tells cached, failed and cancelled runs apart', async () => {
      const outcomes = ['cached', 'failed', 'cancelled'] as const;
      await seed([
        run('select 1 from t', 30),
        ...outcomes.map((outcome) => run('select 1 from t', 30, { outcome })),
      ]);

      const { rows } = await readOn();

      expect(
        rows.map(({ status, cached = false }) => (cached ? 'cached' : status)).toSorted(),
      ).toEqual(['cached', 'cancelled', 'failed', 'success']);
    });

    it('mines no scripts, whose statements are told by themselves, and none of our own', async () => {
      await seed([
        run('begin select 1; select 2; end', 30, { kind: 'script' }),
        run("/* goldsmith='facts' */ select 7", 30, { kind: 'ours' }),
        run('select 1 from t', 30),
      ]);

      const read = await readOn();

      expect(told(read)).toEqual(['1 x select 1 from t']);
      expect(read.rows.map(({ text }) => text)).not.toContain(TEXT_UNKNOWN);
    });

    it('never mines a text that was cut: its runs are told as ones that nobody understands', async () => {
      const head = "select '";
      await seed([run(`${head}${'x'.repeat(subject.cutAt - head.length)}`, 30)]);

      const read = await readOn();

      expect(told(read)).toEqual([`1 x ${TEXT_UNKNOWN}`]);
      expect(read.bad).toEqual([
        {
          where: 'statements that ended in 2026-06-01T11h',
          because: expect.stringMatching(/^1 run counts as not understood: .* was cut\b/),
        },
      ]);
    });

    it('reads the text of a hash once, however often, in however many hours and by whomever it runs', async () => {
      await seed([
        run('select 1 from t', 190),
        run('select 1 from t', 130),
        run('select 1 from t', 120, { user: 'ben' }),
      ]);
      const before = subject.textReads();
      const first = await readOn();
      await seed([run('select 1 from t', -20)]);
      now += HOUR_MS;
      const second = await readOn(first.position);

      expect(first.rows).toHaveLength(3);
      expect(told(second)).toEqual(['1 x select 1 from t']);
      expect(subject.textReads() - before).toBe(1);
    });

    it('fetches texts again by the ids it told', async () => {
      await seed([run('select 1 from a', 30), run("select 'b' from b", 30)]);

      const { rows } = await readOn();
      const anew = await subject.open(() => now);

      expect(rows).toHaveLength(2);
      expect(await anew.fetchTexts([...rows.map(({ id }) => id), 'not-ours'], {})).toEqual(
        new Map(rows.map(({ id, text }) => [id, text])),
      );
    });
  });
}
