import { afterEach, describe, expect, it } from 'vitest';
import type { Decision } from '../../../src/propose/channel.ts';
import type { ProposalId } from '../../../src/propose/proposal.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { DAILY_SALES, type SmallWorld } from '../small-world.ts';
import { askedWorld, onlyProposal } from './asked-world.ts';

const ANA = { by: 'cli:ana' };
const VERSIONS =
  "select table_name from duckdb_tables() where table_name like 'daily_sales\\_\\_v%' escape '\\'";

describe('between a yes and what it is a yes to', () => {
  let world: SmallWorld;
  afterEach(() => world.close());

  it('the evidence may go: then it is overtaken, with the reason', async () => {
    world = await askedWorld({ settings: { decide: { evidenceDays: 3, minimumDays: 2 } } });
    const { id } = await onlyProposal(world);

    await world.cycle(9);

    expect(await onlyProposal(world)).toMatchObject({ id, state: 'overtaken' });
    expect((await onlyProposal(world)).moves.at(-1)?.words).toBe(
      'no statement of the last 3 days with a known cost could be answered from it',
    );
  });

  it('Goldsmith may be killed: its next start carries it out, once', async () => {
    world = await askedWorld();
    const { id } = await onlyProposal(world);
    const yes: Decision = {
      proposal: id as ProposalId,
      move: 'approve',
      ...ANA,
      at: world.clock.now(),
      token: 'one yes',
    };
    const before = await world.rows(DAILY_SALES);
    // Heard, and killed before anything follows from it.
    expect(world.goldsmith.hear(yes).heard.kind).toBe('moved');
    await world.restart();
    expect((await onlyProposal(world)).state).toBe('approved');
    expect(world.goldsmith.hear(yes).heard).toEqual({
      kind: 'ignored',
      because: 'this was heard already',
    });

    await world.goldsmith.carryOut();

    expect((await onlyProposal(world)).state).toBe('applied');
    expect(await world.rows(VERSIONS)).toEqual(['["daily_sales__v1"]']);
    expect(await world.rows(DAILY_SALES)).toEqual(before);

    // Carried out, and killed before that was noted.
    await world.goldsmith.close();
    const store = openStore(world.statePath);
    const noted = store.documents.get('proposal', id) as { moves: readonly unknown[] };
    store.documents.put('proposal', id, {
      ...noted,
      state: 'approved',
      moves: noted.moves.slice(0, -1),
    });
    store.close();
    await world.start();

    const report = await world.goldsmith.carryOut();

    expect(report).toBeUndefined();
    expect((await onlyProposal(world)).state).toBe('applied');
    expect(await world.rows(VERSIONS)).toEqual(['["daily_sales__v1"]']);
  });
});
