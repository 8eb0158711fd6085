import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dayOf } from '../../src/base/clock.ts';
import { digestOf } from '../../src/base/digest.ts';
import type { RelationId } from '../../src/base/relation.ts';
import { ExportHistory } from '../../src/connectors/history/export-history.ts';
import type { HistoryRow, HistorySource } from '../../src/connectors/history-row.ts';
import type { Shape } from '../../src/sql/query-shape.ts';
import { type IngestParts, ingestHistory } from '../../src/usage/ingest-history.ts';
import type { IngestOutcome } from '../../src/usage/ingest-outcome.ts';
import type { Interpreted } from '../../src/usage/interpret-row.ts';
import type { ReadShapes, UsageLog } from '../../src/usage/usage-ports.ts';

export const NOON = Date.parse('2026-03-10T12:00:00Z');

/** A history file in a folder of its own. */
export interface HistoryFile extends Disposable {
  readonly path: string;
  readonly folder: string;
  append(rows: readonly object[]): void;
  appendText(text: string): void;
  source(): HistorySource;
}

export function aHistoryFile(rows: readonly object[] = []): HistoryFile {
  const folder = mkdtempSync(join(tmpdir(), 'goldsmith-history-'));
  const path = join(folder, 'history.jsonl');
  writeFileSync(path, linesOf(rows));
  return {
    path,
    folder,
    append: (more) => appendFileSync(path, linesOf(more)),
    appendText: (text) => appendFileSync(path, text),
    source: () => new ExportHistory({ name: 'history', path, format: 'auto' }),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

export function aRow(id: string, changes: Partial<HistoryRow> = {}): HistoryRow {
  return {
    id,
    text: "select * from orders where name = 'Ada'",
    endedAt: NOON,
    status: 'success',
    user: 'ana',
    cpuMs: 10,
    durationMs: 12,
    ...changes,
  };
}

/** Reads `select <columns|*> from <table>`: enough of SQL to see what is remembered of it. */
export function interpretSimply(row: HistoryRow): Interpreted {
  const normalForm = row.text.replaceAll(/'[^']*'|\b\d+\b/g, '?');
  const fingerprint = digestOf(normalForm);
  const served = /^\/\*served (\w+)\*\//.exec(row.text)?.[1];
  const use = {
    fingerprint,
    normalForm,
    templateFingerprint: served ?? fingerprint,
    statementClass: { kind: 'query', verb: 'select' } as const,
    reader: {
      kind: row.user === undefined ? ('unknown' as const) : ('person' as const),
      name: row.user ?? '',
      tool: '',
    },
    client: row.client ?? '',
    role: row.role ?? '',
    day: dayOf(row.endedAt),
    endedAt: row.endedAt,
    servedBy:
      served === undefined
        ? ({ kind: 'base' } as const)
        : ({ kind: 'route', mart: 'gold.m' as RelationId } as const),
    status: row.status,
    cached: row.cached ?? false,
    operators: 0,
    depth: 0,
    length: row.text.length,
  };
  if (row.status === 'failed') {
    return { kind: 'skip', rule: 'failed-statements', use };
  }
  return row.text === 'select 1'
    ? { kind: 'skip', rule: 'bi-heartbeats' }
    : { kind: 'use', ...use };
}

/** Shapes for `interpretSimply`; the relation stands in the schema of the request. */
export function readSimply(columns: readonly string[]): ReadShapes & { texts: string[] } {
  const texts: string[] = [];
  async function read(requests: Parameters<ReadShapes>[0]): Promise<ReadonlyMap<string, Shape>> {
    texts.push(...requests.map(({ text }) => text));
    return new Map(
      requests.map(({ fingerprint, text, schema }) => [
        fingerprint,
        shapeOf(text, { columns, schema: schema ?? 'main' }),
      ]),
    );
  }
  return Object.assign(read, { texts });
}

function shapeOf(
  text: string,
  { columns, schema }: { readonly columns: readonly string[]; readonly schema: string },
): Shape {
  const [, items = '', table = ''] = /select (.+?) from (\w+)/.exec(text) ?? [];
  const relation = `${schema}.${table}` as RelationId;
  const isStar = items === '*';
  return {
    level: table === 'unreadable' ? 'lexer' : 'full',
    reader: 'sqlparser-rs',
    statement: 'query',
    relations: [{ relation, via: 'named', known: true }],
    columns: (isStar ? columns : items.split(', ')).map((column) => ({
      relation,
      column,
      roles: ['output'],
      by: isStar ? 'star' : 'name',
    })),
    joins: [],
    lineage: [],
    notUnderstood: table === 'unreadable' ? ['no grammar accepted it'] : [],
    query: { body: { kind: 'values', rows: [] }, orderBy: [], outputs: columns },
  };
}

export function ingest(
  log: UsageLog,
  parts: Partial<IngestParts> & Pick<IngestParts, 'source'>,
): Promise<IngestOutcome> {
  return ingestHistory({
    log,
    interpret: interpretSimply,
    readShapes: readSimply(['id', 'name']),
    shapeKeys: { all: 'v1', of: () => 'v1' },
    retention: { idDays: 60, factDays: 120, columnDays: 400 },
    now: NOON,
    ...parts,
  });
}

function linesOf(rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}
