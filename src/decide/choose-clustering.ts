import type { Capabilities } from '../connectors/connector.ts';
import type { MartColumn } from '../marts/mart.ts';

export type Clustering =
  | {
      readonly kind: 'clustered';
      readonly by: readonly string[];
      /** One of them: rows lie in parts by its month, too. */
      readonly parted?: string;
    }
  /** Why not, in words. */
  | { readonly kind: 'as-it-comes'; readonly because: string };

/** One template that reads the mart. */
export interface Reading {
  /** Outputs it compares with constants. */
  readonly filters: readonly string[];
  /** What all its runs cost on the mart, in any unit. */
  readonly weight: number;
}

/** Below that a warehouse reads a table in one go, however its rows lie (BigQuery's own advice). */
const LEAST_BYTES = 64 * 2 ** 20;
/** A column that so little of the reading filters by is not worth a place. */
const LEAST_SHARE = 0.1;

/**
 * By which columns a version's rows are to lie together: those that most of the reading, by cost, compares with constants. Rows are the
 * same however they lie, so this is a matter of cost alone.
 */
export function chooseClustering(
  { columns, bytes }: { readonly columns: readonly MartColumn[]; readonly bytes: number },
  {
    readings,
    clusters,
  }: {
    readonly readings: readonly Reading[];
    readonly clusters: NonNullable<Capabilities['clusters']>;
  },
): Clustering {
  if (bytes < LEAST_BYTES) {
    const because = `${Math.floor(bytes / 2 ** 20)} MiB are expected, and from ${LEAST_BYTES / 2 ** 20} MiB on it pays`;
    return { kind: 'as-it-comes', because };
  }
  const types = new RegExp(clusters.types, 'i');
  const able = columns
    .slice(0, clusters.within ?? columns.length)
    .filter(({ type }) => types.test(type));
  const all = readings.reduce((sum, { weight }) => sum + weight, 0);
  const by = able
    .map(({ name }) => ({ name, weight: weightOf(name, readings) }))
    .filter(({ weight }) => weight > 0 && weight >= LEAST_SHARE * all)
    .toSorted((a, b) => b.weight - a.weight || (a.name < b.name ? -1 : 1))
    .slice(0, clusters.most)
    .map(({ name }) => name);
  const parted = partedOf(by, { columns, bytes, clusters });
  return by.length > 0
    ? { kind: 'clustered', by, ...(parted === undefined ? {} : { parted }) }
    : {
        kind: 'as-it-comes',
        because: `no column that can be clustered by is compared with a constant in ${LEAST_SHARE * 100} % of the reading`,
      };
}

/** The first that has months, where the table is large enough for parts of its own size. */
function partedOf(
  by: readonly string[],
  {
    columns,
    bytes,
    clusters: { parts },
  }: {
    readonly columns: readonly MartColumn[];
    readonly bytes: number;
    readonly clusters: NonNullable<Capabilities['clusters']>;
  },
): string | undefined {
  if (parts === undefined || bytes < parts.leastBytes) {
    return undefined;
  }
  const types = new RegExp(parts.types, 'i');
  return by.find((name) =>
    columns.some((column) => column.name === name && types.test(column.type)),
  );
}

function weightOf(column: string, readings: readonly Reading[]): number {
  return readings
    .filter(({ filters }) => filters.includes(column))
    .reduce((sum, { weight }) => sum + weight, 0);
}
