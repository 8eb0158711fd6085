import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../src/base/clock.ts';
import type { Contract } from '../../../src/connectors/bigquery/contract.ts';
import { openJobsHistory } from '../../../src/connectors/bigquery/jobs-history.ts';
import type { HistoryRow } from '../../../src/connectors/history-row.ts';
import { part } from '../part.ts';
import { type BigqueryEmulator, startEmulator } from './emulator.ts';
import { type Job, NOW, seedingJobs } from './jobs-seed.ts';
import { STAND_INS } from './stand-ins.ts';

part(
  {
    variable: 'GOLDSMITH_BIGQUERY_EMULATOR',
    against: 'BigQuery, as goccy/bigquery-emulator (Go) has it',
  },
  () => {
    describe('a history of jobs on the BigQuery emulator', () => {
      let emulator: BigqueryEmulator;

      beforeEach(async () => {
        emulator = await startEmulator(['info']);
      });
      afterEach(() => emulator.stop());

      it('is mined in two phases, with what was answered from materialized views', async () => {
        const rows = await mined({
          jobs: [
            { id: 'a', hash: 'h1', minutesAgo: 150 },
            { id: 'b', hash: 'h1' },
            { id: 'c', hash: 'h1', user: 'ben' },
            { id: 'd', reason: 'stopped' },
          ],
        });

        expect(
          rows.map(({ user, status, runs, text, answeredFrom }) =>
            [user, status, runs, text, answeredFrom].join(': '),
          ),
        ).toEqual([
          'ana@shop.example: cancelled: 1: select n from sales.orders: gold_data.x__v1',
          'ana@shop.example: success: 2: select n from sales.orders: gold_data.x__v1',
          'ben@shop.example: success: 1: select n from sales.orders: gold_data.x__v1',
        ]);
      });

      it('tells statements of one hash apart by what their texts keep of literals, and by nothing else', async () => {
        const rows = await mined({
          jobs: TEXTS.map((text, at) => ({ id: `j${at}`, hash: 'h', text })),
        });

        expect(rows.map(({ runs, text }) => `${runs}: ${text}`)).toEqual([
          "1: select format_date('%Y', day) from sales.orders",
          "1: select format_date('%m', day) from sales.orders",
          "1: select json_value(doc, '$.a') from sales.orders",
          "1: select json_value(doc, '$.b') from sales.orders",
          '1: select n from sales.orders where day > date_sub(current_date(), interval 28 day)',
          '1: select n from sales.orders where day > date_sub(current_date(), interval 7 day)',
          "2: select n from sales.orders where id = 12345 and said = 'x' limit 5",
          "2: select n from sales.orders where id in (1, 2, 3) limit 7 -- it's one",
        ]);
      });

      it('takes statements of one hash for one where their texts are not read', async () => {
        const jobs = TEXTS.map((text, at) => ({ id: `j${at}`, hash: 'h', text }));
        const rows = await mined({ jobs, hashesTexts: false });

        expect(rows.map(({ runs }) => runs)).toEqual([TEXTS.length]);
      });

      it.for([
        [{ billing: 'bytes' }, { none: Math.round(HOUR_MS / 1024), ENTERPRISE: 0, STANDARD: 0 }],
        [{ billing: 'slots' }, { none: 0, ENTERPRISE: HOUR_MS, STANDARD: HOUR_MS }],
        [
          { billing: 'bytes', slotHours: { ENTERPRISE: 0.01 } },
          { none: Math.round(HOUR_MS / 1024), ENTERPRISE: 0.01 * HOUR_MS, STANDARD: 0 },
        ],
      ] as const)('tells the work of jobs by the contract %o', async ([contract, work]) => {
        const rows = await mined({
          contract,
          jobs: [
            { id: 'none', user: 'none', hash: 'h' },
            { id: 'ENTERPRISE', user: 'ENTERPRISE', hash: 'h', edition: 'ENTERPRISE' },
            { id: 'STANDARD', user: 'STANDARD', hash: 'h', edition: 'STANDARD' },
          ],
        });

        expect(
          Object.fromEntries(
            rows.map(({ user, cpuMs }) => [
              user?.replace('@shop.example', ''),
              Math.round(cpuMs ?? 0),
            ]),
          ),
        ).toEqual(work);
      });

      async function mined({
        jobs,
        contract,
        hashesTexts = true,
      }: {
        readonly jobs: readonly Job[];
        readonly contract?: Contract;
        readonly hashesTexts?: boolean;
      }): Promise<readonly HistoryRow[]> {
        const connector = await emulator.open(contract);
        for (const sql of [...STAND_INS, seedingJobs(jobs)]) {
          await connector.execute(sql, { purpose: 'build' });
        }
        const source = openJobsHistory({
          name: 'bigquery-jobs',
          relation: 'info.of_JOBS',
          hashesTexts,
          readsKept: true,
          lookbackDays: 1,
          connector,
          now: () => NOW,
        });
        const rows: HistoryRow[] = [];
        for await (const batch of source.read(undefined, {})) {
          rows.push(...batch.rows);
          expect(batch.bad).toEqual([]);
        }
        await connector.close();
        const said = ({ user, status, text }: HistoryRow) => `${user} ${status} ${text}`;
        return rows.toSorted((one, other) => (said(one) < said(other) ? -1 : 1));
      }
    });
  },
);

/** The first two are one statement, as the third is with the fourth; all others are others. */
const TEXTS = [
  "select n from sales.orders where id = 12345 and said = 'x' limit 5",
  "select n from sales.orders where id = 98765 and said = 'it is y' limit 5",
  "select n from sales.orders where id in (1, 2, 3) limit 7 -- it's one",
  'select n from sales.orders where id in (9) limit 7',
  "select format_date('%Y', day) from sales.orders",
  "select format_date('%m', day) from sales.orders",
  "select json_value(doc, '$.a') from sales.orders",
  "select json_value(doc, '$.b') from sales.orders",
  'select n from sales.orders where day > date_sub(current_date(), interval 7 day)',
  'select n from sales.orders where day > date_sub(current_date(), interval 28 day)',
] as const;
