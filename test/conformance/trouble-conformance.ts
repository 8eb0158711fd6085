import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/connectors/connector.ts';
import type { Action } from '../../src/plan/action.ts';
import {
  build,
  DAY,
  type LoopWorld,
  openLoopWorld,
  START,
  salesDefinition,
  salesOf,
  toVersion,
} from './loop-world.ts';
import type { StagedSubject } from './staged-conformance.ts';

export interface TroubleSubject extends StagedSubject {
  /** Takes the right to read `orders` away from both identities; what it gives gives it back. */
  revoke(world: LoopWorld): Promise<() => Promise<void>>;
  /** What the warehouse says of a table one may not read: some do not tell it from one that is not there. */
  readonly deniedAs: 'CONNECTOR_PERMISSION_DENIED' | 'CONNECTOR_RELATION_MISSING';
  /** Ways in that must fail, each with its code. */
  readonly waysIn: readonly (readonly [what: string, open: () => Promise<unknown>, code: string])[];
  /** What the doctor says of a clock that differs by so much. */
  clocks(world: LoopWorld, skewMs: number): Promise<readonly Finding[]>;
}

/** What happens around a warehouse: one clear sentence each, and nothing is lost. */
export function troubleConformance(subject: TroubleSubject): void {
  const { schema } = subject;
  const sales = salesOf(subject);
  const create: Action = {
    kind: 'create-mart',
    mart: sales,
    definition: salesDefinition(subject),
  };

  describe(`trouble on ${subject.name}`, () => {
    let world: LoopWorld;

    beforeAll(async () => {
      world = await openLoopWorld(subject);
      await world.apply([create]);
    });
    afterAll(() => world.close());

    async function failing(...actions: readonly Action[]) {
      const { steps } = await world.apply(actions);
      const step = steps.at(-1);
      expect(step?.outcome).toBe('failed');
      expect(step?.detail).toMatch(/^[^\n]{20,}[^.]$/);
      expect(await world.ledger.openEntries()).toEqual([]);
      return step;
    }
    const readers = async () =>
      Number((await world.rows(`select cast(sum(orders) as integer) from ${sales}`))[0]?.[0]);

    it('names a table that was renamed; back under its name, readers have their answer', async () => {
      await world.people(`alter table ${schema}.orders rename to orders_of_old`);

      const step = await failing(build(1, 'promote', subject));

      expect(step?.detail).toMatch(/orders/i);
      await world.people(`alter table ${schema}.orders_of_old rename to orders`);
      expect(await readers()).toBe(400);
    });

    it('loses a grant during a run: the step says so, and given back it goes on', async () => {
      const giveBack = await subject.revoke(world);

      const step = await failing(build(1, 'promote', subject));

      expect(step?.code).toBe(subject.deniedAs);
      expect(step?.detail).toMatch(/orders|authori[sz]ed|access/i);
      await giveBack();
      const { steps } = await world.apply([
        build(1, 'promote', subject),
        toVersion(1, START + DAY, subject),
      ]);
      expect(steps.map(({ code }) => code)).toEqual(['DONE', 'DONE']);
      expect(await readers()).toBe(400);
    });

    it('is told by the doctor when clocks disagree, and not when they agree', async () => {
      const clocks = (findings: readonly Finding[]) =>
        findings.filter(({ detail }) => /clock/.test(detail));

      expect(clocks(await subject.clocks(world, 0))).toMatchObject([
        { ok: true, isWarning: false },
      ]);
      const [found] = clocks(await subject.clocks(world, 3_600_000));
      expect(found?.detail).toMatch(/(3[56]\d\d s|3[56]\d{5} ms) (ahead|behind)/);
      expect(found?.ok === true && !found.isWarning).toBe(false);
    });

    it('names the view of a schema that was dropped', async () => {
      await world.people(`drop schema ${schema === 'public' ? 'GOLD' : 'gold'} cascade`);

      const step = await failing(toVersion(1, START + DAY, subject));

      expect(step?.detail).toMatch(/gold/i);
    });

    // Last, for what they break stays broken.
    it.each(subject.waysIn)('tells %s in one sentence', async (_what, open, code) => {
      const error = await open().catch((caught: unknown) => caught);

      expect(error).toMatchObject({ code });
      expect(String(error)).toMatch(/^ConnectorError: [^\n]{20,}[^.]$/);
    });
  });
}
