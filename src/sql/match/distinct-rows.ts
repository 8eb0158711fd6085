import type { CertificateEntry } from '../../marts/certificate.ts';
import type { Facts, UniqueKey } from '../../marts/facts.ts';
import type { BoundExpr } from '../bound.ts';
import type { NormalQuery } from '../normal-query.ts';
import type { NameRef } from '../normalize/expr-key.ts';
import { exprKey } from '../normalize/expr-key.ts';
import { refsIn } from '../normalize/walk.ts';
import type { Cluster, Leaf } from './cluster.ts';
import type { TypeScope } from './column-types.ts';
import { familyOf, typeOf } from './column-types.ts';
import { factsOf } from './facts-of.ts';
import { satelliteKeepsRows } from './keeps-rows.ts';
import type { MartOutput } from './mart-output.ts';
import { Miss } from './miss.ts';
import type { PreparedMart } from './prepared.ts';

export interface DistinctParts {
  readonly mart: PreparedMart;
  /** The mart's sources. */
  readonly cluster: Cluster;
  /** Mart occurrence to query occurrence, over everything mapped. */
  readonly occurrences: ReadonlyMap<number, number>;
  /** The mart's outputs over the query's sources. */
  readonly rows: readonly MartOutput[];
  /** Classes that hold on all of the mart's rows. */
  readonly nameOf: NameRef;
  readonly scope: TypeScope;
  /** The occurrence the rows get, as `rows` name it already. */
  readonly occ: number;
  /** The occurrence of the mart itself, inside. */
  readonly innerOcc: number;
}

/** The mart's rows without the copies that its other joins made of them. */
export interface DistinctRows {
  /** Outputs that are the same in all copies of a row. */
  readonly rows: readonly MartOutput[];
  /** The source that gives just the columns that are read, and the keys that tell rows apart. */
  readonly leafFor: (read: ReadonlySet<string>) => Leaf;
  readonly entry: CertificateEntry;
}

/**
 * Rows are the same row where the unique keys of all their sources are: an order in a mart of orders and their lines is
 * there once for each line, and its key makes it one again.
 *
 * @throws Miss where the mart does not hold such keys.
 */
export function distinctRows(parts: DistinctParts): DistinctRows {
  const { mart, rows, scope, occ } = parts;
  const kept = new Set(parts.occurrences.values());
  const same = rows.filter(
    ({ expr, column }) =>
      columnName(column) !== undefined &&
      refsIn(expr).every((ref) => kept.has(ref.occ)) &&
      !['other', 'unknown'].includes(familyOf(typeOf(expr, scope))),
  );
  const keys = rowTables(parts.cluster, parts).map((table) =>
    keyOf(table, { ...parts, rows: same }),
  );
  const columns = new Set(keys.flatMap((key) => key.columns));
  return {
    rows: same,
    leafFor: (read) => ({
      kind: 'query',
      occ,
      query: distinctOf(
        same.flatMap(({ column }) => {
          const name = columnName(column);
          return name !== undefined && (read.has(name) || columns.has(name)) ? [name] : [];
        }),
        { mart, innerOcc: parts.innerOcc },
      ),
    }),
    entry: {
      step: 'copies-removed',
      because: `the mart’s other joins make copies of rows, and ${[...columns].join(', ')} tell which are copies`,
      facts: keys.map((key) => key.fact),
    },
  };
}

function distinctOf(
  names: readonly string[],
  { mart, innerOcc }: { readonly mart: PreparedMart; readonly innerOcc: number },
): NormalQuery {
  const columns = [...new Set(names)];
  return {
    outputs: columns,
    orderBy: [],
    body: {
      kind: 'block',
      block: {
        from: { kind: 'table', occ: innerOcc, relation: mart.view.relation },
        where: [],
        having: [],
        items: columns.map((name) => ({
          name,
          expr: { kind: 'ref', occ: innerOcc, column: name },
        })),
        distinct: true,
        barriers: [],
      },
    },
  };
}

type Table = Extract<Leaf, { kind: 'table' }>;

/** The mapped sources that a row of the mart is made of; what a unique key adds to a row is told by the row. */
function rowTables({ leaves, satellites }: Cluster, parts: DistinctParts): readonly Table[] {
  const { occurrences, mart, scope } = parts;
  return [
    ...leaves.flatMap((leaf): readonly Table[] => {
      if (leaf.kind === 'full') {
        return [leaf.left, leaf.right].flatMap((side) => rowTables(side, parts));
      }
      if (!occurrences.has(leaf.occ)) {
        return [];
      }
      if (leaf.kind === 'query') {
        throw noKey('a subquery');
      }
      return [leaf];
    }),
    ...satellites
      .filter(
        (satellite) =>
          satellite.join === 'left' &&
          satelliteKeepsRows(satellite, { facts: mart.view.facts, scope }) === undefined,
      )
      .flatMap((satellite) => rowTables(satellite.right, parts)),
  ];
}

interface Key {
  /** Columns of the mart. */
  readonly columns: readonly string[];
  readonly fact: string;
}

function keyOf({ occ, relation }: Table, parts: DistinctParts): Key {
  const { facts } = parts.mart.view;
  const at = parts.occurrences.get(occ) ?? occ;
  const held = (column: string): string | undefined => {
    const key = exprKey({ kind: 'ref', occ: at, column }, parts.nameOf);
    const output = parts.rows.find(({ expr }) => exprKey(expr, parts.nameOf) === key);
    return output === undefined ? undefined : columnName(output.column);
  };
  for (const unique of factsOf(facts, relation).uniqueKeys) {
    const columns = unique.columns.map(held).filter((name) => name !== undefined);
    if (
      columns.length > 0 &&
      columns.length === unique.columns.length &&
      isNeverNull(unique, facts)
    ) {
      return {
        columns,
        fact: `${facts.source}: ${unique.columns.join(', ')} is unique in ${relation}, and never NULL`,
      };
    }
  }
  throw noKey(relation);
}

function isNeverNull({ relation, columns }: UniqueKey, facts: Facts): boolean {
  const { notNull } = factsOf(facts, relation);
  return columns.every((column) => notNull.has(column));
}

function noKey(name: string): Miss {
  return new Miss(2, {
    code: 'EXTRA_JOIN_MAY_MULTIPLY',
    text: `the mart joins sources the query does not, which may make copies of its rows, and it holds no unique key of ${name} to tell them; with that key it may match`,
  });
}

function columnName(column: BoundExpr): string | undefined {
  return column.kind === 'ref' ? column.column : undefined;
}
