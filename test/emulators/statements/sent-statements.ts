import { relationId } from '../../../src/base/relation.ts';
import type { CallOptions, Session } from '../../../src/connectors/connector.ts';
import type { Grant, Wording } from '../../../src/connectors/wording.ts';
import type { DryRunTarget } from '../../../src/materializer/dry-run-kind.ts';
import { readingKinds } from '../../../src/materializer/dry-run-reading.ts';
import { writingKinds } from '../../../src/materializer/dry-run-writing.ts';
import { guardMarts } from '../../../src/materializer/quarantine.ts';
import {
  build,
  DAY,
  HOUR,
  idOf,
  type LoopSubject,
  openLoopWorld,
  START,
  salesDefinition,
  salesOf,
  toLogicalOf,
  toVersion,
  versionTable,
} from '../../conformance/loop-world.ts';

/** A mart's whole life, the catalog and the doctor, on a server that keeps what it was sent. */
export async function liveThrough(subject: LoopSubject): Promise<void> {
  const world = await openLoopWorld(subject);
  try {
    const mart = salesOf(subject);
    const lives = [
      [{ kind: 'create-mart', mart, definition: salesDefinition(subject) }],
      [build(1, 'promote', subject), toVersion(1, START + DAY, subject)],
      [build(2, 'refresh', subject), toVersion(2, START + DAY, subject)],
      [toLogicalOf(subject)],
    ] as const;
    for (const actions of lives) {
      await done(world.apply([...actions]));
    }
    await guardMarts(world.work);
    await world.connector.stopStatements?.([mart], { purpose: 'catalog' });
    world.clock.turnTo(START + 30 * DAY);
    await done(
      world.apply([
        { kind: 'drop-version', mart, version: 1, table: versionTable(1, subject) },
        { kind: 'drop-version', mart, version: 2, table: versionTable(2, subject) },
        { kind: 'release-mart', mart },
      ]),
    );
    await world.connector.readCatalog({ purpose: 'catalog' });
    await world.connector.diagnose?.(
      { schemas: [idOf(subject, 'gold')], adoptable: [], writes: true },
      { purpose: 'catalog' },
    );
  } finally {
    await world.close();
  }
}

async function done(applying: ReturnType<Awaited<ReturnType<typeof openLoopWorld>>['apply']>) {
  const { steps } = await applying;
  const failed = steps.find(({ outcome }) => outcome !== 'done');
  if (failed !== undefined) {
    throw new Error(`the life ended early: ${failed.detail}`);
  }
}

/** Every kind `doctor --dry-run-statements` sends, and whatever else the wording says: as texts. */
export async function kindsOf(wording: Wording): Promise<readonly string[]> {
  const sample = relationId({ schema: 'shop', name: 'orders' });
  const target: DryRunTarget = {
    sample: {
      id: sample,
      columns: [
        { name: 'id', type: wording.types.integer, notNull: true },
        { name: 'amount', type: wording.content.double, notNull: false },
        { name: 'said', type: wording.types.text, notNull: false },
      ],
    },
    goldSchema: 'gold',
    dataSchema: 'gold_data',
    ledgerSchema: 'goldsmith',
    writes: true,
    nativeShapes: true,
  };
  const texts: string[] = [];
  for (const { run } of [...readingKinds(target, wording), ...writingKinds(target)]) {
    await run(listening(wording, texts)).catch(ignoreEmptyAnswers);
  }
  return [...texts, ...stagedTexts(wording), ...accessTexts(wording)];
}

/** Hears statements and answers each with nothing. */
function listening(wording: Wording, texts: string[]): Session {
  const cost = { durationMs: 0, cpuMs: 0, rowsReturned: 0 };
  return {
    wording,
    async query(sql: string, _options: CallOptions) {
      texts.push(sql);
      return { columns: [], rows: [], cost };
    },
    async *stream(sql: string, _options: CallOptions) {
      texts.push(sql);
      yield [];
    },
    async execute(sql: string, _options: CallOptions) {
      texts.push(sql);
      return cost;
    },
  };
}

function stagedTexts({ staged, objects, content, names, versions }: Wording): readonly string[] {
  const relation = relationId({ schema: 'gold', name: "daily's sales" });
  const select = 'select 1 as a, 2 as b';
  const columns = [
    { name: 'a', comment: "it's a comment" },
    { name: 'b', comment: undefined },
  ];
  const values = [
    { sql: `v.${names.quote('a')}`, type: 'string' },
    { sql: `v.${names.quote('b')}`, type: 'bigint' },
  ];
  const view = { relation, select, comment: 'a mart', columns, options: [] };
  const from = `from ${names.relation(relation)} as v`;
  return [
    ...(staged === undefined
      ? []
      : [
          staged.createTable({ relation, comment: "it's \\ one", select }),
          staged.createTable({
            relation,
            comment: 'rows lie together',
            select,
            clusteredBy: ['a'],
          }),
          staged.createView(view),
          staged.replaceView(view),
          staged.replaceView({ ...view, comment: undefined, columns: [] }),
          staged.lastChange(relation),
        ]),
    `select ${content.rowHash(values)}, ${content.rowWeight(values)}, ${content.isFinite('v.b')} ${from}`,
    `select ${content.relationHash('v')} ${from}`,
    `select ${content.repeatedKeys(values.map(({ sql }) => sql))}, ${content.distinctCount('v.a')} ${from}`,
    `select ${content.day(versions.statementTime)} as today`,
    `select 1 as due from (select 1 as one) as o where ${versions.statementTime} < ${versions.moment(START + HOUR)}`,
    objects.ownDatabase,
    ...(objects.bareNames === undefined ? [] : [objects.bareNames]),
    objects.schema('gold'),
    objects.marked('goldsmith: '),
    ...objects.keptByTables(relation).map(({ sql }) => sql),
  ];
}

function accessTexts({ access }: Wording): readonly string[] {
  if (access === undefined) {
    return [];
  }
  const relation = relationId({ schema: 'gold', name: 'sales' });
  const grant: Grant = {
    grantee: 'analysts',
    privilege: access.reading ?? 'SELECT',
    grantable: false,
    column: undefined,
    on: 'view',
  };
  return [
    access.owner(relation),
    access.grants(relation),
    access.giveTo('somebody', { kind: 'view', relation }),
    access.grant(grant, relation),
    access.revoke(grant, relation),
    access.mayRead('analysts', relation),
    access.mayRead(undefined, relation),
    access.options(relation),
    access.rowPolicies(relation),
    ...(access.rowPoliciesNow === undefined ? [] : [access.rowPoliciesNow(relation, 'table')]),
    ...(access.lostWhenReplaced?.(relation) ?? []).flatMap(({ now, late = now }) => [now, late]),
    access.ourselves,
    ...(access.readers === undefined ? [] : [access.readers(relation)]),
    ...(access.standing === undefined ? [] : [access.standing([relation, relation])]),
  ];
}

function ignoreEmptyAnswers(): void {
  // What a kind makes of an empty answer is no matter here: its statement was heard.
}
