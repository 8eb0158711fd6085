import { DAY_MS, dayOf } from '../../src/base/clock.ts';
import type { RelationId } from '../../src/base/relation.ts';
import type { CatalogRelation } from '../../src/connectors/connector.ts';
import type { CycleInput } from '../../src/decide/cycle-input.ts';
import { decisionSettings } from '../../src/decide/policy.ts';
import { noFacts } from '../../src/marts/facts.ts';
import { openParsers } from '../../src/parsers/open-parsers.ts';
import { dialectOf } from '../../src/sql/dialects.ts';
import { dropLiterals } from '../../src/sql/drop-literals.ts';
import { fingerprint } from '../../src/sql/fingerprint.ts';
import type { Statement } from '../../src/sql/ir.ts';
import { shapeOf } from '../../src/sql/resolve/shape-of.ts';
import { schemaFromDdl } from '../../src/sql/schema-from-ddl.ts';
import { indexSchema } from '../../src/sql/schema-index.ts';
import type { Reader, Template, UsageFact, UsageSnapshot } from '../../src/usage/template.ts';

const DUCKDB = dialectOf('duckdb');

/** Shared by the tests of a file; its worker ends by itself when it has been idle. */
const parsers = openParsers({ workers: 1, idleMs: 500 });

export const RETAIL_DDL = `
create table shop.silver.order_lines (
  order_id bigint not null, product_id bigint not null, customer_id bigint not null,
  order_date date not null, status varchar not null, quantity integer not null, amount decimal(12,2) not null);
create table shop.silver.products (product_id bigint primary key, category varchar, brand varchar);
create table shop.silver.customers (customer_id bigint primary key, region varchar, segment varchar);
create view shop.gold.daily_sales as
  select order_date, sum(amount) as revenue from shop.silver.order_lines
  where status = 'completed' group by order_date;
`;

export const ROWS: Readonly<Record<string, number>> = {
  'shop.silver.order_lines': 500_000,
  'shop.silver.products': 2000,
  'shop.silver.customers': 20_000,
};

export const NDVS = [
  ['shop.silver.order_lines', 'order_date', 180],
  ['shop.silver.order_lines', 'status', 4],
  ['shop.silver.order_lines', 'product_id', 2000],
  ['shop.silver.order_lines', 'customer_id', 20_000],
  ['shop.silver.products', 'category', 12],
  ['shop.silver.products', 'brand', 80],
  ['shop.silver.customers', 'region', 6],
  ['shop.silver.customers', 'segment', 4],
] as const;

/** One kind of statement and how often it was run on each of the last days. */
export interface Asked {
  readonly sql: string;
  readonly client: string;
  readonly readers: readonly string[];
  readonly runsPerDay: number;
  /** Counted back from yesterday. */
  readonly days: number;
  readonly cpuMs: number;
  readonly changes?: Partial<UsageFact>;
}

export interface World {
  readonly statements: readonly Asked[];
  readonly now: number;
  readonly ddl?: string;
}

/** A usage snapshot from SQL texts, through the real parser and resolver. */
export async function aCycleInput(
  { statements, now, ddl = RETAIL_DDL }: World,
  changes: Partial<CycleInput> = {},
): Promise<CycleInput> {
  const parse = async (sql: string): Promise<readonly Statement[]> => {
    const [outcome] = await parsers.parse([{ sql, dialect: 'duckdb' }]);
    if (outcome?.kind !== 'parsed') {
      throw new Error(`unparsed: ${sql}`);
    }
    return outcome.statements;
  };
  const schema = schemaFromDdl(await parse(ddl), { dialect: DUCKDB });
  const index = indexSchema(schema, DUCKDB);
  const templates: Template[] = [];
  const facts: UsageFact[] = [];
  for (const asked of statements) {
    const { fingerprint: print, normalForm } = fingerprint(asked.sql, DUCKDB);
    const [statement] = await parse(asked.sql);
    if (statement === undefined) {
      throw new Error(`empty: ${asked.sql}`);
    }
    if (!templates.some((each) => each.fingerprint === print)) {
      const shape = shapeOf({
        statement: dropLiterals(statement),
        reader: 'sqlparser-rs',
        context: { schema: index, names: {}, dialect: DUCKDB },
      });
      templates.push({ fingerprint: print, normalForm, shape });
    }
    facts.push(...factsOf(asked, { fingerprint: print, now }));
  }
  const catalog: readonly CatalogRelation[] = schema.relations.map((relation) => ({
    id: relation.id,
    kind: relation.kind,
    columns: relation.columns,
    keys: relation.keys,
    foreignKeys: [],
    ...(ROWS[relation.id] === undefined ? {} : { rows: ROWS[relation.id] ?? 0 }),
    ...(relation.kind === 'view'
      ? {
          definitionSql:
            "SELECT order_date, sum(amount) AS revenue FROM shop.silver.order_lines WHERE (status = 'completed') GROUP BY order_date",
        }
      : {}),
  }));
  return {
    now,
    mode: 'auto',
    dialect: 'duckdb',
    capabilities: {
      canWrite: true,
      transactionalDdl: true,
      replaceViewChangesColumns: true,
      foldsNowInViews: true,
      hasGrants: false,
      billing: 'cpu',
    },
    cyclePeriodMs: DAY_MS,
    usage: usageOf({ templates, facts, now }),
    schema,
    catalog,
    marts: [],
    sourceStates: [],
    facts: noFacts,
    factsChecked: [],
    columnNdvs: NDVS.map(([relation, column, distinct]) => ({
      relation: relation as RelationId,
      column,
      distinct,
    })),
    described: [],
    accumulators: [],
    receipts: [],
    workDone: [],
    prices: [
      {
        warehouse: 'duckdb',
        from: '2026-01-01',
        usdPerCoreHour: 0.05,
        usdPerGbMonth: 0.023,
        line: 'capacity',
        source: 'a test',
      },
    ],
    policy: decisionSettings.parse({}),
    caps: {
      buildsPerDay: 10,
      maxBuildUsdPerDay: 10,
      refreshesPerDay: 1000,
      maxMarts: 100,
      maxStorageBytes: 100e9,
      grace: 7 * DAY_MS,
      supersededGrace: DAY_MS,
    },
    adoptable: [],
    naming: { database: 'shop', goldSchema: 'gold', dataSchema: 'gold_data' },
    maxStalenessMs: 1.5 * DAY_MS,
    declined: [],
    ...changes,
  };
}

/** Every obligation the candidates want, as verified. */
export function withFacts(
  input: CycleInput,
  wanted: { readonly obligations: CycleInput['factsChecked'] },
): CycleInput {
  const { facts } = input;
  const of = <Kind extends string>(kind: Kind) =>
    wanted.obligations.filter(
      (each): each is Extract<typeof each, { kind: Kind }> => each.kind === kind,
    );
  return {
    ...input,
    factsChecked: [...input.factsChecked, ...wanted.obligations],
    facts: {
      ...facts,
      source: 'a test',
      uniqueKeys: [...facts.uniqueKeys, ...of('unique-key')],
      inclusions: [...facts.inclusions, ...of('inclusion')],
      notNull: [...facts.notNull, ...of('not-null')],
    },
  };
}

function factsOf(
  asked: Asked,
  { fingerprint: print, now }: { readonly fingerprint: string; readonly now: number },
): readonly UsageFact[] {
  const facts: UsageFact[] = [];
  for (let back = asked.days; back >= 1; back--) {
    const day = dayOf(now - back * DAY_MS);
    for (const [i, name] of asked.readers.entries()) {
      const runs = Math.floor((asked.runsPerDay + i) / asked.readers.length);
      const reader: Reader = { kind: 'person', name, tool: '' };
      if (runs > 0) {
        facts.push({
          fingerprint: print,
          day,
          reader,
          client: asked.client,
          role: '',
          servedBy: { kind: 'base' },
          runs,
          costedRuns: runs,
          cpuMs: runs * asked.cpuMs,
          cpuMsSquared: runs * asked.cpuMs ** 2,
          durationMs: runs * asked.cpuMs,
          rowsScanned: 0,
          bytesScanned: 0,
          failedRuns: 0,
          cachedRuns: 0,
          lastEndedAt: Date.parse(`${day}T12:00:00Z`),
          sampleIds: [`${print.slice(0, 6)}-${day}-${name}`],
          ...asked.changes,
        });
      }
    }
  }
  return facts;
}

function usageOf({
  templates,
  facts,
  now,
}: {
  readonly templates: readonly Template[];
  readonly facts: readonly UsageFact[];
  readonly now: number;
}): UsageSnapshot {
  return {
    from: now - 14 * DAY_MS,
    until: now,
    templates,
    facts,
    coverage: {
      statements: facts.length,
      parsedShare: 1,
      resolvedShare: 1,
      attributedShare: 1,
      costedShare: 1,
      cpuMs: 0,
      parsedCostShare: 1,
      resolvedCostShare: 1,
      attributedCostShare: 1,
      skipped: {},
      notUnderstood: {},
    },
    routeClients: ['notebook'],
  };
}
