import { readdirSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/open-store.ts';
import { temporaryState } from '../store/temporary-state.ts';
import { aHistoryFile, aRow, ingest } from './a-history.ts';
import { reallyRead } from './really-read.ts';

const STATEMENTS = 3_000;

/** Everyday ways in which something personal stands in a statement; `%` is where. */
const WAYS = [
  "select id, name from customers where name = '%'",
  "select count(*) from customers where email like '%@example.com' and city in ('%', 'Bern')",
  "select c.name, sum(o.amount) from customers c join orders o on o.customer_id = c.id where c.name = '%' group by c.name",
  "with picked as (select * from orders where note = '%') select count(*) from picked -- asked by %",
  "select case when name = '%' then '%' else 'other' end as who from customers",
  "select * from customers where name = '%' and (select max(note) from orders) = '%'",
  "insert into archive select id, '%' from orders where note <> '%'",
  "/* %, please look */ select name || '%' from customers order by 1 limit 10",
  "select name from customers where born = date '1971-05-04' and note = $$%$$",
  "select from where '%' broken (",
  "select 1 from unknown_table where x = '%'",
  "select * from customers where name = e'%\\n' or name = '%",
];

describe('the state', () => {
  it('holds no literal of any statement, nor a comment, packed or not', async () => {
    using state = temporaryState();
    using file = aHistoryFile(
      Array.from({ length: STATEMENTS }, (_, at) =>
        aRow(`id-${at}`, {
          text: (WAYS[at % WAYS.length] ?? '').replaceAll('%', `Zyx${at}qv`),
          status: at % 50 === 49 ? 'failed' : 'success',
        }),
      ),
    );
    file.appendText('{"id": "torn", "text": "select \'Zyx1qv\'\n');
    const store = openStore(state.path);
    await using readers = await reallyRead(`
      create table customers (id int, name varchar, email varchar, city varchar, born date);
      create table orders (id int, customer_id int, amount decimal(9, 2), note varchar)`);

    const outcome = await ingest(store.usage, { ...readers, source: file.source() });
    const bytesWhileOpen = allBytes(state.folder);
    store.close();

    expect(outcome).toMatchObject({ rows: STATEMENTS, badRows: 1 });
    expect(outcome.newTemplates).toBeGreaterThan(5);
    expect(outcome.newTemplates).toBeLessThan(30);
    expect(bytesWhileOpen.match(/Zyx\d+qv/i)?.[0]).toBeUndefined();
    expect(allBytes(state.folder).match(/Zyx\d+qv/i)?.[0]).toBeUndefined();
    const unpacked = unpackedBlobs(state.path);
    expect(unpacked.length).toBeGreaterThan(0);
    expect(unpacked.join('\n').match(/Zyx\d+qv|1971/i)?.[0]).toBeUndefined();
  });
});

function allBytes(folder: string): string {
  return readdirSync(folder)
    .map((name) => readFileSync(`${folder}/${name}`, 'latin1'))
    .join('\n');
}

function unpackedBlobs(path: string): readonly string[] {
  const database = new DatabaseSync(path, { readOnly: true });
  const rows = database.prepare('select query from templates where query is not null').all();
  database.close();
  return rows.map(({ query }) => zstdDecompressSync(query as Uint8Array).toString());
}
