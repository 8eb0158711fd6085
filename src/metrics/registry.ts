import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { METRICS, type MetricName, type MetricRow } from './metric-table.ts';

export interface Metrics {
  readonly contentType: string;
  /** The exposition text Prometheus scrapes. */
  text(): Promise<string>;
  /** Adds to a counter. */
  add(name: MetricName, labels?: Readonly<Record<string, string>>, amount?: number): void;
  /** Sets a gauge. */
  set(name: MetricName, value: number, labels?: Readonly<Record<string, string>>): void;
  /** Observes a histogram. */
  observe(name: MetricName, value: number): void;
  /** Forgets all label values of a gauge, so that what is gone is no longer exported. */
  clear(name: MetricName): void;
}

/** Makes every metric of the table, on a registry of its own so that an embedding application keeps its own. */
export function openMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'goldsmith_' });
  const counters = new Map<string, Counter>();
  const gauges = new Map<string, Gauge>();
  const histograms = new Map<string, Histogram>();
  for (const row of METRICS as readonly MetricRow[]) {
    const common = {
      name: row.name,
      help: row.help,
      labelNames: [...row.labels],
      registers: [registry],
    };
    if (row.kind === 'counter') {
      counters.set(row.name, new Counter(common));
    } else if (row.kind === 'gauge') {
      gauges.set(row.name, new Gauge(common));
    } else {
      histograms.set(row.name, new Histogram({ ...common, buckets: [...(row.buckets ?? [])] }));
    }
  }

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    add: (name, labels = {}, amount = 1) => counters.get(name)?.inc(labels, amount),
    set: (name, value, labels = {}) => gauges.get(name)?.set(labels, value),
    observe: (name, value) => histograms.get(name)?.observe(value),
    clear: (name) => gauges.get(name)?.reset(),
  };
}
