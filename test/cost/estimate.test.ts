import { describe, expect, it } from 'vitest';
import { usd } from '../../src/base/usd.ts';
import { groupedRows } from '../../src/cost/cardinality.ts';
import { definitionWork } from '../../src/cost/definition-work.ts';
import { estimateMart } from '../../src/cost/estimate.ts';
import { type PriceEntry, priceListSchema, pricesAt } from '../../src/cost/price-list.ts';
import { priceCpuMs, priceStorage } from '../../src/cost/price-work.ts';
import { DEFAULT_WORK_MODEL, fitWorkModel, workOf } from '../../src/cost/work-model.ts';

const PRICE: PriceEntry = {
  warehouse: 'duckdb',
  from: '2026-01-01',
  usdPerCoreHour: 0.05,
  usdPerGbMonth: 0.023,
  line: 'capacity',
  source: 'a test',
};

describe('prices', () => {
  it('charge an hour of thread time at the price of a core', () => {
    expect(priceCpuMs(3_600_000, PRICE)).toBe(usd(0.05));
  });

  it('charge a millisecond 13.9 millionths of a cent', () => {
    expect(priceCpuMs(1, PRICE)).toBe(14n);
  });

  it('charge a gigabyte for thirty days at the monthly price', () => {
    expect(priceStorage({ bytes: 1e9, days: 30 }, PRICE)).toBe(usd(0.023));
  });

  it('are those of the newest entry not after the day', () => {
    const list = [PRICE, { ...PRICE, from: '2026-03-01', usdPerCoreHour: 0.06 }];
    const at = (text: string) =>
      pricesAt(list, { warehouse: 'duckdb', at: Date.parse(text) }).usdPerCoreHour;

    expect([at('2026-02-28T23:59:59Z'), at('2026-03-01T00:00:00Z')]).toEqual([0.05, 0.06]);
  });

  it('are missing before the first entry, and say which entry would help', () => {
    const ask = () =>
      pricesAt([PRICE], { warehouse: 'duckdb', at: Date.parse('2025-12-31T00:00:00Z') });

    expect(ask).toThrow('add one with `from: 2025-12-31` or earlier');
  });

  it('may be dated by YAML dates', () => {
    const parsed = priceListSchema.parse([{ ...PRICE, from: new Date(Date.UTC(2026, 0, 1)) }]);

    expect(parsed[0]?.from).toBe('2026-01-01');
  });
});

describe('rows of a grouping', () => {
  it.each([
    { rows: 10, keys: [2, 3], groups: 5.03 },
    { rows: 1000, keys: [9, 8], groups: 72 },
    { rows: 10, keys: [], groups: 1 },
    { rows: 0, keys: [5], groups: 0 },
    { rows: 100, keys: [1e9, 1e9], groups: 100 },
  ])('are $groups for $rows rows over $keys values', ({ rows, keys, groups }) => {
    const estimate = groupedRows(
      rows,
      keys.map((distinct) => ({ distinct })),
    );

    expect(estimate).toBeCloseTo(groups, 1);
  });

  it('are a tenth of the rows for a column nobody measured', () => {
    expect(groupedRows(1000, [{}])).toBeCloseTo(100, 0);
  });
});

describe('the work model', () => {
  it('is the documented default for few statements', () => {
    expect(fitWorkModel([{ cells: 1e6, cpuMs: 50 }])).toEqual(DEFAULT_WORK_MODEL);
  });

  it('takes the median price of a cell over large statements', () => {
    const samples = [20, 30, 40, 50, 1000].map((cpuMs) => ({ cells: 1e6, cpuMs: cpuMs + 0.5 }));

    expect(fitWorkModel(samples)).toEqual({ fixedMs: 0.5, nsPerCell: 40, fittedOn: 5 });
  });

  it('prices cells on top of the fixed part', () => {
    expect(workOf({ fixedMs: 0.5, nsPerCell: 10, fittedOn: 0 }, 1e6)).toBe(10.5);
  });
});

describe('the work of a definition', () => {
  it.each([
    { steps: { rows: 6e6, joins: 4, keys: 4, values: 3 }, ms: 990 },
    { steps: { rows: 6e6, joins: 1, keys: 4, values: 2 }, ms: 600 },
    { steps: { rows: 1000, joins: 2, keys: 0, values: 9 }, ms: 0.095 },
  ])('is $ms ms for $steps.rows rows joined $steps.joins times', ({ steps, ms }) => {
    expect(definitionWork(steps)).toBeCloseTo(ms, 3);
  });
});

describe('an estimate', () => {
  const input = {
    rows: 1000,
    columns: 4,
    bytes: 32_000,
    definitionCpuMs: 40,
    replayedCpuMs: [40, 30],
    refreshesPerDay: 1,
    cyclesPerDay: 1,
    measuringCpuMsPerDay: 0,
    measured: {},
    price: PRICE,
  };

  it('counts proving and replaying into the build, and one replay into a refresh', () => {
    const { buildCpuMs, refreshCpuMs, upkeepCpuMsPerDay } = estimateMart(input);

    expect([buildCpuMs, refreshCpuMs, upkeepCpuMsPerDay].map(Math.round)).toEqual([322, 232, 240]);
  });

  it('keeps bytes as the catalog measures them, and pays for what is stored compressed', () => {
    const small = estimateMart({ ...input, rows: 1e6, bytes: 1 });
    const large = estimateMart({ ...input, rows: 1e6, bytes: 1e9 });

    expect([small.bytes, large.bytes]).toEqual([1, 1e9]);
    expect(large.upkeepPerDay).toBe(small.upkeepPerDay);
  });

  it('takes what was measured instead of the model', () => {
    const estimate = estimateMart({
      ...input,
      measured: { buildCpuMs: 100, upkeepCpuMsPerDay: 10 },
    });

    expect(estimate).toMatchObject({ buildCpuMs: 100, upkeepCpuMsPerDay: 10, basis: 'measured' });
  });
});
