import type { RelationId } from '../base/relation.ts';
import { relationParts } from '../base/relation.ts';
import { DEFAULT_WORK_MODEL } from '../cost/work-model.ts';
import type { ColumnNdv } from '../decide/cycle-input.ts';
import type { Shape } from '../sql/query-shape.ts';
import type { Template, UsageSnapshot } from '../usage/template.ts';

/** Sizes as the history lets one guess them; they only grow as more is seen. */
export interface EstimatedSizes {
  readonly rows: ReadonlyMap<RelationId, number>;
  readonly ndvs: readonly ColumnNdv[];
}

export const noSizes: EstimatedSizes = { rows: new Map(), ndvs: [] };

export interface SizeParts {
  readonly before: EstimatedSizes;
  /** Most rows a template returned up to now. */
  readonly returnedBy: (fingerprint: string) => number | undefined;
  readonly isTable: (relation: RelationId) => boolean;
}

const BYTES_PER_VALUE = 8;
const NS_PER_MS = 1e6;
/** Share of a join's rows its hub is taken to have, where nothing else tells. */
const HUB_SHARE = 0.9;

/**
 * Guesses how large relations are where there is no catalog: by the rows, else the bytes, else the time of the
 * statements that read them, which is asked only of relations of which no statement tells more. Statements over one relation tell most; of
 * a join, the hub gets what the others leave.
 */
export function estimateSizes(usage: UsageSnapshot, parts: SizeParts): EstimatedSizes {
  const { before, isTable } = parts;
  const seen = tellingMost(scansOf(usage, isTable));
  const rows = new Map(before.rows);
  const raise = (relation: RelationId, size: number) =>
    rows.set(relation, Math.max(rows.get(relation) ?? 0, Math.ceil(size)));
  for (const { relations, scanned } of seen.filter((each) => each.relations.length === 1)) {
    relations.forEach((relation) => raise(relation, scanned));
  }
  const guessed = new Map<RelationId, number>();
  for (const { shape, relations, scanned } of seen.filter((each) => each.relations.length > 1)) {
    const open = relations.filter((relation) => !rows.has(relation));
    const rest = scanned - relations.reduce((sum, each) => sum + (rows.get(each) ?? 0), 0);
    const hub = hubOf(shape, open);
    for (const relation of open) {
      const others = Math.max(1, open.length - 1);
      const share = relation === hub ? HUB_SHARE : (1 - HUB_SHARE) / others;
      const least = (scanned * (1 - HUB_SHARE)) / open.length;
      const size = Math.max(1, least, rest * (open.length === 1 ? 1 : share));
      guessed.set(relation, Math.max(guessed.get(relation) ?? 0, size));
    }
  }
  guessed.forEach((size, relation) => raise(relation, size));
  return { rows, ndvs: distinctOf(usage, { ...parts, rows }) };
}

interface Scan {
  readonly shape: Shape;
  readonly relations: readonly RelationId[];
  /** Rows a run scanned, on average. */
  readonly scanned: number;
  /** By rows or bytes that the history tells; else by time. */
  readonly isTold: boolean;
}

/** A statement may take long for many reasons: its time says nothing where others tell rows. */
function tellingMost(scans: readonly Scan[]): readonly Scan[] {
  const told = new Set(scans.flatMap(({ relations, isTold }) => (isTold ? relations : [])));
  return scans.filter(({ relations, isTold }) => isTold || !relations.every((id) => told.has(id)));
}

function scansOf(usage: UsageSnapshot, isTable: SizeParts['isTable']): readonly Scan[] {
  const sums = new Map<string, { runs: number; cpuMs: number; rows: number; bytes: number }>();
  for (const fact of usage.facts) {
    const sum = sums.get(fact.fingerprint) ?? { runs: 0, cpuMs: 0, rows: 0, bytes: 0 };
    sums.set(fact.fingerprint, sum);
    sum.runs += fact.costedRuns;
    sum.cpuMs += fact.cpuMs;
    sum.rows += fact.rowsScanned;
    sum.bytes += fact.bytesScanned;
  }
  return usage.templates.flatMap(({ fingerprint, shape }): Scan[] => {
    const sum = sums.get(fingerprint);
    const relations = shape.relations.map(({ relation }) => relation).filter(isTable);
    if (sum === undefined || sum.runs === 0 || relations.length === 0) {
      return [];
    }
    const columns = Math.max(1, shape.columns.length / relations.length);
    const cells = (sum.cpuMs * NS_PER_MS) / DEFAULT_WORK_MODEL.nsPerCell;
    const total = sum.rows || sum.bytes / (BYTES_PER_VALUE * columns) || cells / columns;
    const isTold = sum.rows + sum.bytes > 0;
    return [{ shape, relations, scanned: total / sum.runs, isTold }];
  });
}

/** The relation the others hang on: joined most often by a column that is not named as its own key. */
function hubOf({ joins }: Shape, open: readonly RelationId[]): RelationId | undefined {
  const score = (relation: RelationId) =>
    joins.reduce((sum, { left, right }) => {
      const own = [left, right].filter((side) => side.relation === relation);
      return (
        sum + own.reduce((sides, { column }) => sides + (isOwnKey(relation, column) ? -1 : 1), 0)
      );
    }, 0);
  return open.toSorted((a, b) => score(b) - score(a) || (a < b ? -1 : 1))[0];
}

/** `customers.customer_id`, `dim_customer.id`, `date_dim.d_date_sk`: how keys of their own relation are mostly named. */
export function isOwnKey(relation: RelationId, column: string): boolean {
  const name = relationParts(relation).name.toLowerCase();
  const word = column.toLowerCase();
  if (word === 'id' || word === 'key' || word === 'sk') {
    return true;
  }
  const stem = word.replace(/_?(id|key|sk|code|no|nr)$/, '');
  return stem !== word && stem.length > 2 && name.includes(stem);
}

/** A column's distinct values, by the rows that groupings by few columns returned. */
function distinctOf(
  { templates }: UsageSnapshot,
  { before, returnedBy, rows }: SizeParts & { readonly rows: EstimatedSizes['rows'] },
): readonly ColumnNdv[] {
  const found = new Map(
    before.ndvs.map((ndv) => [`${ndv.relation}.${ndv.column}`, { ...ndv, keys: Infinity }]),
  );
  for (const template of templates) {
    const most = returnedBy(template.fingerprint);
    const keys = groupKeysOf(template);
    if (most === undefined || most < 1) {
      continue;
    }
    for (const { relation, column } of keys) {
      const id = `${relation}.${column}`;
      const known = found.get(id);
      const distinct = Math.min(most, rows.get(relation) ?? most);
      if (known === undefined || keys.length < known.keys) {
        found.set(id, { relation, column, distinct, keys: keys.length });
      } else if (keys.length === known.keys) {
        found.set(id, { ...known, distinct: Math.max(known.distinct, distinct) });
      }
    }
  }
  return [...found.values()].map(({ relation, column, distinct }) => ({
    relation,
    column,
    distinct,
  }));
}

function groupKeysOf({ shape }: Template) {
  return shape.level === 'full' ? shape.columns.filter(({ roles }) => roles.includes('group')) : [];
}
