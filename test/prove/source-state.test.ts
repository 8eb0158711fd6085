import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import { openDuckdb } from '../../src/connectors/duckdb/duckdb-connector.ts';
import {
  measureSourceBeside,
  measureSourceState,
  sourcesMoved,
} from '../../src/prove/source-state.ts';

describe('the state of a source', () => {
  it.each(['source', 'SOURCE', 'goldsmith_source', 'order', 'a "quoted" name'])(
    'moves with any column, also where one is called %s',
    async (column) => {
      const instance = await DuckDBInstance.create(':memory:');
      const connection = await instance.connect();
      const quoted = `"${column.replaceAll('"', '""')}"`;
      await connection.run(`create table leads (${quoted} int, amount int)`);
      await connection.run('insert into leads values (1, 10), (2, 20)');
      const connector = await openDuckdb({ name: 'w', instance });
      const relation = relationId({ schema: 'main', name: 'leads' });
      const measure = () => measureSourceState(connector, { relation, purpose: 'freshness' });
      const before = await measure();
      expect(sourcesMoved([before], [await measure()])).toBeUndefined();

      await connection.run('update leads set amount = 99 where amount = 10');

      expect(sourcesMoved([before], [await measure()])).toContain('not in content');
      await connector.close();
    },
  );

  it('is told by the number of rows alone where that is another one already', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run('create table leads as select range as id from range(10)');
    const connector = await openDuckdb({ name: 'w', instance });
    const relation = relationId({ schema: 'main', name: 'leads' });
    const request = { relation, purpose: 'freshness' } as const;
    const whole = await measureSourceState(connector, request);

    const known = (...rows: number[]) => rows.map((each) => ({ rows: each }));
    const same = await measureSourceBeside(connector, { ...request, known: known(7, 10) });
    const other = await measureSourceBeside(connector, { ...request, known: known(7, 9) });

    expect(same).toEqual([whole]);
    expect(other).toEqual([{ relation, rows: 10, checksum: '' }]);
    await connector.close();
  });

  it('is over the columns somebody reads, each list of them in the same pass', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run('create table leads (id int, source text, amount int, note text)');
    await connection.run("insert into leads values (1, 'web', 10, 'a'), (2, 'shop', 20, 'b')");
    const connector = await openDuckdb({ name: 'w', instance });
    const relation = relationId({ schema: 'main', name: 'leads' });
    const about = { relation, purpose: 'freshness' } as const;
    const [paid, origin] = [
      [
        { name: 'id', place: 0 },
        { name: 'amount', place: 2 },
      ],
      [{ name: 'source', place: 1 }],
    ];
    const before = [
      await measureSourceState(connector, { ...about, columns: paid }),
      await measureSourceState(connector, { ...about, columns: origin }),
    ];
    const look = () => measureSourceBeside(connector, { ...about, known: before });
    expect(sourcesMoved(before, await look())).toBeUndefined();

    await connection.run("update leads set note = 'c'");
    expect(sourcesMoved(before, await look())).toBeUndefined();
    await connection.run("update leads set source = 'mail' where id = 1");
    const after = await look();

    expect(sourcesMoved(before.slice(0, 1), after)).toBeUndefined();
    expect(sourcesMoved(before, after)).toContain('not in content');
    expect(sourcesMoved([await measureSourceState(connector, about)], after)).toContain(
      'measured over other columns',
    );
    await connector.close();
  });
});
