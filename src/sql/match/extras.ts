import type { CertificateEntry } from '../../marts/certificate.ts';
import type { Facts } from '../../marts/facts.ts';
import type { BoundExpr } from '../bound.ts';
import type { Cluster, Leaf, Satellite } from './cluster.ts';
import type { TypeScope } from './column-types.ts';
import type { Embedding } from './embed.ts';
import { factsOf } from './facts-of.ts';
import { leafKeepsRows, satelliteKeepsRows } from './keeps-rows.ts';
import { Miss } from './miss.ts';

export interface ExtraParts {
  /** The mart's own conditions, over the query's sources where they are mapped. */
  readonly conditions: readonly BoundExpr[];
  readonly rename: (expr: BoundExpr) => BoundExpr;
  readonly facts: Facts;
  readonly scope: TypeScope;
  /** `occurrence.column` of columns that are never NULL among the mart's inner-joined sources. */
  readonly notNull: readonly string[];
  /** Whether copies of rows can be made one again. */
  readonly mayMultiply: boolean;
}

export interface Peeled {
  /** Conditions of the removed joins: true on every row of the mart, and no obligation for the query. */
  readonly conditions: readonly BoundExpr[];
  readonly entries: readonly CertificateEntry[];
  /** True where the mart may hold several copies of a row. */
  readonly multiplies: boolean;
}

/** Proves that the mart's sources that the query does not have neither multiply nor lose rows. */
export function peelExtras(
  { extraLeaves, extraSatellites }: Embedding,
  { conditions, rename, facts, scope, notNull, mayMultiply }: ExtraParts,
): Peeled {
  const entries: CertificateEntry[] = [];
  let multiplies = false;
  for (const satellite of extraSatellites) {
    const renamed: Satellite = { ...satellite, on: satellite.on.map(rename) };
    const lossless = satelliteKeepsRows(renamed, { facts, scope });
    if (lossless === undefined && mayMultiply) {
      multiplies = true;
      continue;
    }
    if (lossless === undefined) {
      throw new Miss(2, {
        code: 'EXTRA_JOIN_MAY_MULTIPLY',
        text: `the mart left-joins ${namesOf(satellite.right.leaves)}, which the query does not, and no fact says that its key is unique`,
      });
    }
    entries.push({
      step: 'extra-table-removed',
      because: `the left join to ${namesOf(satellite.right.leaves)} adds no rows`,
      facts: lossless.facts,
    });
  }
  const peeled = peelLeaves(
    extraLeaves.filter((leaf) => leaf.kind === 'table'),
    { conditions, facts, scope, entries, notNull, mayMultiply },
  );
  return { ...peeled, multiplies: multiplies || peeled.multiplies };
}

function peelLeaves(
  extraLeaves: readonly Extract<Leaf, { kind: 'table' }>[],
  {
    conditions,
    facts,
    scope,
    notNull: notNullNames,
    mayMultiply,
    entries,
  }: Omit<ExtraParts, 'rename'> & { readonly entries: CertificateEntry[] },
): Peeled {
  const notNull = new Set(notNullNames);
  let left = extraLeaves;
  let open = conditions;
  const removed: BoundExpr[] = [];
  let multiplies = false;
  while (left.length > 0) {
    const join = { facts, scope, conditions: open, notNull };
    const kept = left
      .flatMap((leaf) => {
        const lossless = leafKeepsRows(leaf, join);
        return lossless === undefined || (lossless.multiplies && !mayMultiply)
          ? []
          : [{ leaf, lossless }];
      })
      .toSorted((a, b) => Number(a.lossless.multiplies) - Number(b.lossless.multiplies))[0];
    if (kept === undefined) {
      throw new Miss(2, {
        code: 'EXTRA_JOIN_MAY_LOSE_ROWS',
        text: `the mart joins ${namesOf(left)}, which the query does not, and no facts say that each row finds exactly one there`,
      });
    }
    const { lossless } = kept;
    removed.push(...lossless.conditions);
    open = open.filter((condition) => !lossless.conditions.includes(condition));
    left = left.filter((each) => each !== kept.leaf);
    multiplies ||= lossless.multiplies;
    entries.push({
      step: 'extra-table-removed',
      because: `each row finds ${lossless.multiplies ? 'a' : 'exactly one'} row of ${kept.leaf.relation}`,
      facts: lossless.facts,
    });
  }
  return { conditions: removed, entries, multiplies };
}

function namesOf(leaves: readonly Leaf[]): string {
  return leaves.map((leaf) => (leaf.kind === 'table' ? leaf.relation : 'a subquery')).join(', ');
}

/** `occurrence.column` of the columns of a cluster's own leaves that facts say are never NULL. */
export function notNullColumns({ leaves }: Cluster, facts: Facts): readonly string[] {
  return leaves.flatMap((leaf) => (leaf.kind === 'table' ? notNullOf(leaf, facts) : []));
}

function notNullOf(leaf: Extract<Leaf, { kind: 'table' }>, facts: Facts): readonly string[] {
  return [...factsOf(facts, leaf.relation).notNull].map((column) => `${leaf.occ}.${column}`);
}
