import { digestOf } from '../../base/digest.ts';
import type { Session } from '../../connectors/connector.ts';
import type { MartVersion } from '../../marts/mart.ts';
import { compareResults } from '../../prove/compare-results.ts';
import { columnsDiffer, describeQuery } from '../../prove/describe-query.ts';
import { verifyObligations } from '../../prove/verify-obligations.ts';
import { letOwnerRead } from '../access.ts';
import {
  type ActionHandler,
  type ActionOf,
  type Done,
  nothingHappened,
  type StepWork,
} from '../action-handler.ts';
import { ensureSchemaOf } from '../ensure-schema.ts';
import { justifyFreshness, measureSources } from '../freshness.ts';
import { versionMarker } from '../marker.ts';
import { requireOwnDatabase } from '../own-database.ts';
import { filledBy, marksOf } from '../owned.ts';
import { requireNoRowPolicies } from '../policies.ts';
import { publishView } from '../publish-view.ts';
import { requireTransactions } from '../require-transactions.ts';
import { sameRelation } from '../same-relation.ts';
import {
  copyTable,
  createVersionView,
  dropTable,
  selectLogical,
  selectVersion,
  type VersionView,
} from '../statements.ts';
import { StepRefused } from '../step-refused.ts';
import { markObjects } from '../version-objects.ts';
import { findObject } from '../warehouse-objects.ts';
import { whatIsLostAsView } from '../what-is-lost-as-view.ts';
import { writing } from '../work.ts';

type Adoption = ActionOf<'adopt-table'>;

/**
 * Takes a table over in one transaction: what it holds is proved to be what its definition says now, moves into the data schema
 * as the first version, and the stable view takes its name. A warehouse may know no move between schemas, so it is a copy,
 * compared with the table through the view before it takes its place.
 */
export const adoptTable: ActionHandler<'adopt-table'> = {
  async run(action, work) {
    requireTransactions(work, { relation: action.mart, what: 'taking over the table' });
    const asOf = work.clock.now();
    return await writing(work, {
      purpose: 'publish',
      async run(session) {
        await requireAdoptable(session, { action, work });
        const { rows, columns } = await requireSame(session, { action, work });
        const version = await moveAside(session, { action, work, rows, asOf });
        return await publish(session, { action, work, version, asOf, columns });
      },
    });
  },

  async resume() {
    return nothingHappened;
  },
};

interface Step {
  readonly action: Adoption;
  readonly work: StepWork;
}

async function requireAdoptable(session: Session, { action, work }: Step): Promise<void> {
  const { mart: relation, table, definition } = action;
  await requireOwnDatabase(session, relation);
  await requireOwnDatabase(session, table);
  const found = await findObject(session, relation);
  if (found?.kind !== 'table') {
    throw new StepRefused('NOT_A_TABLE', `${relation} is not a table (any more)`);
  }
  if ((await work.ledger.readRecord(relation, session)) !== undefined) {
    throw new StepRefused('ALREADY_OURS', `${relation} is in the ledger already`);
  }
  const taken = await findObject(session, table);
  if (taken !== undefined) {
    throw new StepRefused(
      'NAME_TAKEN',
      `a ${taken.kind} named ${table} exists already, so ${relation} is not moved there`,
    );
  }
  await requireNoRowPolicies(session, { definition });
  const lost = await whatIsLostAsView(session, relation);
  if (lost !== undefined) {
    throw new StepRefused(
      'KEPT_BY_TABLE_ONLY',
      `${relation} has ${lost}, which a view cannot keep; drop them, or leave the table to its own job`,
    );
  }
  const { sources } = definition;
  if (sources.length === 0 || sources.some((source) => sameRelation(source, relation))) {
    throw new StepRefused(
      'SOURCES_UNKNOWN',
      `the definition of ${relation} reads ${sources.length === 0 ? 'nothing' : 'the table itself'}, so nobody could tell when it is stale`,
    );
  }
}

/** The definition has the table's columns and gives exactly its rows, on this one snapshot. */
async function requireSame(
  session: Session,
  { action: { mart: relation, definition }, work }: Step,
): Promise<{ readonly rows: number; readonly columns: number }> {
  const options = { purpose: 'verify', signal: work.signal } as const;
  const held = `select * from ${session.wording.names.relation(relation)}`;
  const columns = await describeQuery(session, { sql: held, ...options });
  const made = await describeQuery(session, { sql: definition.sql, ...options });
  const differing = columnsDiffer(definition.columns, columns) ?? columnsDiffer(columns, made);
  if (differing !== undefined) {
    throw new StepRefused(
      'COLUMNS_DIFFER',
      `the definition handed over for ${relation} does not have the table's columns: ${differing}`,
    );
  }
  const same = await compareResults(session, {
    left: held,
    right: selectLogical(definition, session.wording),
    approximate: true,
    ...options,
  });
  await work.inside();
  if (same.kind === 'different') {
    throw new StepRefused(
      'ANSWERS_DIFFER',
      `${relation} does not hold what the definition handed over gives now (let its own job build it a last time, or correct the definition): ${same.because}`,
      same.evidence,
    );
  }
  return { rows: same.rows, columns: columns.length };
}

async function moveAside(
  session: Session,
  { action, work, rows, asOf }: Step & { readonly rows: number; readonly asOf: number },
): Promise<MartVersion> {
  const { mart: relation, definition, version, table } = action;
  const options = { purpose: 'publish', signal: work.signal } as const;
  await ensureSchemaOf(session, { relation: table, ...options });
  for (const sql of copyTable(relation, {
    to: table,
    columns: definition.columns,
    wideIntegerOption: work.connector.capabilities.wideIntegerOption,
    wording: session.wording,
  })) {
    await session.execute(sql, options);
  }
  await work.inside();
  const comment = versionMarker(relation, version, digestOf(definition));
  await markObjects(session, { version: { table }, comment, ...options });
  const { facts, broken } = await verifyObligations(session, {
    obligations: definition.obligations,
    source: `takeover of ${relation}`,
    at: asOf,
    purpose: 'facts',
    signal: work.signal,
  });
  if (broken.length > 0) {
    throw new StepRefused(
      'OBLIGATIONS_BROKEN',
      `${broken.length} facts the definition of ${relation} rests on do not hold`,
    );
  }
  const catalog = await work.connector.readCatalog({ purpose: 'catalog', signal: work.signal });
  return {
    version,
    table,
    builtAt: asOf,
    sourceStates: await measureSources({ session, work }, definition),
    verifiedFreshAt: asOf,
    rows,
    bytes: catalog.find(({ id }) => sameRelation(id, relation))?.bytes ?? 0,
    facts,
  };
}

async function publish(
  session: Session,
  {
    action,
    work,
    version,
    asOf,
    columns,
  }: Step & { readonly version: MartVersion; readonly asOf: number; readonly columns: number },
): Promise<Done> {
  const { mart: relation, definition, freshUntil } = action;
  const { table } = version;
  await justifyFreshness({ session, work }, { definition, version, freshUntil, asOf });
  const tableColumns = await describeQuery(session, {
    sql: `select * from ${session.wording.names.relation(table)}`,
    purpose: 'verify',
  });
  const marks = await marksOf(version, session);
  const carriesExpiry = work.connector.capabilities.foldsNowInViews && work.clock.kind === 'system';
  await letOwnerRead(session, { view: relation, version });
  const versionView: VersionView = {
    definition,
    table,
    tableColumns,
    freshUntil: carriesExpiry ? freshUntil : undefined,
    wording: session.wording,
    filledBy: filledBy({ marks }, version),
  };
  const published = await publishView(session, {
    view: relation,
    columns: definition.columns,
    dropsFirst: true,
    statement: [dropTable(relation, session.wording), createVersionView(versionView)],
    willSelect: selectVersion(versionView),
    compareAnswers: true,
    inside: work.inside,
    signal: work.signal,
  });
  await work.ledger.writeRecord(
    {
      mart: {
        definition,
        definitionDigest: digestOf(definition),
        stage: 'physical',
        createdAt: work.clock.now(),
        current: version,
        hidden: [],
        was: 'table',
      },
      viewText: published.viewText,
      freshUntil,
      marks,
    },
    session,
  );
  const detail = `${relation} is taken over: what it held is version ${version.version}, and its answers are unchanged`;
  await work.finish(session, detail);
  return {
    detail,
    evidence: { rows: version.rows, columns, dependents: published.dependents.length },
  };
}
