import type { RelationId } from '../../base/relation.ts';
import type { Cell } from '../../connectors/connector.ts';
import type { WordDefinition } from '../../lineage/words/business-words.ts';
import {
  groupedTotalsSql,
  type TotalQuery,
  totalQuery,
  totalsSql,
} from '../../lineage/words/totals-sql.ts';
import { numberCell, onlyRow, textCell } from '../../prove/cells.ts';
import { dialectOf } from '../../sql/dialects.ts';
import type { Engine } from '../engine.ts';
import type { ObservedSchema } from '../observe-schema.ts';

/** How the definitions of one word differ on the data as it is now. */
export type Comparison =
  | {
      readonly kind: 'compared';
      readonly totals: readonly DefinitionTotal[];
      readonly byGroup?: {
        readonly by: string;
        readonly groups: number;
        readonly differing: number;
        /** As a share of the larger number. */
        readonly largest: number;
      };
      /** Rows of all tables that were read, as the catalog counts them, and what it took. */
      readonly rowsRead: number;
      readonly cpuMs: number;
    }
  | { readonly kind: 'not-compared'; readonly because: string };

export type DefinitionTotal =
  | {
      readonly kind: 'total';
      readonly definition: string;
      readonly total: string;
      /** Against the most used definition that has a total, as a share of it; absent for that one, and where nothing can be divided. */
      readonly difference?: number;
      readonly isEqual: boolean;
    }
  | { readonly kind: 'no-total'; readonly definition: string; readonly because: string };

export interface CompareParts {
  readonly schema: ObservedSchema;
  readonly signal?: AbortSignal | undefined;
}

/** Definitions of one word that are run side by side. */
const MOST_COMPARED = 12;

type Reads = Pick<Engine, 'connector' | 'config'>;

/**
 * Runs the definitions side by side in one read-only transaction: first as totals over the rows their own statements join, then group
 * by group where they are grouped by one thing. Reads at most `words.maxRows` rows for at most `words.timeout`, or says why not.
 */
export async function compareDefinitions(
  { connector, config }: Reads,
  {
    definitions,
    schema,
    signal,
  }: CompareParts & { readonly definitions: readonly WordDefinition[] },
): Promise<Comparison> {
  const dialect = dialectOf(connector.dialect);
  const queries = definitions.map((definition, at) => ({
    definition,
    query:
      at < MOST_COMPARED
        ? totalQuery(definition, connector.dialect)
        : ({
            kind: 'no-total',
            because: `only the ${MOST_COMPARED} most used are compared`,
          } as const),
  }));
  const able = queries.filter(isTotal);
  const rowsRead = rowsOf(
    able.flatMap(({ query }) => query.reads),
    schema,
  );
  if (able.length === 0) {
    const because = queries.map(({ definition, query }) =>
      query.kind === 'no-total' ? `${definition.id}: ${query.because}` : '',
    );
    return { kind: 'not-compared', because: because.join('; ') };
  }
  const { maxRows, timeout } = config.words;
  if (rowsRead > maxRows) {
    return {
      kind: 'not-compared',
      because: `it would read ${rowsRead} rows, more than words.maxRows (${maxRows}) allows`,
    };
  }
  const call = { purpose: 'measure', timeoutMs: timeout, signal } as const;
  const grouped =
    able.length === definitions.length && rowsRead * 2 <= maxRows
      ? groupedTotalsSql(definitions, dialect)
      : undefined;
  return connector.transaction(
    async (session) => {
      const totals = await session.query(totalsSql(able.map(({ query }) => query)), call);
      const groups = grouped && (await session.query(grouped.sql, call));
      const [all, differing, largest] = groups === undefined ? [] : onlyRow(groups);
      return {
        kind: 'compared',
        totals: tellTotals(queries, onlyRow(totals)),
        ...(grouped === undefined
          ? {}
          : {
              byGroup: {
                by: grouped.by,
                groups: numberCell(all),
                differing: numberCell(differing),
                largest: numberCell(largest),
              },
            }),
        rowsRead: grouped === undefined ? rowsRead : rowsRead * 2,
        cpuMs: totals.cost.cpuMs + (groups?.cost.cpuMs ?? 0),
      };
    },
    { readOnly: true, ...call },
  );
}

interface Queried {
  readonly definition: WordDefinition;
  readonly query: TotalQuery;
}

type Able = Queried & { readonly query: Extract<TotalQuery, { readonly kind: 'total' }> };

function isTotal(queried: Queried): queried is Able {
  return queried.query.kind === 'total';
}

function rowsOf(relations: readonly RelationId[], { catalog }: ObservedSchema): number {
  const rows = new Map(catalog.map(({ id, rows: count }) => [id, count ?? 0]));
  return relations.reduce((sum, relation) => sum + (rows.get(relation) ?? 0), 0);
}

/** Beyond the last digits of floating-point numbers. */
const TOLERANCE = 1e-9;

function tellTotals(
  queries: readonly Queried[],
  cells: readonly Cell[],
): readonly DefinitionTotal[] {
  const waiting = [...cells];
  let first: string | undefined;
  return queries.map(({ definition: { id: definition }, query }) => {
    if (query.kind === 'no-total') {
      return { kind: 'no-total', definition, because: query.because };
    }
    const total = textCell(waiting.shift()) ?? '0';
    if (first === undefined) {
      first = total;
      return { kind: 'total', definition, total, isEqual: true };
    }
    const difference = (Number(total) - Number(first)) / Math.abs(Number(first));
    const isNumber = Number.isFinite(difference);
    return {
      kind: 'total',
      definition,
      total,
      ...(isNumber ? { difference } : {}),
      isEqual: total === first || (isNumber && Math.abs(difference) <= TOLERANCE),
    };
  });
}
