import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import { applyUnderLease, tendMarts } from '../../src/daemon/apply.ts';
import { watchSchema } from '../../src/daemon/drift/watch-schema.ts';
import { type Engine, openEngine } from '../../src/daemon/engine.ts';
import { quietLogger } from '../../src/daemon/logger.ts';
import { observe } from '../../src/daemon/observe.ts';
import { noFacts } from '../../src/marts/facts.ts';
import { makePlanValue } from '../../src/plan/plan.ts';
import { SmallWorld } from '../scenarios/small-world.ts';

const mart = relationId({ schema: 'gold', name: 'lines_by_product' });
const action = {
  kind: 'create-mart',
  mart,
  definition: {
    relation: mart,
    origin: 'candidate',
    sql: 'select product_id, sum(net_amount) as revenue from silver.order_lines group by product_id',
    columns: [
      { name: 'product_id', type: 'INTEGER' },
      { name: 'revenue', type: 'DECIMAL(38,2)' },
    ],
    sources: [relationId({ schema: 'silver', name: 'order_lines' })],
    obligations: [],
    maxStalenessMs: 0,
  },
} as const;
const plan = makePlanValue({
  madeAt: 0,
  expiresAt: Number.MAX_SAFE_INTEGER,
  steps: [{ action, because: 'people ask for it', evidence: {} }],
});

describe('a Goldsmith killed before it handed in what it had done', () => {
  let world: SmallWorld;
  let engine: Engine;
  beforeEach(async () => {
    world = await SmallWorld.open({ orderLines: 10 });
    await open();
  });
  afterEach(async () => {
    await engine.close();
    await world.close();
  });

  async function open(): Promise<void> {
    engine = await openEngine({
      config: world.configWith({ notify: { slackWebhookUrl: 'http://127.0.0.1:9/hook' } }),
      clock: world.clock,
      log: quietLogger('silent'),
      instance: world.instance,
    });
  }

  /** Dies where a notice would be kept: nothing after that moment happens. */
  const dying = (): Engine => ({
    ...engine,
    outbox: {
      ...engine.outbox,
      write() {
        throw new Error('killed');
      },
    },
  });
  const waiting = () => engine.outbox.read().notices.map(({ notice }) => notice.title);

  async function apply(by: Engine) {
    const schema = await observe(engine, {
      marts: await engine.ledger.readMarts(),
      signal: undefined,
    });
    const parts = { facts: noFacts, sourceStates: [], measuredAt: world.clock.now() };
    return applyUnderLease(by, { plan, schema, ...parts, approved: true });
  }

  it('tells it at the next start, once', async () => {
    await expect(apply(dying())).rejects.toThrow('killed');
    expect(await world.rows('select count(*) from gold.lines_by_product')).toHaveLength(1);
    await engine.close();
    await open();

    await tendMarts(engine);
    await tendMarts(engine);

    expect(waiting()).toEqual(['Published gold.lines_by_product as a view']);
  });

  it('tells nothing anew where it was handed in', async () => {
    await apply(engine);
    await tendMarts(engine);

    expect(waiting()).toEqual(['Published gold.lines_by_product as a view']);
  });

  it('tells of a mart it stopped touching', async () => {
    await apply(engine);
    engine.outbox.write({ ...engine.outbox.read(), notices: [] });
    await world.run('create or replace view gold.lines_by_product as select 1 as theirs');

    await expect(tendMarts(dying())).rejects.toThrow('killed');
    expect(waiting()).toEqual([]);
    await tendMarts(engine);
    await tendMarts(engine);

    expect(waiting()).toEqual(['Stopped touching gold.lines_by_product']);
  });

  it('tells of a change of the schema that it had seen', async () => {
    await apply(engine);
    engine.outbox.write({ ...engine.outbox.read(), notices: [] });
    const look = async (by: Engine) => {
      const marts = await engine.ledger.readMarts();
      const schema = await observe(engine, { marts, signal: undefined });
      return watchSchema(by, { schema, marts, usage: () => ({ templates: [], facts: [] }) });
    };
    await look(engine);
    await world.run('alter table silver.order_lines rename column net_amount to amount_net');

    await expect(look(dying())).rejects.toThrow('killed');
    await look(engine);
    await look(engine);

    expect(waiting()).toEqual([expect.stringContaining('net_amount is now called amount_net')]);
  });
});
