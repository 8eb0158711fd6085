import { expect, it } from 'vitest';
import type { Mart } from '../../../src/marts/mart.ts';
import { guardMarts } from '../../../src/materializer/quarantine.ts';
import { resumeInterrupted } from '../../../src/materializer/resume.ts';
import { findObject, nativeText } from '../../../src/materializer/warehouse-objects.ts';
import type { Action } from '../../../src/plan/action.ts';
import { dyingConnector } from '../../conformance/dying-connector.ts';
import {
  build,
  DAY,
  type LoopWorld,
  openLoopWorld,
  START,
  salesDefinition,
  salesOf,
  salesSqlOf,
  toLogicalOf,
  toVersion,
  versionTable,
  workOn,
} from '../../conformance/loop-world.ts';
import { SNOWFLAKE } from './loop-subject.ts';

const SUBJECT = { ...SNOWFLAKE, oneTable: true } as const;
const kind = 'materialized view';
const sales = salesOf(SUBJECT);
const table = versionTable(1, SUBJECT);
const built = { ...build(1, 'promote', SUBJECT), native: { kind } } as Action;
const flip = toVersion(1, START + DAY, SUBJECT);

type Daemon = Pick<LoopWorld, 'apply' | 'work'>;

/** What is done, and how the ledger tells that it is. */
const LIFE: readonly {
  readonly name: string;
  readonly act: (daemon: Daemon) => Promise<unknown>;
  readonly isDone: (mart: Mart | undefined) => boolean;
}[] = [
  {
    name: 'build',
    act: ({ apply }) => apply([built]),
    isDone: (mart) => mart?.hidden[0]?.version.native?.kind === kind,
  },
  {
    name: 'rest',
    act: ({ work }) => guardMarts(work),
    isDone: (mart) => mart?.hidden[0]?.version.native?.isAtRest === true,
  },
  {
    name: 'flip',
    act: ({ apply }) => apply([flip]),
    isDone: (mart) => mart?.current?.version === 1,
  },
  {
    name: 'let go',
    act: ({ apply }) => apply([toLogicalOf(SUBJECT)]),
    isDone: (mart) => mart?.stage === 'logical',
  },
];

const isLong = process.env['GOLDSMITH_LONG'] === '1';

it.runIf(isLong)(
  'is built, put to rest, woken, published and let go whatever write it is killed behind, and readers see nothing of it',
  async () => {
    const world = await openLoopWorld(SUBJECT);
    const readers = () => world.rows(`select region, orders, amount from ${sales} order by region`);
    const mart = async () => (await world.ledger.readMarts())[0];
    try {
      const { steps } = await world.apply([
        { kind: 'create-mart', mart: sales, definition: salesDefinition(SUBJECT) },
      ]);
      expect(steps[0]?.outcome).toBe('done');
      const before = (
        await world.connector.query(`${salesSqlOf(SUBJECT)} order by 1`, { purpose: 'verify' })
      ).rows;
      let kills = 0;
      for (const { name, act, isDone } of LIFE) {
        for (let write = 1; !isDone(await mart()); write += 1) {
          expect(write, name).toBeLessThan(30);
          const own = (await world.connect?.()) ?? world.connector;
          const dying = dyingConnector(own, { after: write + 2, how: 'killed' });
          const told = await workOn(dying, { subject: SUBJECT, now: START });
          await Promise.race([dying.died.then(() => (kills += 1)), act(told)]);

          const started = await workOn(world, { subject: SUBJECT, now: START });
          await resumeInterrupted(started.work);
          expect(await readers(), `${name}, behind write ${write}`).toEqual(before);
          if (name === 'build' || name === 'rest') {
            continue;
          }
          const guarded = await guardMarts(started.work);
          expect([...guarded.quarantined, ...guarded.withdrawn], name).toEqual([]);
        }
      }
      expect(kills).toBeGreaterThan(8);
      expect((await findObject(world.connector, table))?.kind).toBe(kind);
      expect(await nativeText(world.connector, { kind, relation: table })).toBeUndefined();
    } finally {
      await world.close();
    }
  },
);
