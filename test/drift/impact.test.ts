import { describe, expect, it } from 'vitest';
import { type RelationId, relationId } from '../../src/base/relation.ts';
import { impactsOf } from '../../src/drift/impact.ts';
import type { SchemaChange } from '../../src/drift/schema-change.ts';
import { severityOf } from '../../src/drift/severity.ts';
import { dialectOf } from '../../src/sql/dialects.ts';
import type { Reader, Template, UsageFact } from '../../src/usage/template.ts';
import { schemaOf, shapeSql } from '../sql/resolve/shape-sql.ts';

const dialect = dialectOf('duckdb');
const names = { schema: 'gold' };
const id = (name: string) => relationId({ schema: 'gold', name });

const DDL = `
  create table gold.orders (id int, customer int, amount double, fax varchar, day date);
  create table gold.customers (id int, region varchar);
  create table gold.summary (day date, total double);
  create view gold.daily as select day, sum(amount) as total from orders where fax is null group by day;
  create view gold.by_region as
    select c.region, o.amount from gold.orders o join gold.customers c on c.id = o.customer;
  create view gold.weekly as select sum(total) as total from daily;
`;

const DASHBOARD: Reader = { kind: 'dashboard', name: 'Sales', tool: 'looker' };
const PIPELINE: Reader = { kind: 'pipeline', name: 'nightly', tool: 'dbt' };
const TEST: Reader = { kind: 'test', name: 'not_null', tool: 'dbt' };

async function read(sql: string, reader: Reader): Promise<{ template: Template; fact: UsageFact }> {
  const shape = await shapeSql({ sql, ddl: DDL, names });
  const fact: UsageFact = {
    fingerprint: sql,
    day: '2026-03-02',
    reader,
    client: 'app',
    role: '',
    servedBy: { kind: 'base' },
    runs: 7,
    costedRuns: 7,
    cpuMs: 1,
    cpuMsSquared: 1,
    durationMs: 1,
    rowsScanned: 1,
    bytesScanned: 1,
    failedRuns: 0,
    cachedRuns: 0,
    lastEndedAt: 1_772_445_600_000,
    sampleIds: [],
  };
  return { template: { fingerprint: sql, normalForm: sql, shape }, fact };
}

async function impactOf(change: SchemaChange, used: Awaited<ReturnType<typeof read>>[] = []) {
  const schema = await schemaOf(DDL, { dialect, names });
  const [impact] = impactsOf([change], {
    before: schema.snapshot,
    dialect,
    marts: [id('daily')],
    usage: {
      templates: used.map(({ template }) => template),
      facts: used.map(({ fact }) => fact),
    },
  });
  if (impact === undefined) {
    throw new Error('one change has one impact');
  }
  return impact;
}

const gone = (relation: RelationId, column: string): SchemaChange => ({
  kind: 'column-removed',
  relation,
  column,
  type: 'varchar',
});

describe('impactsOf', () => {
  it('finds views that use a column, also only in a filter, and those above them', async () => {
    const impact = await impactOf(gone(id('orders'), 'fax'));
    expect(impact.views).toEqual(['gold.daily', 'gold.weekly']);
    expect(impact.marts).toEqual(['gold.daily']);
    expect(impact.readers).toEqual([]);
    expect(severityOf(impact)).toBe('latent');
  });

  it('leaves alone views that read the table but not the column', async () => {
    const impact = await impactOf(gone(id('orders'), 'customer'));
    expect(impact.views).toEqual(['gold.by_region']);
  });

  it('finds readers through views, with runs and last use', async () => {
    const used = await read('select total from gold.weekly', DASHBOARD);
    const impact = await impactOf(gone(id('orders'), 'amount'), [used]);
    expect(impact.readers).toEqual([
      { reader: DASHBOARD, templates: 1, runs: 7, lastUse: 1_772_445_600_000 },
    ]);
    expect(severityOf(impact)).toBe('breaking');
  });

  it('does not count a reader of another column', async () => {
    const used = await read('select region from gold.customers', DASHBOARD);
    const impact = await impactOf(gone(id('customers'), 'id'), [used]);
    expect(impact.readers).toEqual([]);
    expect(severityOf(impact)).toBe('latent');
  });

  it('counts a star that reaches the output', async () => {
    const used = await read('select * from gold.customers', DASHBOARD);
    const impact = await impactOf(gone(id('customers'), 'region'), [used]);
    expect(impact.readers.map(({ reader }) => reader.name)).toEqual(['Sales']);
  });

  it('tells what is written from it, and takes tests for nobody', async () => {
    const insert = await read(
      'insert into gold.summary select day, amount from gold.orders',
      PIPELINE,
    );
    const impact = await impactOf(gone(id('orders'), 'day'), [insert]);
    expect(impact.written).toEqual(['gold.summary']);
    const tested = await read('select count(*) from gold.summary where total is null', TEST);
    const onlyTest = await impactOf(gone(id('summary'), 'total'), [tested]);
    expect(onlyTest.readers).toHaveLength(1);
    expect(severityOf(onlyTest)).toBe('none');
  });

  it('takes what nobody uses for nobody, and what fails nobody for a notice', async () => {
    const used = await read('select amount from gold.orders', DASHBOARD);
    const widened: SchemaChange = {
      kind: 'column-widened',
      relation: id('orders'),
      column: 'amount',
      from: 'real',
      to: 'double',
    };
    expect(severityOf(await impactOf(widened, [used]))).toBe('notice');
    expect(severityOf(await impactOf(gone(id('summary'), 'total')))).toBe('none');
    const remade: SchemaChange = {
      kind: 'relation-replaced',
      relation: id('orders'),
      was: 'table',
      is: 'table',
    };
    expect(severityOf(await impactOf(remade, [used]))).toBe('none');
  });
});
