import { describe, expect, it } from 'vitest';
import { METRICS, type MetricRow } from '../../src/metrics/metric-table.ts';
import { metricsPage } from '../../src/metrics/metrics-page.ts';
import { openMetrics } from '../../src/metrics/registry.ts';

const rows: readonly MetricRow[] = METRICS;

describe('the table of metrics', () => {
  it('names each once, as Prometheus wants names: counters end in _total, and the others do not', () => {
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
    for (const { name, kind } of rows) {
      expect(name).toMatch(/^goldsmith_[a-z_]+$/);
      expect(name.endsWith('_total')).toBe(kind === 'counter');
    }
  });

  it('has no label that could hold a statement, a user or a fingerprint', () => {
    const labels = new Set(rows.flatMap((row) => row.labels));

    expect(
      [...labels].filter((label) => /sql|statement|user|reader|fingerprint/.test(label)),
    ).toEqual([]);
  });

  it('is exported and documented whole', async () => {
    const text = await openMetrics().text();

    for (const { name, kind } of rows) {
      expect(text).toContain(`# TYPE ${name} ${kind}`);
      expect(metricsPage()).toContain(`| \`${name}\` | ${kind} |`);
    }
  });
});
