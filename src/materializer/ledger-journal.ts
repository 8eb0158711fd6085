import { z } from 'zod';
import type { EpochMs } from '../base/clock.ts';
import { canonicalJson } from '../base/digest.ts';
import type { RelationId } from '../base/relation.ts';
import type { Cell, Session } from '../connectors/connector.ts';
import type { NameWording } from '../connectors/wording.ts';
import type { Action, ActionKind } from '../plan/action.ts';
import { numberCell, onlyRow, textCell } from '../prove/cells.ts';
import type { JournalEntry } from './journal.ts';
import type { LedgerTables } from './ledger-tables.ts';
import { storedDefinition, storedNativeShape, storedSlimForm } from './mart-record.ts';
import { storedGrownBuild } from './stored-growth.ts';
import { storedRangedBuild, storedRangedBy } from './stored-ranges.ts';

const options = { purpose: 'ledger' } as const;

/** Writes the intent; its id is one more than the last. The caller's transaction holds the lease. */
export async function beginEntry(
  session: Session,
  { tables, ...entry }: Omit<JournalEntry, 'id'> & { readonly tables: LedgerTables },
): Promise<number> {
  const last = await session.query(`select coalesce(max(id), 0) from ${tables.journal}`, options);
  const id = numberCell(onlyRow(last)[0]) + 1;
  const { names } = session.wording;
  const values = [
    id,
    names.text(entry.planDigest),
    entry.step,
    names.text(entry.action.kind),
    names.text(entry.action.mart),
    names.text(canonicalJson(entry.action)),
    entry.fencingToken,
    entry.startedAt,
    'null',
    'null',
    'null',
  ];
  await session.execute(`insert into ${tables.journal} values (${values.join(', ')})`, options);
  return id;
}

export interface EntryEnd {
  readonly id: number;
  readonly endedAt: EpochMs;
  readonly outcome: NonNullable<JournalEntry['outcome']>;
  readonly detail: string;
}

/** Writes the outcome; an entry that already has one keeps it. */
export async function endEntry(
  session: Session,
  { tables, id, endedAt, outcome, detail }: EntryEnd & { readonly tables: LedgerTables },
): Promise<void> {
  const { names } = session.wording;
  await session.execute(
    `update ${tables.journal}
set ended_at = ${endedAt}, outcome = ${names.text(outcome)}, detail = ${names.text(detail)}
where id = ${id} and ended_at is null`,
    options,
  );
}

/** Entries begun since a moment, or without an end yet, or of one verb; in the order they were begun. */
export async function readEntries(
  session: Session,
  {
    tables,
    ...which
  }: { readonly tables: LedgerTables } & (
    | { readonly since: EpochMs }
    | { readonly open: true }
    | { readonly verb: ActionKind; readonly since: EpochMs }
    | { readonly planDigest: string }
  ),
): Promise<readonly JournalEntry[]> {
  const { rows } = await session.query(
    `select id, plan_digest, step, action, fencing_token, started_at, ended_at, outcome, detail
from ${tables.journal}
where ${filterOf(which, session.wording.names)}
order by id`,
    options,
  );
  return rows.map(readEntry);
}

function filterOf(
  which:
    | { readonly since: EpochMs }
    | { readonly open: true }
    | { readonly verb: ActionKind; readonly since: EpochMs }
    | { readonly planDigest: string },
  names: NameWording,
): string {
  if ('verb' in which) {
    return `verb = ${names.text(which.verb)} and started_at >= ${which.since}`;
  }
  if ('planDigest' in which) {
    return `plan_digest = ${names.text(which.planDigest)}`;
  }
  return 'since' in which ? `started_at >= ${which.since}` : 'ended_at is null';
}

function readEntry(row: readonly Cell[]): JournalEntry {
  const [id, planDigest, step, action, fencingToken, startedAt, endedAt, outcome, detail] = row;
  return {
    id: numberCell(id),
    planDigest: textCell(planDigest) ?? '',
    step: numberCell(step),
    action: parseAction(textCell(action) ?? ''),
    fencingToken: numberCell(fencingToken),
    startedAt: numberCell(startedAt),
    ...(endedAt === null || endedAt === undefined
      ? {}
      : {
          endedAt: numberCell(endedAt),
          outcome: outcomes.parse(outcome),
          detail: textCell(detail) ?? '',
        }),
  };
}

const outcomes = z.enum(['done', 'failed', 'undone']);
const relation = z.string().transform((text) => text as RelationId);
const target = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('version'),
    version: z.number(),
    table: relation,
    freshUntil: z.number(),
  }),
  z.object({ kind: z.literal('logical') }),
]);

const stage = z.enum(['kept', 'announced', 'hidden', 'tombstoned']);

const storedAction = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('create-mart'), mart: relation, definition: storedDefinition }),
  z.object({
    kind: z.literal('adopt-view'),
    mart: relation,
    definition: storedDefinition,
    originalSql: z.string(),
  }),
  z.object({
    kind: z.literal('adopt-table'),
    mart: relation,
    definition: storedDefinition,
    version: z.number(),
    table: relation,
    freshUntil: z.number(),
  }),
  z.object({
    kind: z.literal('build-version'),
    mart: relation,
    version: z.number(),
    table: relation,
    reason: z.enum(['promote', 'refresh']),
    replay: z.array(z.object({ fingerprint: z.string(), sampleIds: z.array(z.string()) })),
    minimumGain: z.number(),
    budget: z.object({ cpuMs: z.number(), bytes: z.number() }),
    slim: storedSlimForm.exactOptional(),
    clusteredBy: z.array(z.string()).exactOptional(),
    partedBy: z.string().exactOptional(),
    minimumCut: z.number().exactOptional(),
    ranged: storedRangedBuild.exactOptional(),
    grown: storedGrownBuild.exactOptional(),
    native: storedNativeShape.exactOptional(),
  }),
  z.object({
    kind: z.literal('refresh-version'),
    mart: relation,
    version: z.number(),
    table: relation,
    proveWhole: z.boolean(),
    budget: z.object({ cpuMs: z.number() }),
  }),
  z.object({
    kind: z.literal('fill-version'),
    mart: relation,
    version: z.number(),
    table: relation,
    by: storedRangedBy,
    rowsPerStep: z.number(),
    budget: z.object({ cpuMs: z.number(), bytes: z.number() }),
    clusteredBy: z.array(z.string()).exactOptional(),
    partedBy: z.string().exactOptional(),
  }),
  z.object({
    kind: z.literal('mark-attributes'),
    mart: relation,
    changes: z.array(z.object({ name: z.string(), from: stage, to: stage, because: z.string() })),
  }),
  z.object({ kind: z.literal('repoint-view'), mart: relation, to: target }),
  z.object({
    kind: z.literal('hold-version'),
    mart: relation,
    version: z.number(),
    table: relation,
    because: z.string(),
  }),
  z.object({
    kind: z.literal('follow-source'),
    mart: relation,
    from: z.string(),
    definition: storedDefinition,
    change: z.string(),
    proof: z.enum(['same-answers', 'statement-seen', 'approved']),
    without: z.array(z.string()).exactOptional(),
  }),
  z.object({
    kind: z.literal('drop-version'),
    mart: relation,
    version: z.number(),
    table: relation,
  }),
  z.object({
    kind: z.literal('release-mart'),
    mart: relation,
    asItStands: z.literal(true).exactOptional(),
  }),
]);

function parseAction(json: string): Action {
  return storedAction.parse(JSON.parse(json));
}
