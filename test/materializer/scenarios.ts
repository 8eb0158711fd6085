import { digestOf } from '../../src/base/digest.ts';
import type { MartDefinition } from '../../src/marts/mart.ts';
import type { Action, ActionKind } from '../../src/plan/action.ts';
import {
  buildFilled,
  createDaily,
  DAILY,
  dailyTable,
  fillDaily,
  refreshDaily,
  toDaily,
} from './daily-mart.ts';
import { createWide, dropWide, slimWide, toWide, wideBuild, wideToLogical } from './wide-mart.ts';
import {
  aBuild,
  aDefinition,
  create,
  DAY,
  dropV1,
  id,
  release,
  SALES,
  START,
  TABLE,
  toLogical,
  toVersion,
} from './workshop.ts';

/** One step to be interrupted: what was done before, and the step itself. */
export interface Scenario {
  readonly name: string;
  /** Statements of other people before anything of ours. */
  readonly seed?: readonly string[];
  readonly before: readonly Action[];
  /** Statements of other people after those. */
  readonly between?: readonly string[];
  /** Done after those, at `at`: what waits for a grace to end. */
  readonly ripe?: readonly Action[];
  readonly action: Action;
  /** When the step is done; the steps before it are done at `START`. */
  readonly at: number;
  /** What readers ask for, the same before and after. */
  readonly readers: string;
}

const ON_MART = 'select * from gold.sales_by_region order by all';
const ON_WIDE = 'select id, amount, region from gold.wide_orders order by all';
const ON_ADOPTED = 'select * from gold.report order by all';

const REPORT = id('w.gold.report');
const REPORT_SELECT = 'SELECT region, count(*) AS customers FROM w.main.customers GROUP BY region';
export const ADOPTED_SEED = [
  'create schema gold',
  `create view gold.report as ${REPORT_SELECT}`,
  "comment on view gold.report is 'kept by the sales team'",
  "comment on column gold.report.customers is 'head count'",
  'create view gold.report_total as select sum(customers) as total from gold.report',
];
const reportDefinition: MartDefinition = aDefinition({
  relation: REPORT,
  origin: 'adopted',
  sql: REPORT_SELECT,
  columns: [
    { name: 'region', type: 'VARCHAR' },
    { name: 'customers', type: 'BIGINT' },
  ],
  sources: [id('w.main.customers')],
  obligations: [],
});
const reportTable = id('w.gold_data.report__v1');

export const adopt: Action = {
  kind: 'adopt-view',
  mart: REPORT,
  definition: reportDefinition,
  originalSql: 'SELECT region, count_star() AS customers FROM w.main.customers GROUP BY region',
};
export const ADOPTED_TABLE_SEED = [
  'create schema gold',
  `create table gold.report as ${REPORT_SELECT}`,
  "comment on table gold.report is 'kept by the sales team'",
  "comment on column gold.report.customers is 'head count'",
  'create view gold.report_total as select sum(customers) as total from gold.report',
];
export const adoptTable: Extract<Action, { kind: 'adopt-table' }> = {
  kind: 'adopt-table',
  mart: REPORT,
  definition: reportDefinition,
  version: 1,
  table: reportTable,
  freshUntil: START + DAY,
};
export const buildReport = aBuild({
  mart: REPORT,
  table: reportTable,
  reason: 'refresh',
  replay: [],
});
export const reportToVersion: Action = {
  kind: 'repoint-view',
  mart: REPORT,
  to: { kind: 'version', version: 1, table: reportTable, freshUntil: START + DAY },
};
export const reportToLogical: Action = {
  kind: 'repoint-view',
  mart: REPORT,
  to: { kind: 'logical' },
};
export const dropReportV1: Action = {
  kind: 'drop-version',
  mart: REPORT,
  version: 1,
  table: reportTable,
};
export const releaseReport: Action = { kind: 'release-mart', mart: REPORT };

const announceAmount: Action = {
  kind: 'mark-attributes',
  mart: SALES,
  changes: [{ name: 'amount', from: 'kept', to: 'announced', because: 'nobody named it' }],
};

const holdSales: Action = {
  kind: 'hold-version',
  mart: SALES,
  version: 1,
  table: TABLE,
  because: 'w.main.customers.region is now called sales_region',
};
const RENAMED = 'alter table main.customers rename column region to sales_region';
export const followSales: Action = {
  kind: 'follow-source',
  mart: SALES,
  from: digestOf(aDefinition()),
  definition: aDefinition({
    sql: aDefinition()
      .sql.replaceAll('c.region', 'c.sales_region')
      .replace('_region,', '_region as region,'),
  }),
  change: 'w.main.customers.region is now called sales_region',
  proof: 'same-answers',
};

const ours = { at: START, readers: ON_MART };
const wide = { at: START, readers: ON_WIDE };
const daily = { at: START, readers: `select * from ${DAILY} order by all` };
const adopted = { at: START, readers: ON_ADOPTED, seed: ADOPTED_SEED };
const adoptedTable = { at: START, readers: ON_ADOPTED, seed: ADOPTED_TABLE_SEED };
const secondTable = id(`${TABLE.slice(0, -1)}2`);

/** At least one for every verb: a new verb without one does not compile. */
export const SCENARIOS: { readonly [Kind in ActionKind]: readonly Scenario[] } = {
  'create-mart': [{ name: 'a new mart', before: [], action: create, ...ours }],
  'adopt-view': [{ name: 'an adopted view', before: [], action: adopt, ...adopted }],
  'adopt-table': [{ name: 'an adopted table', before: [], action: adoptTable, ...adoptedTable }],
  'fill-version': [{ name: 'all its ranges', before: [createDaily], action: fillDaily, ...daily }],
  'build-version': [
    {
      name: 'a version filled in steps',
      before: [createDaily, fillDaily],
      action: buildFilled(),
      ...daily,
    },
    {
      name: 'a refresh by range',
      before: [createDaily, fillDaily, buildFilled(), toDaily(1)],
      between: ['insert into main.orders select 1000 + range, 19, 7.5 from range(3)'],
      action: refreshDaily(2),
      ...daily,
    },
    { name: 'the first version', before: [create], action: aBuild(), ...ours },
    {
      name: 'a refresh',
      before: [create, aBuild(), toVersion()],
      action: aBuild({ version: 2, table: secondTable, reason: 'refresh', replay: [] }),
      ...ours,
    },
    {
      name: 'a slim version',
      before: [createWide, wideBuild(1), toWide(1)],
      action: wideBuild(2, { slim: slimWide(2) }),
      ...wide,
    },
  ],
  'repoint-view': [
    {
      name: 'a slim version',
      before: [createWide, wideBuild(1), toWide(1), wideBuild(2, { slim: slimWide(2) })],
      action: toWide(2),
      ...wide,
    },
    { name: 'a promotion', before: [create, aBuild()], action: toVersion(), ...ours },
    {
      name: 'a promotion of an adopted view',
      before: [adopt, buildReport],
      action: reportToVersion,
      ...adopted,
    },
    { name: 'a demotion', before: [create, aBuild(), toVersion()], action: toLogical, ...ours },
  ],
  // DuckDB has no shape of its own: test/conformance/native-conformance.ts interrupts it where there is one.
  'refresh-version': [],
  'hold-version': [
    {
      name: 'a source column was renamed',
      before: [create, aBuild(), toVersion()],
      between: [RENAMED],
      action: holdSales,
      ...ours,
    },
  ],
  'follow-source': [
    {
      name: 'a mart that is held',
      before: [create, aBuild(), toVersion()],
      between: [RENAMED],
      ripe: [holdSales],
      action: followSales,
      ...ours,
    },
  ],
  'drop-version': [
    {
      name: 'an unfinished version',
      before: [createDaily, fillDaily],
      action: { kind: 'drop-version', mart: DAILY, version: 1, table: dailyTable(1) },
      ...daily,
    },
    {
      name: 'a slim version',
      before: [createWide, wideBuild(1, { slim: slimWide(1) }), toWide(1), wideToLogical],
      action: dropWide(1),
      ...wide,
      at: START + 7 * DAY,
    },
    {
      name: 'a demoted version',
      before: [create, aBuild(), toVersion(), toLogical],
      action: dropV1,
      ...ours,
      at: START + 7 * DAY,
    },
  ],
  'mark-attributes': [
    { name: 'an announcement', before: [create], action: announceAmount, ...ours },
  ],
  'release-mart': [
    { name: 'a mart of ours', before: [create], action: release, ...ours },
    { name: 'an adopted view', before: [adopt], action: releaseReport, ...adopted },
    {
      name: 'an adopted table',
      before: [adoptTable, reportToLogical],
      ripe: [dropReportV1],
      action: releaseReport,
      ...adoptedTable,
      at: START + 7 * DAY,
    },
  ],
};
