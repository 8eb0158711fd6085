import type { ProposalView } from '../../../src/http/service.ts';
import { SmallWorld, type SmallWorldParts } from '../small-world.ts';

/** A small world in mode propose, in the night when the first mart pays: nothing is done, and somebody is asked. */
export async function askedWorld(parts: SmallWorldParts = {}): Promise<SmallWorld> {
  const world = await SmallWorld.open({
    ...parts,
    settings: { mode: 'propose', ...parts.settings },
  });
  await world.start();
  world.dashboards(0);
  await world.cycle(1);
  world.dashboards(1);
  await world.cycle(2);
  return world;
}

export async function proposalsOf(world: SmallWorld): Promise<readonly ProposalView[]> {
  const { value } = await world.goldsmith.proposals();
  return value as readonly ProposalView[];
}

/** The one proposal there is. */
export async function onlyProposal(world: SmallWorld): Promise<ProposalView> {
  const [only, ...others] = await proposalsOf(world);
  if (only === undefined || others.length > 0) {
    throw new Error(
      `expected one proposal, found ${1 + others.length - Number(only === undefined)}`,
    );
  }
  return only;
}
