import type { Session } from '../connectors/connector.ts';
import { offerOf } from '../connectors/native-offer.ts';
import { nativeWordingOf } from '../connectors/native-wording-of.ts';
import type { GrownBy, VersionGrowth } from '../marts/growth.ts';
import type { MartVersion, SourceState } from '../marts/mart.ts';
import type { VersionRanges } from '../marts/ranges.ts';
import type { ActionOf } from './action-handler.ts';
import { measureSources } from './freshness.ts';
import { versionMarker } from './marker.ts';
import type { MartRecord } from './mart-record.ts';
import { requireUniqueKeys } from './require-unique-keys.ts';
import { requireProvable, ShapeRefused, sendShape } from './shape-refused.ts';
import { uniqueKeys } from './slim-statements.ts';
import { createVersion } from './statements.ts';
import type { Work } from './work.ts';

export interface MakeVersion {
  readonly action: ActionOf<'build-version'>;
  readonly record: MartRecord;
  readonly work: Work;
  readonly timeoutMs: number;
}

/** What a build did to its table, on the snapshot it did it on. */
export interface Made {
  readonly sourceStates: () => Promise<readonly SourceState[]>;
  /** As the version is to remember them, but for its table's own; absent where it is one piece. */
  readonly ranges?: Omit<VersionRanges, 'table'>;
  /** Ranges taken from the version before; absent where everything was computed. */
  readonly kept?: KeptRanges;
  /** As the version is to remember it; absent where nothing can be added to it. */
  readonly growth?: VersionGrowth;
  /** What was added to the version before; absent where everything was computed, or is to be compared as if it were. */
  readonly added?: AddedRows;
  /** How it was made, in words; absent where simply everything was computed. */
  readonly how?: string;
}

export interface KeptRanges {
  readonly kept: readonly number[];
  readonly computed: readonly number[];
  readonly before: VersionRanges;
}

/** The definition over rows added to a source, and the version it was added to: together what the next one holds. */
export interface AddedRows {
  readonly by: GrownBy;
  readonly before: MartVersion;
  readonly sql: string;
  /** The added rows, as a SELECT over the source. */
  readonly rows: string;
  /** Rows of the whole source now. */
  readonly sourceRows: number;
}

/** Everything computed, in one statement. */
export async function makeWhole(
  session: Session,
  { action, record, work, timeoutMs }: MakeVersion,
): Promise<Made> {
  const { definition } = record.mart;
  const { capabilities } = work.connector;
  const { wideIntegerOption } = capabilities;
  const { slim, clusteredBy, partedBy, native } = action;
  const { wording } = session;
  const comment = markerOf({ action, record });
  const lying = { clusteredBy, partedBy };
  const tables = { definition, slim, wideIntegerOption, comment, ...lying, native, wording };
  const options = { purpose: 'build', signal: work.signal, timeoutMs } as const;
  if (native !== undefined && nativeWordingOf(wording, native.kind) === undefined) {
    throw new ShapeRefused(`the warehouse has no ${native.kind}`);
  }
  const statements = createVersion(action.table, tables);
  const unique = uniqueKeys(slim, wording);
  for (const sql of statements.slice(0, statements.length - unique.length)) {
    await (native === undefined
      ? session.execute(sql, options)
      : sendShape(session, {
          sql,
          kind: native.kind,
          ...options,
          timeoutMs: timeoutMs + (offerOf(capabilities, native.kind)?.startsWithinMs ?? 0),
        }));
  }
  if (native !== undefined) {
    const made = { kind: native.kind, relation: action.table, definition: definition.sql };
    // Who builds and who replays may be two.
    for (const each of [session, work.connector]) {
      await requireProvable(each, { ...made, purpose: 'verify', signal: work.signal });
    }
  }
  await requireUniqueKeys(session, { form: slim, signal: work.signal, purpose: 'verify' });
  for (const sql of unique) {
    await session.execute(sql, options);
  }
  return {
    sourceStates: () => measureSources({ session, work }, definition),
  };
}

/** Stands on the table from its first moment, where marking it would be a statement of its own. */
export function markerOf({ action, record }: Pick<MakeVersion, 'action' | 'record'>): string {
  return versionMarker(action.mart, action.version, record.mart.definitionDigest);
}
