import { expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import { openDatabricks } from '../../../src/connectors/databricks/databricks-connector.ts';
import { startDatabricks } from '../../servers/databricks-server.ts';
import { targetOn } from './open-server.ts';

it('redoes nothing while a statement of ours runs whose text is kept from us', async () => {
  const server = await startDatabricks();
  const connector = await openDatabricks(targetOn(server));
  await server.seed('create table shop.gold.filled (n bigint)');
  const asks = () =>
    connector.stopStatements?.([relationId({ schema: 'gold', name: 'other' })], {
      purpose: 'build',
    });
  server.hideTexts();
  expect(await asks()).toBe(0);
  const held = server.hold(/insert into/);
  const inserted = connector.execute('insert into gold.filled select 1', { purpose: 'build' });
  await held.begun;

  await expect(asks()).rejects.toThrow(/keeps the text of our statement .* so nothing is redone/);

  held.letGo();
  await inserted;
  expect(await asks()).toBe(0);
  await connector.close();
  await server.close();
});

it('knows a statement of ours that runs by its text, too, where the history tells no tags', async () => {
  const server = await startDatabricks();
  const connector = await openDatabricks(targetOn(server));
  await server.seed('create table shop.gold.filled (n bigint)');
  server.hideTags();
  const held = server.hold(/insert into/);
  const inserted = connector.execute('insert into `gold`.`filled` select 1', {
    purpose: 'build',
  });
  await held.begun;
  const asks = (name: string) =>
    connector.stopStatements?.([relationId({ schema: 'gold', name })], { purpose: 'build' });

  expect(await asks('other')).toBe(0);
  expect(await asks('filled')).toBe(1);

  held.letGo();
  await inserted;
  await connector.close();
  await server.close();
});
