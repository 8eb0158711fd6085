import { expect, it } from 'vitest';
import { acquireLease } from '../../src/materializer/lease.ts';
import { requireNothingRuns } from '../../src/materializer/nothing-runs.ts';
import { build, DAY, idOf, openLoopWorld, START, versionTable } from '../conformance/loop-world.ts';
import { SNOWFLAKE } from '../connectors/snowflake/loop-subject.ts';

it('whoever lost the lease stops nothing of whoever has it now', async () => {
  const world = await openLoopWorld(SNOWFLAKE);
  const { connector, ledger, work } = world;
  const other = await world.connect?.();
  const action = build(1, 'promote', SNOWFLAKE);
  const held = world.hold?.(/create table/i);
  const { names } = connector.wording;
  const made = `create table ${names.relation(versionTable(1, SNOWFLAKE))} as select 1 as ${names.quote(idOf(SNOWFLAKE, 'n'))}`;
  await world.people('create schema if not exists "SHOP"."GOLD_DATA"');
  const answer = other?.execute(made, { purpose: 'build' });
  await held?.begun;
  const late = { holder: 'another', ttlMs: DAY, now: START + DAY };
  expect(await acquireLease({ connector, ledger }, late)).toMatchObject({ kind: 'held' });

  await expect(requireNothingRuns(action, work)).rejects.toMatchObject({ code: 'LEASE_LOST' });
  held?.letGo();

  await expect(answer).resolves.toBeDefined();
  await other?.close();
  await world.close();
});
