import type { HistoryRow } from '../history-row.ts';
import { momentOf } from './moment.ts';

/** A record as an export holds it: fields by name, of any type until checked. */
export type HistoryRecord = Readonly<Record<string, unknown>>;

export type ReadRecord =
  | { readonly kind: 'row'; readonly row: HistoryRow }
  | { readonly kind: 'bad'; readonly because: string };

/** Every field a record may have; others are ignored. */
export const HISTORY_FIELDS = [
  'id',
  'text',
  'endedAt',
  'startedAt',
  'status',
  'user',
  'role',
  'client',
  'tags',
  'database',
  'schema',
  'durationMs',
  'cpuMs',
  'rowsScanned',
  'bytesScanned',
  'rowsReturned',
  'cached',
] as const;

/**
 * Checks one record of an exported history. `id`, `text` and `endedAt` are required; a field that is present must be of
 * its kind, or the whole record is bad: half a record would be booked wrongly. Reasons name the field, never its value.
 */
export function readHistoryRecord(record: HistoryRecord): ReadRecord {
  try {
    return { kind: 'row', row: rowOf(record) };
  } catch (error) {
    if (error instanceof BadField) {
      return { kind: 'bad', because: error.message };
    }
    throw error;
  }
}

/** Thrown and caught within this file: a field that is not of its kind. */
class BadField extends Error {}

type Draft = { -readonly [Field in keyof HistoryRow]: HistoryRow[Field] };

/** Filled field by field, by name: a million of these are made in one cycle, and spreads cost a third of the time. */
function rowOf(record: HistoryRecord): HistoryRow {
  const row: Draft = {
    id: idOf(record['id']),
    text: statementOf(record['text']),
    endedAt: requiredMoment(record['endedAt']),
    status: statusOf(record['status']),
  };
  const startedAt = record['startedAt'];
  const tags = record['tags'];
  const cached = record['cached'];
  if (!isAbsent(startedAt)) {
    row.startedAt = moment('startedAt', startedAt);
  }
  addTexts(row, record);
  addNumbers(row, record);
  if (!isAbsent(tags)) {
    row.tags = tagsOf(tags);
  }
  if (!isAbsent(cached)) {
    row.cached = flagOf(cached);
  }
  return row;
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function idOf(value: unknown): string {
  if (isAbsent(value)) {
    throw new BadField('id is missing');
  }
  if (typeof value === 'string' && value !== '') {
    return value;
  }
  if (typeof value === 'number' && Number.isSafeInteger(value)) {
    return String(value);
  }
  throw new BadField('id must be text (or a whole number)');
}

function statementOf(value: unknown): string {
  if (isAbsent(value)) {
    throw new BadField('text is missing');
  }
  if (typeof value !== 'string') {
    throw new BadField('text must be text');
  }
  if (value.trim() === '') {
    throw new BadField('text is empty');
  }
  return value;
}

function requiredMoment(value: unknown): number {
  if (isAbsent(value)) {
    throw new BadField('endedAt is missing');
  }
  return moment('endedAt', value);
}

function moment(field: string, value: unknown): number {
  const at = momentOf(value);
  if (at === undefined) {
    throw new BadField(`${field} must be an ISO 8601 time or milliseconds since 1970`);
  }
  return at;
}

const STATUSES: ReadonlyMap<string, HistoryRow['status']> = new Map([
  ['success', 'success'],
  ['failed', 'failed'],
  ['cancelled', 'cancelled'],
  ['canceled', 'cancelled'],
  ['unknown', 'unknown'],
]);

function statusOf(value: unknown): HistoryRow['status'] {
  if (isAbsent(value)) {
    return 'unknown';
  }
  const status = typeof value === 'string' ? STATUSES.get(value.toLowerCase()) : undefined;
  if (status === undefined) {
    throw new BadField('status must be success, failed or cancelled');
  }
  return status;
}

function addTexts(row: Draft, record: HistoryRecord): void {
  const user = record['user'];
  const role = record['role'];
  const client = record['client'];
  const database = record['database'];
  const schema = record['schema'];
  if (!isAbsent(user)) {
    row.user = textOf('user', user);
  }
  if (!isAbsent(role)) {
    row.role = textOf('role', role);
  }
  if (!isAbsent(client)) {
    row.client = textOf('client', client);
  }
  if (!isAbsent(database)) {
    row.database = textOf('database', database);
  }
  if (!isAbsent(schema)) {
    row.schema = textOf('schema', schema);
  }
}

function textOf(field: string, value: unknown): string {
  if (typeof value !== 'string') {
    throw new BadField(`${field} must be text`);
  }
  return value;
}

function addNumbers(row: Draft, record: HistoryRecord): void {
  const durationMs = record['durationMs'];
  const cpuMs = record['cpuMs'];
  const rowsScanned = record['rowsScanned'];
  const bytesScanned = record['bytesScanned'];
  const rowsReturned = record['rowsReturned'];
  if (!isAbsent(durationMs)) {
    row.durationMs = amountOf('durationMs', durationMs);
  }
  if (!isAbsent(cpuMs)) {
    row.cpuMs = amountOf('cpuMs', cpuMs);
  }
  if (!isAbsent(rowsScanned)) {
    row.rowsScanned = amountOf('rowsScanned', rowsScanned);
  }
  if (!isAbsent(bytesScanned)) {
    row.bytesScanned = amountOf('bytesScanned', bytesScanned);
  }
  if (!isAbsent(rowsReturned)) {
    row.rowsReturned = amountOf('rowsReturned', rowsReturned);
  }
}

function amountOf(field: string, value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number) || number < 0) {
    throw new BadField(`${field} must be a number of at least 0`);
  }
  return number;
}

/** CSV knows texts only. */
const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

function flagOf(value: unknown): boolean {
  const flag = typeof value === 'string' ? FLAGS.get(value.toLowerCase()) : value;
  if (typeof flag !== 'boolean') {
    throw new BadField('cached must be true or false');
  }
  return flag;
}

/** An object; a list of `{key, value}` (a Parquet map); or the text of a JSON object. */
function tagsOf(value: unknown): Readonly<Record<string, string>> {
  const members = typeof value === 'string' ? parsedTags(value) : value;
  if (typeof members !== 'object' || members === null) {
    throw new BadField('tags must be an object');
  }
  const pairs = Array.isArray(members) ? members.map(pairOf) : Object.entries(members);
  const tags: Record<string, string> = {};
  for (const [name, tag] of pairs) {
    if (!isAbsent(tag)) {
      tags[name] = typeof tag === 'string' ? tag : JSON.stringify(tag);
    }
  }
  return tags;
}

function pairOf(member: unknown): readonly [string, unknown] {
  if (typeof member !== 'object' || member === null || !('key' in member) || !('value' in member)) {
    throw new BadField('tags must be an object');
  }
  return [String(member.key), member.value];
}

function parsedTags(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadField('tags must be an object');
  }
}
