import type { Session } from '../../connectors/connector.ts';
import type { MartDefinition, MartVersion } from '../../marts/mart.ts';
import { sumOfRanges } from '../../marts/ranges.ts';
import { meterConnector } from '../../prove/metered.ts';
import { type Replayed, replayStatements } from '../../prove/replay.ts';
import { sourcesMoved } from '../../prove/source-state.ts';
import { requireNoWiderEyes } from '../access.ts';
import type { ActionHandler, ActionOf, Done, StepWork } from '../action-handler.ts';
import { buildAs, martWith, type NativeRefused } from '../build-as.ts';
import { BUILD_CHECKS, REPLAY_CHECKS } from '../checks.ts';
import { ensureSchemaOf } from '../ensure-schema.ts';
import { requireNoWiderPlace } from '../eyes.ts';
import { measureAgain } from '../freshness.ts';
import { gatherEvidence } from '../gather-evidence.ts';
import { judge } from '../judge.ts';
import { authorsText } from '../logical-view.ts';
import { makeVersion } from '../make-version.ts';
import { type MakeVersion, markerOf } from '../make-whole.ts';
import { versionMarker } from '../marker.ts';
import type { TableMark } from '../mart-record.ts';
import type { MeasuredCut } from '../measure-cut.ts';
import { marksOf, ownedMart } from '../owned.ts';
import { requireNoRowPolicies } from '../policies.ts';
import { requirePlace } from '../require-place.ts';
import { requiredCut } from '../required-cut.ts';
import { whileSourcesStand } from '../sources-stand.ts';
import { StepRefused } from '../step-refused.ts';
import { undoBuild } from '../undo-build.ts';
import { giveUpUnfinished } from '../unfinished.ts';
import { versionBytes } from '../version-bytes.ts';
import { markObjects } from '../version-objects.ts';
import { writing } from '../work.ts';

type Build = ActionOf<'build-version'>;

/**
 * Builds and checks content on one snapshot, in one transaction; then replays real statements on both sides, each in a
 * read-only transaction (law 15) whose sources must still be as at the build; then writes the ledger. Readers see nothing.
 */
export const buildVersion: ActionHandler<'build-version'> = {
  async run(action, plainWork) {
    let cpuMs = 0;
    const connector = meterConnector(plainWork.connector, (_purpose, cost) => {
      cpuMs += cost.cpuMs;
    });
    const work: StepWork = { ...plainWork, connector };
    try {
      const { built, refused } = await buildAs(action, {
        build: (each) => build(each, { work, cpuMs: () => cpuMs }),
        clear: async () =>
          connector.capabilities.transactionalDdl ? undefined : await undoBuild(action, work),
      });
      await work.inside();
      const bytes = await versionBytes(action, work);
      const replayed = await replay(action, { work, built });
      await work.inside();
      for (const each of REPLAY_CHECKS) {
        judge(each.id, each.check({ action, bytes, cpuMs, replayed }));
      }
      return await enterLedger(action, { work, built: { ...built, bytes }, replayed, refused });
    } catch (error) {
      if (error instanceof StepRefused && !WORTH_KEEPING.has(error.code)) {
        await giveUpUnfinished(plainWork, action);
      }
      throw error;
    }
  },

  resume: (action, work) => undoBuild(action, work),
};

/** Refusals after which what steps filled is as good as before. */
const WORTH_KEEPING: ReadonlySet<string> = new Set(['SOURCES_MOVED', 'NOT_FILLED', 'QUARANTINED']);

interface Built {
  readonly version: Omit<MartVersion, 'bytes'>;
  readonly definition: MartDefinition;
  readonly marks: Readonly<Record<string, TableMark>>;
  readonly cut: MeasuredCut | undefined;
  /** How its table was made, in words. */
  readonly how: string | undefined;
}

function build(
  action: Build,
  { work, cpuMs }: { readonly work: StepWork; readonly cpuMs: () => number },
): Promise<Built> {
  const { mart: relation, table, version, budget } = action;
  // Before the snapshot is taken, so the version is at most this old whatever the build takes.
  const at = work.clock.now();
  return writing(work, {
    purpose: 'build',
    async run(session) {
      const record = await ownedMart({ ledger: work.ledger, session }, relation);
      const { mart } = record;
      const { definition } = mart;
      if (definition.sources.length === 0) {
        throw new StepRefused(
          'SOURCES_UNKNOWN',
          `the definition of ${relation} names no sources, so nobody could tell when it is stale`,
        );
      }
      await requireNoRowPolicies(session, { definition, text: authorsText(record) });
      // The flip looks again; what it would refuse now is not worth building.
      await requireNoWiderEyes(session, definition, { text: authorsText(record) });
      if (session.wording.access?.readsAsReader === true) {
        await requireNoWiderPlace(session, { ...definition, table });
      }
      await requirePlace(session, { action, record });
      const known = [mart.current, ...mart.hidden.map((hidden) => hidden.version)];
      if (known.some((other) => other !== undefined && other.version >= version)) {
        throw new StepRefused(
          'VERSION_TAKEN',
          `version ${version} of ${relation} is not newer than those the ledger knows`,
        );
      }
      const options = { purpose: 'build', signal: work.signal } as const;
      await ensureSchemaOf(session, { relation: table, ...options });
      const timeoutMs = budget.cpuMs + SLACK_MS;
      return await whileSourcesStand(session, {
        sources: definition.sources,
        doing: `build of ${relation} v${version}`,
        run: () => makeAndProve(session, { action, work, record, timeoutMs, cpuMs, at }),
      });
    },
  });
}

/** On one snapshot, or on one state of the sources. */
async function makeAndProve(
  session: Session,
  {
    action,
    work,
    record,
    timeoutMs,
    cpuMs,
    at,
  }: MakeVersion & { readonly cpuMs: () => number; readonly at: number },
): Promise<Built> {
  const { mart: relation, table, version, slim } = action;
  const { mart } = record;
  const { definition, definitionDigest } = mart;
  const options = { purpose: 'build', signal: work.signal } as const;
  const made = await makeVersion(session, { action, record, work, timeoutMs });
  await work.inside();
  if (session.wording.staged === undefined) {
    const comment = versionMarker(relation, version, definitionDigest);
    await markObjects(session, { version: action, comment, ...options });
    await work.inside();
  }
  const source = `build of ${relation} v${version}`;
  const evidence = await gatherEvidence(session, {
    work,
    action,
    definition,
    stands: mart.current?.slim,
    isKept: [action, mart.current, ...mart.hidden.map((hidden) => hidden.version)].some(
      (each) => each?.native !== undefined,
    ),
    made,
    cpuMs,
    at,
    source,
  });
  const cut = await requiredCut(action, {
    session,
    work,
    definition,
    stands: mart.current?.slim,
    comment: session.wording.staged === undefined ? undefined : markerOf({ action, record }),
    cpuMs,
    timeoutMs,
  });
  for (const each of BUILD_CHECKS) {
    judge(each.id, await each.check(evidence));
    await work.inside();
  }
  const { facts } = await evidence.verified();
  const parts = await evidence.tableRanges();
  return {
    definition,
    cut,
    how: made.how,
    marks: await marksOf(action, session),
    version: {
      version,
      table,
      builtAt: at,
      sourceStates: await made.sourceStates(),
      verifiedFreshAt: at,
      rows: parts === undefined ? (await evidence.contents()).table.rows : sumOfRanges(parts).rows,
      facts,
      ...(slim === undefined ? {} : { slim }),
      ...(action.native === undefined
        ? {}
        : { native: { ...action.native, refreshes: 0, sinceWhole: 0 } }),
      ...(made.growth === undefined ? {} : { growth: made.growth }),
      ...(made.ranges === undefined || parts === undefined
        ? {}
        : { ranges: { ...made.ranges, table: parts } }),
    },
  };
}

/** Wall time beyond the cpu budget before the build is cancelled: for waiting, not for working. */
const SLACK_MS = 30_000;

function replay(
  action: Build,
  { work, built }: { readonly work: StepWork; readonly built: Built },
): Promise<Replayed> {
  const { replay: ports, connector, caps, signal } = work;
  const { mart, table } = action;
  const { definition, version } = built;
  return replayStatements(
    { statements: action.replay, timed: action.reason === 'promote' },
    {
      connector,
      signal,
      keptOnServed: version.native !== undefined,
      fetchTexts: ports.fetchTexts,
      isSafeToReplay: ports.isSafeToReplay,
      rewriteForReplay: (fingerprint, text) =>
        ports.rewriteForReplay(fingerprint, text, { mart, table, definition }),
      limits: {
        statementMs: caps.replayStatementTimeout,
        statements: caps.replayStatements,
        totalCpuMs: action.budget.cpuMs,
      },
      async checkSnapshot(session) {
        const states = await measureAgain({ session, work }, version.sourceStates);
        const moved = sourcesMoved(version.sourceStates, states);
        if (moved !== undefined) {
          throw new StepRefused(
            'SOURCES_MOVED',
            `the sources of ${mart} moved between its build and the replay: ${moved}; the next cycle tries again`,
          );
        }
      },
    },
  );
}

async function enterLedger(
  { mart: relation, version: number }: Build,
  parts: {
    readonly work: StepWork;
    readonly built: Built & { readonly bytes: number };
    readonly replayed: Replayed;
    readonly refused: NativeRefused | undefined;
  },
): Promise<Done> {
  const { work, built, replayed, refused } = parts;
  const version: MartVersion = { ...built.version, bytes: built.bytes };
  const gain =
    replayed.baseCpuMs === 0 ? '' : `, cpu time cut by ${Math.round(replayed.gain * 100)} %`;
  const proved = replayed.statements.filter(({ kind }) => kind === 'equal');
  const how = refused === undefined ? built.how : `as a table: ${refused.because}`;
  const detail = `${relation} v${number} is built hidden and proved equal${how === undefined ? '' : ` (${how})`}: ${version.rows} rows, ${replayed.equal} statements replayed${gain}`;
  await writing(work, {
    purpose: 'ledger',
    async run(session) {
      const record = await ownedMart({ ledger: work.ledger, session }, relation);
      const at = work.clock.now();
      await work.ledger.writeRecord(
        {
          ...record,
          marks: { ...record.marks, ...built.marks },
          mart: martWith(version, { mart: record.mart, refused, at }),
        },
        session,
      );
      await work.finish(session, detail);
    },
  });
  work.replay.onProved?.(
    proved.map(({ fingerprint }) => fingerprint),
    built.definition,
  );
  return {
    detail,
    evidence: {
      rows: version.rows,
      bytes: version.bytes,
      replayed: replayed.equal,
      gain: Math.round(replayed.gain * 1000) / 1000,
      baseCpuMs: replayed.baseCpuMs,
      servedCpuMs: replayed.servedCpuMs,
      ...(built.cut === undefined
        ? {}
        : {
            cut: Math.round(built.cut.cut * 1000) / 1000,
            cutPairs: built.cut.pairs,
            refreshCpuMsBefore: built.cut.beforeCpuMs,
            refreshCpuMsAfter: built.cut.afterCpuMs,
          }),
    },
  };
}
