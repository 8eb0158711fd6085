import { z } from 'zod';
import type { LineFormat } from '../history/jsonl-history.ts';
import type { ReadLine } from '../history/jsonl-line.ts';
import { momentOf } from '../history/moment.ts';
import { type Line, MAX_LINE_BYTES } from '../history/read-lines.ts';
import type { HistoryRow } from '../history-row.ts';
import { withParameters } from './with-parameters.ts';

/**
 * PostgreSQL's log in JSON, a line an entry.
 *
 * Finished statements are those `log_min_duration_statement` (or `log_duration` with texts) tells, and those whose plan
 * auto_explain tells as JSON; what the log tells twice counts twice, so only one of the two should be on. Failed and cancelled
 * ones are the errors that carry their statement. The server knows no thread time: the duration stands for it.
 */
export const postgresLog: LineFormat = {
  read: readLogLine,
  idOf(line) {
    const read = readLogLine(line);
    return read.kind === 'row' ? read.row.id : undefined;
  },
};

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

function readLogLine({ text, complete }: Line): ReadLine {
  if (text === undefined) {
    return { kind: 'bad', because: `the line is longer than ${MAX_LINE_BYTES} bytes` };
  }
  if (text.trim() === '') {
    return { kind: 'blank' };
  }
  const json = parsed(text);
  if (json === undefined) {
    return complete ? { kind: 'bad', because: 'not a JSON object' } : { kind: 'waits' };
  }
  const entry = logEntry.safeParse(json);
  return entry.success
    ? readEntry(entry.data)
    : { kind: 'bad', because: 'not an entry of a PostgreSQL log in JSON' };
}

function readEntry(entry: LogEntry): ReadLine {
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
): ReadLine {
  const read = explainedPlan.safeParse(parsed(plan));
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
): ReadLine {
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

function parsed(json: string): object | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
