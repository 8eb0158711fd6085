import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY_MS } from '../src/base/clock.ts';
import type { RelationId } from '../src/base/relation.ts';
import { ExportHistory } from '../src/connectors/history/export-history.ts';
import { buildJoinGraph } from '../src/graph/build.ts';
import { describeGraph } from '../src/graph/describe.ts';
import { frequentJoinSets } from '../src/graph/frequent-subgraphs.ts';
import { dialectOf } from '../src/sql/dialects.ts';
import type { Shape } from '../src/sql/query-shape.ts';
import { openStore } from '../src/store/open-store.ts';
import { ingestHistory } from '../src/usage/ingest-history.ts';
import { rowInterpreter } from '../src/usage/row-interpreter.ts';
import { takeUsageSnapshot } from '../src/usage/snapshot.ts';
import type { ShapeRequest } from '../src/usage/usage-ports.ts';
import type { HistoryToMake } from './history-generator.ts';

const ROWS = Number(process.argv[2] ?? 1_000_000);
const TEMPLATES = Math.min(ROWS, 10_000);
const DAYS = 28;
const FROM = Date.parse('2026-02-01T00:00:00Z');
const NOW = FROM + DAYS * DAY_MS;

const duckdb = dialectOf('duckdb');
const folder = mkdtempSync(join(tmpdir(), 'goldsmith-bench-'));
try {
  await benchIngest();
} finally {
  rmSync(folder, { recursive: true });
}

async function benchIngest(): Promise<void> {
  const path = join(folder, 'history.jsonl');
  makeHistory({
    path,
    rows: ROWS,
    templates: TEMPLATES,
    batch: 'first',
    from: FROM,
    days: DAYS,
  });
  say(`history: ${ROWS} rows, ${TEMPLATES} templates, ${megabytes(statSync(path).size)}`);
  const store = openStore(join(folder, 'state.db'));
  const parts = {
    log: store.usage,
    interpret: rowInterpreter({ dialect: duckdb, readerRules: [] }),
    readShapes,
    shapeKeys: { all: 'v1', of: () => 'v1' },
    retention: { idDays: 60, factDays: 120, columnDays: 400 },
    now: NOW,
  };
  await timed('first ingest', () => ingestHistory({ ...parts, source: sourceOf(path) }));
  makeHistory({
    path: join(folder, 'history-2.jsonl'),
    rows: 10_000,
    templates: TEMPLATES,
    batch: 'next',
    from: NOW,
    days: 1,
  });
  await timed('next ingest', () =>
    ingestHistory({ ...parts, source: sourceOf(path), now: NOW + DAY_MS }),
  );
  const usage = await timed('snapshot of 28 days', () =>
    takeUsageSnapshot({ from: FROM, until: NOW }, { log: store.usage, routeAsks: store.routeAsks }),
  );
  say(`facts: ${usage.facts.length}, templates: ${usage.templates.length}`);
  const graph = await timed('graph', () => buildJoinGraph(usage, { now: NOW, halfLifeDays: 14 }));
  say(describeGraph(graph));
  const sets = await timed('frequent join sets', () =>
    frequentJoinSets(graph, usage, { minShare: 0.005, limit: 200 }),
  );
  say(`join sets: ${sets.length}`);
  store.close();
  say(`state file: ${megabytes(statSync(join(folder, 'state.db')).size)}`);
}

function makeHistory(wanted: HistoryToMake): void {
  const script = join(import.meta.dirname, 'make-history.ts');
  execFileSync(process.execPath, [script, JSON.stringify(wanted)]);
}

function sourceOf(path: string): ExportHistory {
  return new ExportHistory({
    name: 'history',
    path: path.replace('history.jsonl', '*.jsonl'),
    format: 'auto',
  });
}

/** Stands in for the parsers: relations and joins as the generator writes them, and a query of a usual size. */
async function readShapes(requests: readonly ShapeRequest[]): Promise<ReadonlyMap<string, Shape>> {
  return new Map(requests.map(({ fingerprint: asked, text }) => [asked, shapeOf(text)]));
}

function shapeOf(text: string): Shape {
  const fact = relation(/from (\S+)/.exec(text)?.[1]);
  const dims = [...text.matchAll(/join (\S+)/g)].map(([, name]) => relation(name));
  const columns = [...text.matchAll(/f\.(\w+)/g)].map(([, column = '']) => column);
  return {
    level: 'full',
    reader: 'sqlparser-rs',
    statement: 'query',
    relations: [fact, ...dims].map((each) => ({ relation: each, via: 'named', known: true })),
    columns: [...new Set(columns)].map((column) => ({
      relation: fact,
      column,
      roles: ['output'],
      by: 'name',
    })),
    joins: dims.map((dim) => ({
      left: { relation: dim, column: 'id' },
      right: { relation: fact, column: `${dim}_id` },
      kind: 'inner',
    })),
    lineage: [],
    notUnderstood: [],
    query: {
      body: {
        kind: 'values',
        rows: columns.map((name) =>
          Array.from({ length: 8 }, () => ({ kind: 'ref' as const, occ: 0, column: name })),
        ),
      },
      orderBy: [],
      outputs: columns,
    },
  };
}

function relation(name = ''): RelationId {
  return `lake.${name}` as RelationId;
}

async function timed<Result>(what: string, work: () => Result | Promise<Result>): Promise<Result> {
  const started = performance.now();
  const cpu = process.cpuUsage();
  const result = await work();
  const used = process.cpuUsage(cpu);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const cpuSeconds = ((used.user + used.system) / 1e6).toFixed(1);
  const peak = megabytes(process.resourceUsage().maxRSS * 1024);
  say(`${what}: ${seconds} s (${cpuSeconds} s cpu), peak rss ${peak}`);
  return result;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
