import { readFileSync } from 'node:fs';
import { z } from 'zod';

const target = z.object({
  refId: z.string(),
  expr: z.string(),
  datasource: z.object({ type: z.literal('prometheus'), uid: z.literal('${datasource}') }),
});

const dashboard = z.object({
  uid: z.literal('goldsmith'),
  title: z.string(),
  panels: z.array(
    z.object({
      id: z.int(),
      type: z.enum(['row', 'stat', 'timeseries', 'bargauge', 'table']),
      title: z.string().min(1),
      description: z.string().min(1).optional(),
      gridPos: z.object({ h: z.int(), w: z.int(), x: z.int(), y: z.int() }),
      targets: z.array(target).default([]),
    }),
  ),
});

export interface PanelQuery {
  readonly panel: string;
  /** As Grafana sends it: the variables are filled in. */
  readonly expr: string;
}

export function readDashboard() {
  return dashboard.parse(JSON.parse(readFileSync('config/grafana/goldsmith.json', 'utf8')));
}

/** Every query of every panel, its variables as Grafana fills them in for "All" and a short range. */
export function panelQueries(): readonly PanelQuery[] {
  return readDashboard().panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }) => ({
      panel: title,
      expr: expr.replaceAll('$instance', '.*').replaceAll('$__rate_interval', '1m'),
    })),
  );
}
