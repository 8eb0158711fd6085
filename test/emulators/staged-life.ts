import { expect } from 'vitest';
import { type RelationId, relationId } from '../../src/base/relation.ts';
import type { Connector } from '../../src/connectors/connector.ts';
import { fingerprintContent } from '../../src/prove/content-fingerprint.ts';

/**
 * A mart's life by the statements that are sent for it, on `shop.orders (id, amount, said)` with 100 rows of each of r0 to r3: a view, twice a
 * version that is built and proved equal, the flip, a source that changes, the definition again, and nothing left but the view.
 */
export async function liveStaged(
  connector: Connector,
  { hasLastChange }: { readonly hasLastChange: boolean },
): Promise<void> {
  const { staged, names, types } = connector.wording;
  if (staged === undefined) {
    throw new Error('the warehouse publishes within transactions');
  }
  const run = (sql: string) => connector.execute(sql, { purpose: 'build' });
  const rows = async (sql: string) => (await connector.query(sql, { purpose: 'verify' })).rows;
  const shop = (name: string) => relationId({ schema: 'shop', name });
  const [orders, view, first, second] = [
    shop('orders'),
    shop('by_said'),
    shop('by_said__v1'),
    shop('by_said__v2'),
  ];
  const named = (relation: RelationId) => names.relation(relation);
  const definition = `select said, count(*) as n from ${named(orders)} group by said`;
  const columns = [
    { name: 'said', type: types.text },
    { name: 'n', type: types.integer },
  ];
  const content = (sql: string) =>
    fingerprintContent(connector, { sql, columns, purpose: 'verify' });
  const changed = async () =>
    hasLastChange ? JSON.stringify(await rows(staged.lastChange(orders))) : undefined;
  const stable = {
    relation: view,
    comment: "the mart's",
    columns: columns.map(({ name }) => ({ name, comment: `what "${name}" is` })),
    options: [],
  };
  const read = async () =>
    (await rows(`select said, n from ${named(view)} order by said`)).map(([said, n]) => [
      said,
      Number(n),
    ]);
  const hundreds = ['r0', 'r1', 'r2', 'r3'].map((said) => [said, 100]);

  await run(staged.createView({ ...stable, select: definition }));
  expect(await read()).toEqual(hundreds);
  for (const [at, table] of [first, second].entries()) {
    const before = await changed();
    await run(
      staged.createTable({
        relation: table,
        comment: `v${at + 1}: it's`,
        select: definition,
        ...(at === 0 ? {} : { clusteredBy: ['said'] }),
      }),
    );
    expect(await content(`select * from ${named(table)}`)).toEqual(await content(definition));
    expect(await changed()).toBe(before);
    await run(staged.replaceView({ ...stable, select: `select * from ${named(table)}` }));
    expect(await read()).toEqual(at === 0 ? hundreds : [...hundreds, ['r9', 1]]);

    await run(`insert into ${named(orders)} (id, amount, said) values (400, 1.5, 'r9')`);
    if (hasLastChange) {
      expect(await changed()).not.toBe(before);
    }
    expect(await content(`select * from ${named(table)}`)).not.toEqual(await content(definition));
  }
  await run(staged.replaceView({ ...stable, select: definition }));
  await run(`drop table ${named(first)}`);
  await run(`drop table ${named(second)}`);
  expect(await read()).toEqual([...hundreds, ['r9', 2]]);
}
