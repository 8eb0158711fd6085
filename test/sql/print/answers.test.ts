import { afterAll, beforeAll, expect, it } from 'vitest';
import { equalAsMultisets } from '../../../src/prove/equal-answers.ts';
import type { ScratchDatabase } from '../../../src/prove/scratch-database.ts';
import { openScratchDatabase } from '../../../src/prove/scratch-database.ts';
import { normalize } from '../../../src/sql/normalize/normalize.ts';
import { printQuery } from '../../../src/sql/print/print-query.ts';
import { SHOP } from '../match/ask.ts';
import { randomPair } from '../match/random-queries.ts';
import { boundOf } from '../normalize/bind.ts';

/** Random statements; more with the environment. */
const PAIRS = Number(process.env['GOLDSMITH_RANDOM_PAIRS'] ?? 40);

const ROWS = `
  insert into regions values (1, 'a'), (2, 'b'), (3, 'z');
  insert into customers values (1, 'a', 1, true), (2, null, 2, false), (3, 'b', null, null), (4, 'z', 1, true);
  insert into orders values (1, 1, '2024-01-31 23:00', '2024-01-31', 1.50, 1.5, 'a', 1), (2, 2, '2024-02-01', '2024-02-01', 2, 2, 'b', null),
    (3, 2, null, null, null, null, null, 2), (4, 4, '2024-02-29 12:30', '2024-02-29', 2, 0.5, 'a', 1), (5, 3, '2024-03-01', '2024-03-01', 3, 1, 'b', 3);
  insert into lines values (1, 1, 'a', 1, 1.00), (1, 2, 'b', null, 2.00), (2, 1, 'a', 4, null), (4, 1, null, 2, 1.00), (5, 1, 'ab', 5, 9.99);
`;

let scratch: ScratchDatabase;
beforeAll(async () => {
  scratch = await openScratchDatabase();
  for (const statement of `${SHOP.replaceAll(/,\s*foreign key \([^)]*\) references \w+ \([^)]*\)/g, '')};${ROWS}`
    .split(/;\s*\n/)
    .filter((text) => text.trim() !== '')) {
    await scratch.run(statement);
  }
});
afterAll(() => scratch.close());

it('a printed query answers as the text it was made of, in the engine itself', async () => {
  let compared = 0;
  for (let seed = 1_000; seed < 1_000 + PAIRS; seed += 1) {
    for (const text of Object.values(randomPair(seed))) {
      const bound = await boundOf(text);
      for (const query of [bound, normalize(bound)]) {
        const printed = printQuery(query, 'duckdb');
        if (printed.kind !== 'printed') {
          continue;
        }
        const rows = await scratch.rows(text);
        const other = await scratch.rows(printed.sql);

        const isSame = equalAsMultisets(rows, { other, approximate: true });
        expect(isSame, `seed ${seed}: ${text}\n${printed.sql}`).toBe(true);
        compared += 1;
      }
    }
  }
  expect(compared).toBeGreaterThan(PAIRS);
});
