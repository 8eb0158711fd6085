import type { Session } from '../../connectors/connector.ts';
import { offerOf } from '../../connectors/native-offer.ts';
import { nativeWordingOf } from '../../connectors/native-wording-of.ts';
import type { MartVersion } from '../../marts/mart.ts';
import type { VersionNative } from '../../marts/native-shape.ts';
import { numberCell, onlyRow } from '../../prove/cells.ts';
import {
  type ActionHandler,
  type ActionOf,
  type Done,
  nothingHappened,
  type StepWork,
} from '../action-handler.ts';
import { BUILD_CHECKS, REFRESH_CHECKS } from '../checks.ts';
import { measureSources } from '../freshness.ts';
import { gatherEvidence } from '../gather-evidence.ts';
import { judge } from '../judge.ts';
import { letNativeGo, noteUnproved } from '../let-native-go.ts';
import { authorsText } from '../logical-view.ts';
import type { MartRecord } from '../mart-record.ts';
import { marksRefilled, ownedMart, tableChanged } from '../owned.ts';
import { requireNoRowPolicies } from '../policies.ts';
import { requireProvable, ShapeRefused, sendShape } from '../shape-refused.ts';
import { whileSourcesStand } from '../sources-stand.ts';
import { ForeignChange, StepRefused } from '../step-refused.ts';
import { versionBytes } from '../version-bytes.ts';
import { writing } from '../work.ts';

type Refresh = ActionOf<'refresh-version'>;

/**
 * Tells the warehouse to bring the version readers have up to date, and proves it on the same state of its sources. Where that is
 * one transaction, readers see it proved or not at all; elsewhere they see it at once, and it is taken back where it does not hold.
 */
export const refreshVersion: ActionHandler<'refresh-version'> = {
  async run(action, work) {
    const bytes = await versionBytes(action, work);
    try {
      return await writing(work, {
        purpose: 'build',
        run: (session) => refresh(session, { action, work, bytes }),
      });
    } catch (error) {
      if (error instanceof ShapeRefused || isDisproved(error)) {
        const { message: because } = error;
        await letNativeGo(work, { relation: action.mart, because, isSeen: isDisproved(error) });
      }
      throw error;
    }
  },

  async resume(action, work) {
    return work.connector.capabilities.transactionalDdl
      ? nothingHappened
      : await noteUnproved(action.mart, work);
  },
};

function isDisproved(error: unknown): error is StepRefused {
  return error instanceof StepRefused && error.code.startsWith('CHECK_');
}

interface RefreshParts {
  readonly action: Refresh;
  readonly work: StepWork;
  readonly bytes: number;
}

async function refresh(session: Session, parts: RefreshParts): Promise<Done> {
  const { action, work } = parts;
  const { mart: relation } = action;
  const record = await ownedMart({ ledger: work.ledger, session }, relation);
  const { definition } = record.mart;
  const before = nativeVersion(record, action);
  const changed = await tableChanged({ record, version: before }, session);
  if (changed?.kind === 'foreign') {
    throw new ForeignChange(changed.because);
  }
  if (changed !== undefined) {
    throw new StepRefused('MARK_UNREADABLE', changed.because);
  }
  await requireNoRowPolicies(session, { definition, text: authorsText(record) });
  const version = await whileSourcesStand(session, {
    sources: definition.sources,
    doing: `refresh of ${relation} v${before.version}`,
    run: () => refreshAndProve(session, { ...parts, record, before }),
  });
  const marks = await marksRefilled(version, { marks: record.marks, session });
  const mart = { ...record.mart, current: version };
  await work.ledger.writeRecord({ ...record, marks, mart }, session);
  const { keepsItself } = offerOf(work.connector.capabilities, version.native.kind) ?? {};
  const how = keepsItself === true ? 'kept current' : 'refreshed in its place';
  const detail = `${relation} v${version.version} is ${how} by the warehouse and ${action.proveWhole ? 'proved equal' : 'holds what it rests on'}: ${version.rows} rows`;
  await work.finish(session, detail);
  return {
    detail,
    evidence: { rows: version.rows, rowsBefore: before.rows, refreshes: version.native.refreshes },
  };
}

type Native = MartVersion & { readonly native: VersionNative };

/** The version readers have, which must be the one the plan means. */
function nativeVersion({ mart }: MartRecord, action: Refresh): Native {
  const { current, stage } = mart;
  if (
    stage !== 'physical' ||
    current?.version !== action.version ||
    current.table !== action.table
  ) {
    throw new StepRefused(
      'NOT_READ',
      `version ${action.version} of ${action.mart} (${action.table}) is not what its readers have`,
    );
  }
  const { native } = current;
  if (native === undefined) {
    throw new StepRefused(
      'NOT_NATIVE',
      `version ${action.version} of ${action.mart} is a table, which a build of the next version refreshes`,
    );
  }
  if (native.isFormer === true) {
    throw new StepRefused(
      'FORMER_DEFINITION',
      `version ${action.version} of ${action.mart} would be refreshed by the definition it had before its sources were followed; the next version is built`,
    );
  }
  return { ...current, native };
}

async function refreshAndProve(
  session: Session,
  {
    action,
    work,
    bytes,
    record,
    before,
  }: RefreshParts & { readonly record: MartRecord; readonly before: Native },
): Promise<Native> {
  const { mart: relation, table, budget, proveWhole } = action;
  const { definition } = record.mart;
  const { native } = before;
  const at = work.clock.now();
  const { startsWithinMs = 0 } = offerOf(work.connector.capabilities, native.kind) ?? {};
  const timeoutMs = budget.cpuMs + SLACK_MS + startsWithinMs;
  const options = { signal: work.signal, timeoutMs };
  const wording = nativeWordingOf(session.wording, native.kind);
  if (wording === undefined) {
    throw new ShapeRefused(`the warehouse has no ${native.kind}`);
  }
  const sql = wording.refresh?.(table);
  if (sql !== undefined) {
    await sendShape(session, { sql, kind: native.kind, purpose: 'build', ...options });
  }
  if (proveWhole) {
    const kept = { kind: native.kind, relation: table, definition: definition.sql };
    await requireProvable(session, { ...kept, purpose: 'verify', ...options });
  }
  await work.inside();
  const evidence = await gatherEvidence(session, {
    work,
    action,
    definition,
    stands: undefined,
    isKept: true,
    made: { sourceStates: () => measureSources({ session, work }, definition) },
    cpuMs: () => 0,
    at,
    source: `refresh of ${relation} v${before.version}`,
  });
  for (const each of proveWhole ? BUILD_CHECKS : REFRESH_CHECKS) {
    judge(each.id, await each.check(evidence));
    await work.inside();
  }
  const { facts } = await evidence.verified();
  const counted = await session.query(
    `select count(*) from ${session.wording.names.relation(table)}`,
    { purpose: 'verify', signal: work.signal },
  );
  return {
    ...before,
    verifiedFreshAt: at,
    sourceStates: await measureSources({ session, work }, definition),
    rows: numberCell(onlyRow(counted)[0]),
    bytes,
    facts,
    native: {
      ...native,
      refreshes: native.refreshes + 1,
      sinceWhole: proveWhole ? 0 : native.sinceWhole + 1,
    },
  };
}

/** Wall time beyond the cpu budget before a refresh is cancelled: for waiting, not for working. */
const SLACK_MS = 30_000;
