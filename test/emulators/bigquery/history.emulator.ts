import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../src/base/clock.ts';
import type { Contract } from '../../../src/connectors/bigquery/contract.ts';
import { openJobsHistory } from '../../../src/connectors/bigquery/jobs-history.ts';
import { keptInText } from '../../../src/connectors/bigquery/kept-in-text.ts';
import type { HistoryRow } from '../../../src/connectors/history-row.ts';
import { APART, TOGETHER } from '../../connectors/bigquery/kept-texts.ts';
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

      it('takes statements of one hash for one where their texts are not read', async () => {
        const jobs = ['%Y', '%m'].map((format) => {
          return { id: format, hash: 'h', text: `select format_date('${format}', day) from sales` };
        });

        expect((await mined({ jobs })).map(({ runs }) => runs)).toEqual([1, 1]);
        expect((await mined({ hashesTexts: false })).map(({ runs }) => runs)).toEqual([2]);
      });

      it.for([
        ['apart', APART, (texts: readonly string[]) => texts.length],
        ['for one', TOGETHER, () => 1],
      ] as const)('takes texts %s by what they keep of literals', async ([, groups, parts]) => {
        const connector = await emulator.open();
        const texts = groups.flat().map((text) => JSON.stringify(text));
        const { rows } = await connector.query(
          `select cast(${keptInText('query')} as string) from unnest([${texts.join(',\n')}]) as query with offset as place order by place`,
          { purpose: 'history' },
        );
        await connector.close();
        const kept = rows.map(([of]) => of);
        const counts = groups.map((some) => new Set(kept.splice(0, some.length)).size);

        expect(groups.map(([first], at) => [first, counts[at]])).toEqual(
          groups.map((some) => [some[0], parts(some)]),
        );
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
        /** Absent: those of before. */
        readonly jobs?: readonly Job[];
        readonly contract?: Contract;
        readonly hashesTexts?: boolean;
      }): Promise<readonly HistoryRow[]> {
        const connector = await emulator.open(contract);
        for (const sql of jobs === undefined ? [] : [...STAND_INS, seedingJobs(jobs)]) {
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
