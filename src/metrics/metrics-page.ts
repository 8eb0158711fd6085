import { METRICS, type MetricRow } from './metric-table.ts';

/** `docs/metrics.md`, made from the table. */
export function metricsPage(): string {
  const rows = (METRICS as readonly MetricRow[]).map(
    ({ name, kind, labels, help }) =>
      `| \`${name}\` | ${kind} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`,
  );
  return [
    '# Metrics',
    '',
    'Served at `/metrics` for Prometheus, beside the Node process metrics under the same prefix. Labels are bounded: none holds a statement, a user or a fingerprint.',
    'Made from `src/metrics/metric-table.ts` by `npm run generate`; do not edit.',
    '',
    '| metric | kind | labels | meaning |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
