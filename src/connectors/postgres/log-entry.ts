import { z } from 'zod';
import type { ReadLine } from '../history/jsonl-line.ts';
import { momentOf } from '../history/moment.ts';
import type { HistoryRow } from '../history-row.ts';
import { withParameters } from './with-parameters.ts';

const logEntry = z.object({
  timestamp: z.string(),
  session_id: z.string(),
  line_num: z.number(),
  message: z.string().optional(),
  error_severity: z.string().optional(),
  state_code: z.string().optional(),
  statement: z.string().optional(),
  detail: z.string().optional(),
  user: z.string().optional(),
  dbname: z.string().optional(),
  application_name: z.string().optional(),
});

type LogEntry = z.infer<typeof logEntry>;

/** The words are the server's untranslated ones: `lc_messages` must be C or English. */
const FINISHED = /^duration: ([\d.]+) ms {2}(?:statement|execute [^:]*): ([\s\S]*)$/;
const EXPLAINED = /^duration: ([\d.]+) ms {2}plan:\s*([\s\S]*)$/;

/** Counters of blocks are in the server's unit. */
const BLOCK_BYTES = 8192;

/** What one whole entry says; it never waits for more. */
export type EntryRead = Exclude<ReadLine, { readonly kind: 'waits' }>;

/** One entry of PostgreSQL's log in JSON: a statement, or nothing that one is told by. */
export function readLogEntry(json: object): EntryRead {
  const entry = logEntry.safeParse(json);
  return entry.success
    ? readEntry(entry.data)
    : { kind: 'bad', because: 'not an entry of a PostgreSQL log in JSON' };
}

function readEntry(entry: LogEntry): EntryRead {
  const { message = '', statement, error_severity: severity } = entry;
  const finished = FINISHED.exec(message);
  if (finished !== null) {
    const [, duration, sql = ''] = finished;
    const text = withParameters(sql, entry.detail);
    return text === undefined
      ? { kind: 'bad', because: 'its parameters were cut off (log_parameter_max_length)' }
      : rowOf(entry, { text, status: 'success', durationMs: Number(duration) });
  }
  const explained = EXPLAINED.exec(message);
  if (explained !== null) {
    return readPlan(entry, { durationMs: Number(explained[1]), plan: explained[2] ?? '' });
  }
  if (statement !== undefined && (severity === 'ERROR' || severity === 'FATAL')) {
    const status = entry.state_code === '57014' ? 'cancelled' : 'failed';
    return rowOf(entry, { text: statement, status });
  }
  return { kind: 'blank' };
}

const explainedPlan = z.object({
  'Query Text': z.string(),
  'Query Parameters': z.string().optional(),
  Plan: z.object({
    'Actual Rows': z.number().optional(),
    'Shared Hit Blocks': z.number().optional(),
    'Shared Read Blocks': z.number().optional(),
  }),
});

function readPlan(
  entry: LogEntry,
  { durationMs, plan }: { readonly durationMs: number; readonly plan: string },
): EntryRead {
  const read = explainedPlan.safeParse(parsedObject(plan));
  if (!read.success) {
    return { kind: 'bad', because: 'a plan that is not JSON; set auto_explain.log_format = json' };
  }
  const { 'Query Text': sql, 'Query Parameters': parameters, Plan: root } = read.data;
  const text = withParameters(sql, parameters);
  if (text === undefined) {
    return {
      kind: 'bad',
      because: 'its parameters were cut off (auto_explain.log_parameter_max_length)',
    };
  }
  const { 'Actual Rows': rows, 'Shared Hit Blocks': hit, 'Shared Read Blocks': readBlocks } = root;
  return rowOf(entry, {
    text,
    status: 'success',
    durationMs,
    ...(rows === undefined ? {} : { rowsReturned: rows }),
    ...(hit === undefined ? {} : { bytesScanned: (hit + (readBlocks ?? 0)) * BLOCK_BYTES }),
  });
}

function rowOf(
  entry: LogEntry,
  told: Pick<HistoryRow, 'text' | 'status' | 'durationMs' | 'rowsReturned' | 'bytesScanned'>,
): EntryRead {
  const endedAt = momentOf(entry.timestamp.replace(/ GMT$/, ' UTC'));
  if (endedAt === undefined) {
    return { kind: 'bad', because: 'its time is not in UTC; set log_timezone = UTC' };
  }
  const { durationMs } = told;
  return {
    kind: 'row',
    row: {
      id: `${entry.session_id}#${entry.line_num}`,
      endedAt,
      ...(durationMs === undefined ? {} : { startedAt: endedAt - durationMs }),
      ...told,
      ...named('user', entry.user),
      ...named('database', entry.dbname),
      ...named('client', entry.application_name),
    },
  };
}

function named<Field extends string>(field: Field, value: string | undefined) {
  return (value === undefined || value === '' ? {} : { [field]: value }) as {
    readonly [Key in Field]?: string;
  };
}

/** A JSON object out of a text; absent where it is none. */
export function parsedObject(json: string): object | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
