import { afterAll, beforeAll, expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import type { Connector } from '../../../src/connectors/connector.ts';
import { openDatabricks } from '../../../src/connectors/databricks/databricks-connector.ts';
import { requireNothingLost } from '../../../src/materializer/policies.ts';
import type { Action } from '../../../src/plan/action.ts';
import {
  build,
  DAY,
  HOUR,
  openLoopWorld,
  SALES,
  START,
  salesDefinition,
  toLogicalOf,
  toVersion,
} from '../../conformance/loop-world.ts';
import { type DatabricksServer, startDatabricks } from '../../servers/databricks-server.ts';
import { DATABRICKS } from './loop-subject.ts';
import { targetOn } from './open-server.ts';

let server: DatabricksServer;
let connector: Connector;

beforeAll(async () => {
  server = await startDatabricks();
  connector = await openDatabricks(targetOn(server));
});
afterAll(async () => {
  await connector.close();
  await server.close();
});

/** Whether a view of this name would be taken over, or why not. */
async function takeover(name: string): Promise<unknown> {
  const view = relationId({ schema: 'gold', name });
  return await connector
    .transaction((session) => requireNothingLost(session, { view, doing: 'taken over' }), {
      readOnly: false,
      commits: 'each',
      purpose: 'publish',
    })
    .then(
      () => 'taken over',
      (error: unknown) => error,
    );
}

it('does not take over a view whose tags, properties or schema binding would be lost with it', async () => {
  await server.seed('create view shop.gold.report as select 1 as with_schema_evolution, 2 as b');
  await server.seed(
    "insert into lakehouse.unity.view_properties values ('gold.report', 'view.catalogAndNamespace.numParts', '2'), ('gold.report', 'comment', 'ours')",
  );
  expect(await takeover('report')).toBe('taken over');

  await server.seed(`insert into lakehouse.unity.view_properties values
    ('gold.report', 'owned_by', 'finance'), ('gold.report', 'view.schemaMode', 'EVOLUTION')`);
  await server.seed(
    "insert into lakehouse.unity.table_tags values ('shop', 'gold', 'report', 'certified', 'yes')",
  );
  await server.seed(
    "insert into lakehouse.unity.column_tags values ('shop', 'gold', 'report', 'b', 'pii', 'no')",
  );

  expect(await takeover('report')).toMatchObject({
    code: 'OWN_POLICIES',
    message:
      'gold.report has of its own: tag certified, tag pii on column b, property owned_by, WITH SCHEMA EVOLUTION; replacing the view would take that off, so it is not taken over: take it off, or the view out of marts.adoptable',
  });
});

it('tells a binding from the same words in comments and in the query', async () => {
  await server.seed('create view shop.gold.wordy as select 1 as a');
  const [, , asked] =
    connector.wording.access?.lostWhenReplaced?.(relationId({ schema: 'gold', name: 'wordy' })) ??
    [];
  const read = (text: string) => asked?.read?.([text]);

  expect(
    read(
      "CREATE VIEW v (a COMMENT 'as select with schema binding') WITH SCHEMA TYPE EVOLUTION AS SELECT 1 AS a",
    ),
  ).toBe('WITH SCHEMA TYPE EVOLUTION');
  expect(read('CREATE VIEW `as select` WITH SCHEMA BINDING AS (SELECT 1)')).toBe(
    'WITH SCHEMA BINDING',
  );
  expect(
    read(
      "CREATE VIEW v COMMENT 'WITH SCHEMA BINDING' WITH SCHEMA COMPENSATION AS WITH schema AS (SELECT 1) SELECT * FROM schema",
    ),
  ).toBeUndefined();
});

it('gives readers the definition back whatever property somebody put on a mart, and stores it not again', async () => {
  const world = await openLoopWorld(DATABRICKS);
  try {
    const codes = async (...actions: readonly Action[]) =>
      (await world.apply(actions)).steps.map(({ code }) => code);
    const create: Action = {
      kind: 'create-mart',
      mart: SALES,
      definition: salesDefinition(DATABRICKS),
    };
    const flip = toVersion(1, START + DAY);
    expect(await codes(create, build(1, 'promote', DATABRICKS), flip)).toEqual(
      Array.from({ length: 3 }, () => 'DONE'),
    );
    const put = () =>
      world.people(
        `insert into lakehouse.unity.view_properties values ('${SALES}', 'owned_by', 'finance')`,
      );
    await put();

    expect(await codes(toLogicalOf({}))).toEqual(['DONE']);
    await put();
    world.clock.turnTo(START + HOUR);
    expect(await codes(flip)).toEqual(['OWN_POLICIES']);
  } finally {
    await world.close();
  }
});
