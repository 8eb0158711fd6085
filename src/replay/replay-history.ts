import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY_MS, dayNumber, dayOf } from '../base/clock.ts';
import { GoldsmithError } from '../base/goldsmith-error.ts';
import { type RelationId, relationParts } from '../base/relation.ts';
import type { HistorySource } from '../connectors/history-row.ts';
import { makeReadShapes, READERS_VERSION } from '../daemon/read-shapes.ts';
import type { CycleInput } from '../decide/cycle-input.ts';
import type { Mart } from '../marts/mart.ts';
import { openParsers, type Parsers } from '../parsers/open-parsers.ts';
import { dialectOf } from '../sql/dialects.ts';
import type { SchemaRelation, SchemaSnapshot } from '../sql/schema.ts';
import { indexSchema } from '../sql/schema-index.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { ingestHistory } from '../usage/ingest-history.ts';
import { rowInterpreter } from '../usage/row-interpreter.ts';
import { shapeKeysOf } from '../usage/shape-keys.ts';
import { inferSchema } from './infer-schema.ts';
import { readSchema } from './read-schema.ts';
import type { ReplayReport } from './replay-report.ts';
import type { ReplaySettings } from './replay-settings.ts';
import { type ScannedHistory, scanHistory } from './scan-history.ts';
import { startTally } from './tally.ts';
import { walkDays } from './walk-days.ts';

export interface ReplayParts {
  readonly source: HistorySource;
  /** How the history is called in the report. */
  readonly name: string;
  readonly settings: ReplaySettings;
  /** Text of a DDL file, in the history's dialect. */
  readonly ddl?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((what: string) => void) | undefined;
}

const WHAT_TO_EXPORT =
  "export your warehouse's own history view as CSV, JSON lines or Parquet, or one record a statement with id, text and endedAt";

/**
 * Replays an exported history through the daemon's own stages, day by day, touching no warehouse: what would have been built,
 * demoted, pruned and refused, and the predicted money. Its state lives in a folder that goes away with it.
 *
 * @throws {GoldsmithError} `REPLAY_EMPTY` where the history holds no statement that could be read.
 */
export async function replayHistory(parts: ReplayParts): Promise<ReplayReport> {
  const folder = mkdtempSync(join(tmpdir(), 'goldsmith-replay-'));
  const parsers = openParsers({ workers: 1 });
  let store: Store | undefined;
  try {
    store = openStore(join(folder, 'state.sqlite'));
    return await replayInto(store, { ...parts, parsers });
  } finally {
    store?.close();
    await parsers.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function replayInto(
  store: Store,
  parts: ReplayParts & { readonly parsers: Parsers },
): Promise<ReplayReport> {
  const { source, settings, parsers, signal, onProgress } = parts;
  const dialect = dialectOf(settings.dialect);
  const interpret = () => rowInterpreter({ dialect, readerRules: settings.readerRules });

  onProgress?.('looking at the history');
  const scanned = await scanHistory(source, { interpret: interpret(), signal, onProgress });
  if (scanned.rows === 0) {
    const [bad] = scanned.lastBadRows;
    throw new GoldsmithError(
      'REPLAY_EMPTY',
      bad === undefined
        ? `${parts.name} holds no statement; ${WHAT_TO_EXPORT}`
        : `${parts.name} holds no record that can be read (${bad.where}: ${bad.because}); ${WHAT_TO_EXPORT}`,
    );
  }

  onProgress?.('reading the statements');
  const told = await readSchema({
    dialect: settings.dialect,
    ddl: parts.ddl,
    definitions: scanned.definitions,
    databases: scanned.databases,
    parse: parsers.parse,
  });
  const { snapshot: schema, inferred } = inferSchema(
    told.snapshot,
    await shapesOf(scanned, {
      parsers,
      settings,
      schema: told.snapshot,
      signal,
    }),
  );
  const days = dayNumber(scanned.lastAt) - dayNumber(scanned.firstAt) + 1;
  const retained = days + 2;
  const ingest = await ingestHistory({
    source,
    log: store.usage,
    interpret: interpret(),
    readShapes: makeReadShapes({
      shapesOf: parsers.shapesOf,
      dialect: settings.dialect,
      schema,
      names: {},
    }),
    shapeKeys: shapeKeysOf({ schema, readersVersion: READERS_VERSION }),
    retention: { idDays: retained, factDays: retained, columnDays: retained },
    now: (dayNumber(scanned.lastAt) + 1) * DAY_MS,
    signal,
    onProgress: ({ rows }) => onProgress?.(`read ${rows} of ${scanned.rows} statements`),
  });

  const fromDay = dayOf(scanned.firstAt);
  const untilDay = dayOf(scanned.lastAt);
  const adoptable = adoptableIn(schema, { settings, viewSql: told.viewSql });
  const gold = goldRelations(schema, { settings, adoptable });
  const reads = [...store.usage.columnReads({ fromDay, untilDay })].filter(({ relation }) =>
    gold.has(relation),
  );
  const tally = startTally({ settings });
  let at = 0;
  for await (const morning of walkDays({
    store,
    settings,
    schema,
    viewSql: told.viewSql,
    adoptable,
    firstDay: dayNumber(scanned.firstAt),
    lastDay: dayNumber(scanned.lastAt),
    returnedBy: returnedUpTo(scanned),
    reads,
    viewOf: (mart) => viewOf(mart, { parsers, settings, schema }),
  })) {
    signal?.throwIfAborted();
    at += 1;
    onProgress?.(`day ${at} of ${days}`);
    tally.add(morning);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return tally.report({
    name: parts.name,
    fromDay,
    untilDay,
    scanned,
    ingest,
    rows: store.usage.read({ fromDay, untilDay }),
    schema,
    inferred,
    gold,
    reads,
  });
}

function shapesOf(
  { texts }: ScannedHistory,
  {
    parsers,
    settings,
    schema,
    signal,
  }: {
    readonly parsers: Parsers;
    readonly settings: ReplaySettings;
    readonly schema: SchemaSnapshot;
    readonly signal: AbortSignal | undefined;
  },
) {
  const requests = [...texts.values()].map(({ sql, database, schema: ranIn }) => ({
    sql,
    names: { database, schema: ranIn },
  }));
  return parsers.shapesOf(requests, { world: { dialect: settings.dialect, schema }, signal });
}

/** Views that may be taken over: those the config lists, or all whose definition is known. */
function adoptableIn(
  schema: SchemaSnapshot,
  {
    settings,
    viewSql,
  }: {
    readonly settings: ReplaySettings;
    readonly viewSql: ReadonlyMap<RelationId, string>;
  },
): CycleInput['adoptable'] {
  const index = indexSchema(schema, dialectOf(settings.dialect));
  if (settings.adoptable !== undefined) {
    return settings.adoptable.map(({ view, maxStalenessMs }) => {
      const path = view.split('.').map((name) => ({ name, quoted: false }));
      const found = index.findRelation(path, {});
      return { view: found.kind === 'found' ? found.relation.id : found.id, maxStalenessMs };
    });
  }
  return schema.relations
    .filter(({ id, kind, definition }) => kind === 'view' && definition && viewSql.has(id))
    .map(({ id }) => ({ view: id, maxStalenessMs: settings.marts.maxStaleness }));
}

/** Relations whose attributes are watched: the gold schema's, and views that may be taken over. */
function goldRelations(
  { relations }: SchemaSnapshot,
  {
    settings,
    adoptable,
  }: {
    readonly settings: ReplaySettings;
    readonly adoptable: CycleInput['adoptable'];
  },
): ReadonlySet<RelationId> {
  const goldSchema = settings.marts.goldSchema.toLowerCase();
  return new Set([
    ...adoptable.map(({ view }) => view),
    ...relations
      .map(({ id }) => id)
      .filter((id) => relationParts(id).schema?.toLowerCase() === goldSchema),
  ]);
}

/** Most rows a template returned so far; only days up to the asked one count. */
function returnedUpTo({ returned }: ScannedHistory) {
  return (fingerprint: string, day: string): number | undefined => {
    const most = [...(returned.get(fingerprint) ?? [])].filter(([on]) => on <= day);
    return most.length === 0 ? undefined : Math.max(...most.map(([, rows]) => rows));
  };
}

async function viewOf(
  { definition }: Mart,
  {
    parsers,
    settings,
    schema,
  }: {
    readonly parsers: Parsers;
    readonly settings: ReplaySettings;
    readonly schema: SchemaSnapshot;
  },
): Promise<SchemaRelation> {
  const [outcome] = await parsers.parse([{ sql: definition.sql, dialect: settings.dialect }]);
  const statement = outcome?.kind === 'parsed' ? outcome.statements[0] : undefined;
  const known = schema.relations.find(({ id }) => id === definition.relation);
  return {
    id: definition.relation,
    kind: 'view',
    columns:
      known?.columns ??
      definition.columns.map(({ name, type }) => ({ name, type, notNull: false })),
    keys: [],
    foreignKeys: [],
    ...(statement?.kind === 'query' ? { definition: statement.query } : {}),
  };
}
