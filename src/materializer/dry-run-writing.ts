import { HOUR_MS } from '../base/clock.ts';
import { type RelationId, relationId } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import type { MartDefinition } from '../marts/mart.ts';
import type { SlimForm } from '../marts/slim-form.ts';
import { accessKinds } from './dry-run-access.ts';
import { DRY_RUN, type DryRunKind, type DryRunTarget, sends } from './dry-run-kind.ts';
import { ledgerKinds } from './dry-run-ledger.ts';
import { aboutKept } from './dry-run-worded.ts';
import {
  copyTable,
  createEmptyVersion,
  createLogicalView,
  createVersion,
  createVersionView,
  deleteRows,
  dropObject,
  dropTable,
  dropView,
  insertRows,
  selectLogical,
  selectVersion,
} from './statements.ts';

const comment = 'a dry run';

/** Everything that writes, in an order in which each finds what it needs, on objects of its own. */
export function writingKinds(target: DryRunTarget): readonly DryRunKind[] {
  const { goldSchema, dataSchema, ledgerSchema } = target;
  const view = relationId({ schema: goldSchema, name: DRY_RUN });
  const named = (suffix: string) => relationId({ schema: dataSchema, name: `${DRY_RUN}${suffix}` });
  const [table, copy, empty, lying] = [named(''), named('_copy'), named('_empty'), named('_lying')];
  const definition = (session: Session) => definitionOf(session, view);
  return [
    ...[...new Set([goldSchema, dataSchema, ledgerSchema])].map(makesSchema),
    ...(target.sample === undefined ? [] : [readsAsWriter(target.sample.id)]),
    ...viewKinds(view, definition),
    sends('build a table', (session) =>
      createVersion(table, { definition: definition(session), comment, wording: session.wording }),
    ),
    sends('build a table without rows yet', (session) =>
      createEmptyVersion(empty, { definition: definition(session), wording: session.wording }),
    ),
    sends(
      'build a table whose rows lie together',
      ({ wording: { staged, names } }) =>
        staged?.createTable({
          relation: lying,
          comment,
          select: `select 1 as ${names.quote('id')}`,
          clusteredBy: ['id'],
        }) ?? [],
    ),
    ...slimKinds(dataSchema),
    ...(target.nativeShapes === true
      ? [
          sends('have the warehouse keep a version, and refresh it', (session: Session) =>
            keptNatively(session, {
              relation: named('_kept'),
              definition: keptDefinition(session, { target, otherwise: definition(session) }),
            }),
          ),
        ]
      : []),
    sends('mark a table', ({ wording }) =>
      wording.statements.commentOn('table', { relation: table, comment }),
    ),
    sends('fill rows', (session) =>
      insertRows(table, {
        definition: definition(session),
        where: hasId(session),
        wording: session.wording,
      }),
    ),
    sends('clear rows', (session) =>
      deleteRows(table, { where: hasId(session), wording: session.wording }),
    ),
    sends('take rows over from a table', (session) =>
      copyTable(table, {
        to: copy,
        columns: definition(session).columns,
        wideIntegerOption: undefined,
        comment,
        wording: session.wording,
      }),
    ),
    sends('repoint a view', (session) => {
      const { wording } = session;
      const version = {
        definition: definition(session),
        table,
        tableColumns: definition(session).columns,
        freshUntil: Date.UTC(2100, 0, 1),
        wording,
      };
      return (
        wording.staged?.replaceView(saidOf(definition(session), selectVersion(version))) ??
        createVersionView(version)
      );
    }),
    ...accessKinds(view),
    sends('drop a view', ({ wording }) => dropView(view, wording)),
    sends('drop a table', ({ wording }) =>
      [table, copy, empty, ...(wording.staged === undefined ? [] : [lying])].map((each) =>
        dropTable(each, wording),
      ),
    ),
    ...ledgerKinds(ledgerSchema, (session) => definition(session)),
  ];
}

/** Looked for really: where there is one, none is made. */
function makesSchema(schema: string): DryRunKind {
  return {
    kind: `make the schema ${schema}`,
    run: async (session, real = session) => {
      const { objects, statements } = session.wording;
      const { rows } = await real.query(objects.schema(schema), { purpose: 'catalog' });
      if (rows.length === 0) {
        await session.execute(statements.createSchema(schema), { purpose: 'publish' });
      }
    },
  };
}

function readsAsWriter(sample: RelationId): DryRunKind {
  return {
    kind: 'read a source as who writes',
    needsNothing: true,
    run: (session) =>
      session.query(`select * from ${session.wording.names.relation(sample)} limit 0`, {
        purpose: 'build',
      }),
  };
}

function viewKinds(
  view: RelationId,
  definition: (session: Session) => MartDefinition,
): readonly DryRunKind[] {
  return [
    sends('publish a view', (session) => {
      const { wording } = session;
      const { staged } = wording;
      const said = saidOf(definition(session), selectLogical(definition(session), wording));
      return staged?.createView(said) ?? createLogicalView(definition(session), wording);
    }),
    sends('replace a view, with all that stands on it', (session) => {
      const { wording } = session;
      const said = saidOf(definition(session), selectLogical(definition(session), wording));
      const { staged } = wording;
      return staged === undefined
        ? createLogicalView(definition(session), wording)
        : [said, { ...said, comment: undefined, columns: [] }].map((view) =>
            staged.replaceView(view),
          );
    }),
    sends('comment on a view', ({ wording }) => [
      wording.statements.commentOn('view', { relation: view, comment }),
      wording.statements.commentOnColumn(view, { column: 'id', comment }),
    ]),
  ];
}

/** What stands on a view, as one statement says it. */
function saidOf({ relation, columns }: MartDefinition, select: string) {
  const said = columns.map(({ name }) => ({ name, comment }));
  return { relation, select, comment, columns: said, options: [] };
}

/** A version whose attributes do not all lie in its rows: one lies beside them where it can, and one is gone. */
function slimKinds(schema: string): readonly DryRunKind[] {
  const [version, rows, side] = ['_slim', '_rows', '_side'].map((suffix) =>
    relationId({ schema, name: `${DRY_RUN}${suffix}` }),
  ) as [RelationId, RelationId, RelationId];
  const statements = ({ wording }: Session): readonly string[] => {
    const { names, types, lookups } = wording;
    const [id, label] = [names.quote('id'), names.quote('label')];
    const one = `cast(1 as ${types.integer}) as ${id}`;
    const all = `select ${one}, cast('x' as ${types.text}) as ${label}`;
    const gone = { kind: 'tombstone', name: 'gone', message: 'it was taken away' } as const;
    const stored = { kind: 'stored', name: 'id' } as const;
    const slim: SlimForm = {
      rows,
      sql: lookups === undefined ? all : `select ${one}`,
      packs: [],
      ...(lookups === undefined ? {} : { sides: [{ table: side, sql: all, keys: ['id'] }] }),
      attributes: [
        stored,
        lookups === undefined
          ? { kind: 'stored', name: 'label' }
          : { kind: 'beside', name: 'label', side },
        gone,
      ],
    };
    const columns = [
      { name: 'id', type: types.integer },
      ...['label', 'gone'].map((name) => ({ name, type: types.text })),
    ];
    const definition = { ...definitionOf({ wording }, version), columns };
    return createVersion(version, { definition, slim, comment, wording });
  };
  const isTable = (sql: string) => /^create\s+(transient\s+)?table\b/i.test(sql);
  return [
    sends('build a slim version', (session) => statements(session).filter(isTable)),
    sends('give all of a slim version by name', (session) =>
      statements(session).filter((sql) => !isTable(sql)),
    ),
    sends('drop a slim version', ({ wording }) => [
      dropView(version, wording),
      dropTable(rows, wording),
      ...(wording.lookups === undefined ? [] : [dropTable(side, wording)]),
    ]),
  ];
}

function hasId({ wording: { names } }: Session): string {
  return `${names.quote('id')} = 1`;
}

function keptNatively(
  { wording }: Session,
  { relation, definition }: { readonly relation: RelationId; readonly definition: MartDefinition },
): readonly string[] {
  return (wording.native ?? []).flatMap((native) => {
    const shape = { kind: native.kind, key: ['id'], lagMs: HOUR_MS };
    return [
      ...createVersion(relation, { definition, native: shape, comment, wording }),
      ...aboutKept(native, relation),
      dropObject(native.kind, relation, wording),
    ];
  });
}

/** Some keep only what reads a table: where that costs nothing, a table of somebody's is counted. */
function keptDefinition(
  { wording: { names } }: Session,
  { target, otherwise }: { readonly target: DryRunTarget; readonly otherwise: MartDefinition },
): MartDefinition {
  const { sample, onlyChecked } = target;
  const column = sample?.columns[0]?.name;
  if (sample === undefined || column === undefined || onlyChecked !== true) {
    return otherwise;
  }
  const [id, counted] = otherwise.columns.map(({ name }) => names.quote(name));
  const by = names.quote(column);
  return {
    ...otherwise,
    sql: `select ${by} as ${id ?? ''}, count(*) as ${counted ?? ''} from ${names.relation(sample.id)} group by ${by}`,
  };
}

function definitionOf(
  { wording: { types, names } }: Pick<Session, 'wording'>,
  relation: RelationId,
): MartDefinition {
  return {
    relation,
    origin: 'candidate',
    sql: `select cast(1 as ${types.integer}) as ${names.quote('id')}, cast('x' as ${types.text}) as ${names.quote('label')}`,
    columns: [
      { name: 'id', type: types.integer },
      { name: 'label', type: types.text },
    ],
    sources: [],
    obligations: [],
    maxStalenessMs: 0,
  };
}
