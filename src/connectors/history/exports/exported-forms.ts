import { bigqueryJob } from '../../bigquery/exported-job.ts';
import { databricksStatement } from '../../databricks/exported-statement.ts';
import { postgresEntry } from '../../postgres/exported-entry.ts';
import { snowflakeStatement } from '../../snowflake/exported-statement.ts';
import { HISTORY_FIELDS, type HistoryRecord, readHistoryRecord } from '../history-record.ts';
import type { ExportedForm, UnusableForm } from './exported-form.ts';

/** Every vendor's form that is read as it is exported. */
const FORMS: readonly ExportedForm[] = [
  snowflakeStatement,
  bigqueryJob,
  databricksStatement,
  postgresEntry,
];

/** Asked first: what looks like a history and tells too little. */
const UNUSABLE: readonly UnusableForm[] = [
  {
    marks: ['calls', 'query', 'total_exec_time'],
    because:
      'it is pg_stat_statements, which counts statements and tells no days; log them (log_min_duration_statement, log_destination = jsonlog) and replay that log',
  },
  {
    marks: ['query_id', 'query_text', 'query_end_time_ms'],
    because:
      'it is an answer of the Databricks query history API, which has fields of its own; export the table system.query.history instead',
  },
  {
    marks: ['context_id', 'log_level', 'message'],
    because:
      'it is a DuckDB log, whose statements stand in several entries; name its folder, and keep the name duckdb_log_entries.csv',
  },
];

/** Our own names, but in whatever case: `ENDEDAT`, as a warehouse folds it, or `ended_at`. */
const OURS_IN_ANY_CASE: Pick<ExportedForm, 'read'> = {
  read: (record) =>
    readHistoryRecord(
      Object.fromEntries(
        Object.entries(record).map(([name, value]) => [OUR_NAMES.get(plain(name)) ?? name, value]),
      ),
    ),
};

const OUR_NAMES: ReadonlyMap<string, string> = new Map(
  HISTORY_FIELDS.map((field) => [plain(field), field]),
);

const MOST_NAMED = 8;

/** How an export's records are to be read, told by the names of their columns. */
export type FoundForm =
  | { readonly kind: 'ours' }
  | { readonly kind: 'theirs'; readonly form: Pick<ExportedForm, 'read'>; readonly fields: Fields }
  | { readonly kind: 'unknown'; readonly because: string };

/** Whether a column is read. */
type Fields = (column: string) => boolean;

export function formOf(columns: readonly string[]): FoundForm {
  if (columns.some((name) => name === 'id' || name === 'text' || name === 'endedAt')) {
    return { kind: 'ours' };
  }
  const names = new Set(columns.map((name) => name.toLowerCase()));
  const has = ({ marks }: { readonly marks: readonly string[] }) =>
    marks.every((mark) => names.has(mark));
  const unusable = UNUSABLE.find(has);
  if (unusable !== undefined) {
    return { kind: 'unknown', because: unusable.because };
  }
  const form = FORMS.find(has);
  if (form !== undefined) {
    const fields = new Set(form.fields);
    return { kind: 'theirs', form, fields: (column) => fields.has(column.toLowerCase()) };
  }
  const folded = new Set(columns.map(plain));
  return ['id', 'text', 'endedat'].every((field) => folded.has(field))
    ? {
        kind: 'theirs',
        form: OURS_IN_ANY_CASE,
        fields: (column) => OUR_NAMES.has(plain(column)),
      }
    : { kind: 'unknown', because: unknownBecause(columns) };
}

/** The SQL of a vendor's own export; absent where its columns are anybody's. */
export function dialectOfColumns(columns: readonly string[]): ExportedForm['dialect'] | undefined {
  const names = new Set(columns.map((name) => name.toLowerCase()));
  return FORMS.find(({ marks }) => marks.every((mark) => names.has(mark)))?.dialect;
}

function unknownBecause(columns: readonly string[]): string {
  // What is no name may be somebody's value.
  const names = columns.map((name) => (isColumnName(name) ? name : '?'));
  const shown = names.slice(0, MOST_NAMED).join(', ');
  const more = columns.length > MOST_NAMED ? ` and ${columns.length - MOST_NAMED} more` : '';
  const known = FORMS.map(({ of }) => of).join(', ');
  return `none of its columns (${shown}${more}) is known; name them id, text and endedAt, or export one of these as it is: ${known}`;
}

/** Whether it reads like the name of a column: values, and statements most of all, are never told. */
export function isColumnName(name: string): boolean {
  return /^[A-Za-z_][\w.$-]{0,59}$/.test(name);
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll('_', '');
}

/** Names in lower case, as forms read them. */
export function lowered(record: HistoryRecord): HistoryRecord {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name.toLowerCase(), value]),
  );
}
