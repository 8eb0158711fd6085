import { dayOf } from '../base/clock.ts';
import { describeJoin } from './describe.ts';
import { type JoinGraph, joinsByFrequency, relationsByFrequency, type Use } from './join-graph.ts';

export interface RenderTextOptions {
  /** Rows per table at most; the rest is counted. */
  readonly limit: number;
}

const USE_HEADINGS = ['runs', 'weighted', 'cpu', 'readers', 'days', 'last seen'] as const;

/** The graph for people: joins, then relations, most used first, in aligned columns. Ends with a newline. */
export function renderGraphText(graph: JoinGraph, { limit }: RenderTextOptions): string {
  const joins = joinsByFrequency(graph).map(({ edge, use }) => [
    ...useCells(use),
    describeJoin(edge),
  ]);
  const relations = relationsByFrequency(graph).map(({ relation, use }) => [
    ...useCells(use),
    relation,
  ]);
  if (relations.length === 0) {
    return 'Nothing was read within the window.\n';
  }
  const joinTable =
    joins.length === 0
      ? ['No statement joined anything within the window.']
      : table([[...USE_HEADINGS, 'join'], ...joins], limit);
  return `${[...joinTable, '', ...table([[...USE_HEADINGS, 'relation'], ...relations], limit)].join('\n')}\n`;
}

function useCells(use: Use): readonly string[] {
  return [
    String(use.runs),
    use.frequency.toFixed(1),
    cpuText(use.cpuMs),
    String(use.readers),
    String(use.days),
    use.lastSeenAt === 0 ? '-' : dayOf(use.lastSeenAt),
  ];
}

function cpuText(cpuMs: number): string {
  return cpuMs < 1000 ? `${cpuMs.toFixed(1)} ms` : `${(cpuMs / 1000).toFixed(1)} s`;
}

/** The first row is the heading; the last column is left-aligned, the others right. */
function table(rows: readonly (readonly string[])[], limit: number): readonly string[] {
  const shown = rows.slice(0, limit + 1);
  const last = (rows[0]?.length ?? 0) - 1;
  const widths = (rows[0] ?? []).map((_cell, column) =>
    Math.max(...shown.map((row) => row[column]?.length ?? 0)),
  );
  const lines = shown.map((row) =>
    row
      .map((cell, column) => (column === last ? cell : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
  const left = rows.length - shown.length;
  return left > 0 ? [...lines, `(${left} more)`] : lines;
}
