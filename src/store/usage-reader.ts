import { DAY_MS, dayOf } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import { dayNumberOf } from '../usage/decay.ts';
import type { Reader, ReaderKind, ServedBy, Template, UsageFact } from '../usage/template.ts';
import type { ColumnRead, UsageLog } from '../usage/usage-ports.ts';
import { decodeCodes } from './column-codes.ts';
import type { Database } from './database.ts';
import { splitIds } from './fact-writer.ts';
import { decodeHead, decodeShape } from './shape-codec.ts';
import { readStaleTemplates } from './stale-templates.ts';
import type { UsageTables } from './usage-tables.ts';

type UsageReader = Pick<UsageLog, 'read' | 'columnReads' | 'shapes' | 'staleTemplates'>;

const SAMPLED_FACTS = 8;

const FACT_COLUMNS =
  'day, template_id, asker_id, runs, costed_runs, cpu_ms, cpu_ms_squared, duration_ms, rows_scanned, bytes_scanned, failed_runs, cached_runs, last_ended_at, sample_ids';

export function usageReader({ database }: UsageTables): UsageReader {
  return {
    read({ fromDay, untilDay }) {
      const days = { from: dayNumberOf(fromDay), until: dayNumberOf(untilDay) };
      const templates = readTemplates(database, days);
      return {
        templates: [...templates.values()].toSorted((a, b) =>
          a.fingerprint < b.fingerprint ? -1 : 1,
        ),
        facts: readFacts(database, { ...days, templates }),
        skips: database
          .prepare('select day, rule, statements from skips where day between ? and ?')
          .all(days.from, days.until)
          .map(({ day, rule, statements }) => ({
            day: dayText(Number(day)),
            rule: String(rule),
            statements: Number(statements),
          })),
      };
    },
    columnReads: ({ fromDay, untilDay }) =>
      readColumns(database, { from: dayNumberOf(fromDay), until: dayNumberOf(untilDay) }),
    *shapes() {
      for (const row of database
        .prepare('select fingerprint, shape, shape_key from templates order by fingerprint')
        .all()) {
        yield {
          fingerprint: String(row['fingerprint']),
          shape: decodeHead(String(row['shape'])),
          shapeKey: String(row['shape_key']),
        };
      }
    },
    staleTemplates: (sinceDay) => readStaleTemplates(database, dayNumberOf(sinceDay)),
  };
}

interface Days {
  readonly from: number;
  readonly until: number;
}

function readTemplates(database: Database, { from, until }: Days): Map<number, Template> {
  const rows = database
    .prepare(`
      select id, fingerprint, normal_form, shape, query from templates
      where id in (select template_id from facts where day between ? and ?)`)
    .iterate(from, until);
  const templates = new Map<number, Template>();
  for (const row of rows) {
    templates.set(Number(row['id']), {
      fingerprint: String(row['fingerprint']),
      normalForm: String(row['normal_form']),
      shape: decodeShape({
        head: String(row['shape']),
        query: row['query'] instanceof Uint8Array ? row['query'] : null,
      }),
    });
  }
  return templates;
}

/** Facts by day, template and asker; sample ids only on the latest few of each template. */
function readFacts(
  database: Database,
  { from, until, templates }: Days & { readonly templates: ReadonlyMap<number, Template> },
): readonly UsageFact[] {
  const askers = readAskers(database);
  const sampled = new Map<Template, number>();
  const none: readonly string[] = [];
  const facts: UsageFact[] = [];
  let day = { number: Number.NaN, text: '' };
  for (const row of database
    .prepare(
      `select ${FACT_COLUMNS} from facts where day between ? and ? order by day desc, template_id desc, asker_id desc`,
    )
    .cells(from, until)) {
    const [dayNumber, templateId, askerId] = row as readonly number[];
    const template = templates.get(templateId ?? -1);
    const asker = askers.get(askerId ?? -1);
    if (template === undefined || asker === undefined || dayNumber === undefined) {
      continue;
    }
    if (dayNumber !== day.number) {
      day = { number: dayNumber, text: dayText(dayNumber) };
    }
    const list = row[13];
    const count =
      typeof list === 'string' && list !== '' ? (sampled.get(template) ?? 0) : SAMPLED_FACTS;
    const sampleIds = count < SAMPLED_FACTS ? splitIds(String(list)) : none;
    if (sampleIds !== none) {
      sampled.set(template, count + 1);
    }
    facts.push(
      factOf(row as readonly number[], {
        fingerprint: template.fingerprint,
        day: day.text,
        asker,
        sampleIds,
      }),
    );
  }
  return facts.reverse();
}

type Asker = Pick<UsageFact, 'reader' | 'client' | 'role' | 'servedBy'>;

interface FactNames {
  readonly fingerprint: string;
  readonly day: string;
  readonly asker: Asker;
  readonly sampleIds: readonly string[];
}

/** Cells in the order of `FACT_COLUMNS`. */
function factOf(
  cells: readonly number[],
  { fingerprint, day, asker, sampleIds }: FactNames,
): UsageFact {
  return {
    fingerprint,
    day,
    reader: asker.reader,
    client: asker.client,
    role: asker.role,
    servedBy: asker.servedBy,
    runs: cells[3] ?? 0,
    costedRuns: cells[4] ?? 0,
    cpuMs: cells[5] ?? 0,
    cpuMsSquared: cells[6] ?? 0,
    durationMs: cells[7] ?? 0,
    rowsScanned: cells[8] ?? 0,
    bytesScanned: cells[9] ?? 0,
    failedRuns: cells[10] ?? 0,
    cachedRuns: cells[11] ?? 0,
    lastEndedAt: cells[12] ?? 0,
    sampleIds,
  };
}

function readAskers(database: Database): ReadonlyMap<number, Asker> {
  const readers = readReaders(database);
  const askers = new Map<number, Asker>();
  for (const row of database.prepare('select * from askers').all()) {
    const reader = readers.get(Number(row['reader_id']));
    if (reader !== undefined) {
      askers.set(Number(row['id']), {
        reader,
        client: String(row['client']),
        role: String(row['role']),
        servedBy: servedByOf(String(row['served']), String(row['mart']) as RelationId),
      });
    }
  }
  return askers;
}

function servedByOf(kind: string, mart: RelationId): ServedBy {
  return kind === 'route' || kind === 'hold-out' ? { kind, mart } : { kind: 'base' };
}

function readReaders(database: Database): ReadonlyMap<number, Reader> {
  const rows = database.prepare('select id, kind, name, tool from readers').all();
  return new Map(
    rows.map(({ id, kind, name, tool }) => [
      Number(id),
      { kind: String(kind) as ReaderKind, name: String(name), tool: String(tool) },
    ]),
  );
}

function* readColumns(database: Database, { from, until }: Days): Iterable<ColumnRead> {
  const readers = readReaders(database);
  const columns = new Map(
    database
      .prepare('select id, relation, name from columns')
      .all()
      .map(({ id, relation, name }) => [
        Number(id),
        { relation: String(relation) as RelationId, column: String(name) },
      ]),
  );
  for (const row of database
    .prepare(
      'select day, reader_id, codes from column_reads where day between ? and ? order by day, reader_id',
    )
    .all(from, until)) {
    const reader = readers.get(Number(row['reader_id']));
    const codes = row['codes'] instanceof Uint8Array ? decodeCodes(row['codes']) : [];
    for (const code of codes) {
      const column = columns.get(Math.floor(code / 2));
      if (reader !== undefined && column !== undefined) {
        yield {
          day: dayText(Number(row['day'])),
          reader,
          ...column,
          by: code % 2 === 1 ? 'star' : 'name',
        };
      }
    }
  }
}

function dayText(day: number): string {
  return dayOf(day * DAY_MS);
}
