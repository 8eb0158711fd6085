import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import { type Engine, openEngine } from '../../../src/daemon/engine.ts';
import { keptEvents } from '../../../src/daemon/lineage/kept-events.ts';
import { endInterruptedRuns, recordRuns } from '../../../src/daemon/lineage/open-lineage.ts';
import { quietLogger } from '../../../src/daemon/logger.ts';
import { observe } from '../../../src/daemon/observe.ts';
import { makePlanValue } from '../../../src/plan/plan.ts';
import { runEventSpec } from '../../notify/open-lineage/open-lineage-spec.ts';
import { SmallWorld } from '../../scenarios/small-world.ts';

const mart = relationId({ schema: 'gold', name: 'lines_by_product' });
const action = {
  kind: 'create-mart',
  mart,
  definition: {
    relation: mart,
    origin: 'candidate',
    sql: 'select product_id, sum(net_amount) as revenue from silver.order_lines group by product_id',
    columns: [
      { name: 'product_id', type: 'integer' },
      { name: 'revenue', type: 'decimal(38,2)' },
    ],
    sources: [relationId({ schema: 'silver', name: 'order_lines' })],
    obligations: [],
    maxStalenessMs: 0,
  },
} as const;
const plan = makePlanValue({
  madeAt: 0,
  expiresAt: 1,
  steps: [{ action, because: '', evidence: {} }],
});

describe('run events of a plan', () => {
  let world: SmallWorld;
  let engine: Engine;

  async function open() {
    engine = await openEngine({
      config: world.configWith({ notify: { openLineage: { url: 'http://127.0.0.1:9/lineage' } } }),
      clock: world.clock,
      log: quietLogger('silent'),
      instance: world.instance,
    });
  }
  beforeAll(async () => {
    world = await SmallWorld.open({ orderLines: 10 });
    await open();
  });
  afterEach(() => {
    const queue = keptEvents(engine);
    queue.waiting().forEach(({ key }) => queue.remove(key));
  });
  afterAll(async () => {
    await engine.close();
    await world.close();
  });

  async function begin() {
    const schema = await observe(engine, { marts: [], signal: undefined });
    const runs = await recordRuns(engine, { plan, schema });
    runs.onEvent({ kind: 'step-started', step: 0, action, detail: '' });
    return runs;
  }
  const waiting = () =>
    keptEvents(engine)
      .waiting()
      .map(({ event }) => runEventSpec.parse(event));

  it('say what failed, of the run that began', async () => {
    const runs = await begin();
    runs.onEvent({ kind: 'step-failed', step: 0, action, detail: 'its answers differ' });

    const [start, fail] = waiting();
    expect(start).toMatchObject({ eventType: 'START', job: { name: `${mart}.publish` } });
    expect(fail).toMatchObject({
      eventType: 'FAIL',
      run: { runId: start?.run.runId, facets: { errorMessage: { message: 'its answers differ' } } },
    });
  });

  it('tell nothing of a step that was refused before it began', async () => {
    const schema = await observe(engine, { marts: [], signal: undefined });
    const runs = await recordRuns(engine, { plan, schema });
    runs.onEvent({ kind: 'step-failed', step: 0, action, detail: 'a cap' });

    expect(waiting()).toEqual([]);
  });

  it.for([
    ['done', 'COMPLETE'],
    ['undone', 'ABORT'],
  ] as const)(
    'of a process that was killed end as the journal says: %s is %s',
    async ([outcome, eventType]) => {
      await begin();
      await engine.close();
      await open();

      const steps = [{ verb: action.kind, relation: mart, outcome, detail: 'nothing had changed' }];
      endInterruptedRuns(engine, { steps });
      endInterruptedRuns(engine, { steps });

      expect(waiting().map((event) => event.eventType)).toEqual(['START', eventType]);
    },
  );
});
