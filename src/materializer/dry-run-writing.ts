import { HOUR_MS } from '../base/clock.ts';
import { type RelationId, relationId } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import type { MartDefinition } from '../marts/mart.ts';
import type { DryRunKind, DryRunTarget } from './dry-run-reading.ts';
import { ensureSchema } from './ensure-schema.ts';
import { createStatements, ledgerState, ledgerTables } from './ledger-tables.ts';
import {
  copyTable,
  createLogicalView,
  createVersion,
  createVersionView,
  deleteRows,
  dropObject,
  dropTable,
  dropView,
  insertRows,
} from './statements.ts';

/** Names nobody else has; they never become visible to anybody. */
const NAME = 'goldsmith_dry_run';
const purpose = 'publish';

/** Everything that writes, in an order in which each finds what it needs, on objects of its own. */
export function writingKinds(target: DryRunTarget): readonly DryRunKind[] {
  const { goldSchema, dataSchema, ledgerSchema } = target;
  const view = relationId({ schema: goldSchema, name: NAME });
  const [table, copy] = ['', '_copy'].map((suffix) =>
    relationId({ schema: dataSchema, name: `${NAME}${suffix}` }),
  ) as [RelationId, RelationId];
  const sends = (kind: string, sqlOf: (session: Session) => string | readonly string[]) => ({
    kind,
    run: async (session: Session) => {
      for (const sql of [sqlOf(session)].flat()) {
        await session.execute(sql, { purpose });
      }
    },
  });
  const definition = (session: Session) => definitionOf(session, view);
  return [
    ...[goldSchema, dataSchema, ledgerSchema].map((schema) => ({
      kind: `make the schema ${schema} where it is missing`,
      run: (session: Session) => ensureSchema(session, { schema, purpose }),
    })),
    sends('publish a view', (session) => createLogicalView(definition(session), session.wording)),
    sends('comment on a view', ({ wording }) => [
      wording.statements.commentOn('view', { relation: view, comment: 'a dry run' }),
      wording.statements.commentOnColumn(view, { column: 'id', comment: 'a dry run' }),
    ]),
    sends('build a table', (session) =>
      createVersion(table, { definition: definition(session), wording: session.wording }),
    ),
    sends('build a table whose rows lie together', ({ wording }) =>
      wording.staged === undefined
        ? []
        : [
            wording.staged.createTable({
              relation: copy,
              comment: 'a dry run',
              select: `select 1 as ${wording.names.quote('id')}`,
              clusteredBy: ['id'],
            }),
            dropTable(copy, wording),
          ],
    ),
    ...(target.nativeShapes === true
      ? [
          sends('have the warehouse keep a version, and refresh it', (session: Session) =>
            keptNatively(session, {
              relation: copy,
              definition: keptDefinition(session, { target, otherwise: definition(session) }),
            }),
          ),
        ]
      : []),
    sends('mark a table', ({ wording }) =>
      wording.statements.commentOn('table', { relation: table, comment: 'a dry run' }),
    ),
    sends('fill and clear rows', (session) => {
      const { wording } = session;
      const where = `${wording.names.quote('id')} = 1`;
      return [
        insertRows(table, { definition: definition(session), where, wording }),
        deleteRows(table, { where, wording }),
      ];
    }),
    sends('take rows over from a table', (session) =>
      copyTable(table, {
        to: copy,
        columns: definition(session).columns,
        wideIntegerOption: undefined,
        wording: session.wording,
      }),
    ),
    sends('repoint a view', (session) => {
      const { columns } = definition(session);
      return createVersionView({
        definition: definition(session),
        table,
        tableColumns: columns,
        freshUntil: Date.UTC(2100, 0, 1),
        wording: session.wording,
      });
    }),
    sends('grant and revoke', ({ wording: { access } }) => {
      const grant = {
        grantee: undefined,
        privilege: 'SELECT',
        grantable: false,
        column: undefined,
        on: 'view' as const,
      };
      return access === undefined
        ? []
        : [
            ...(access.waitBriefly === undefined ? [] : [access.waitBriefly]),
            access.grant(grant, view),
            access.revoke(grant, view),
          ];
    }),
    sends('drop what is ours', ({ wording }) => [
      dropView(view, wording),
      dropTable(table, wording),
      dropTable(copy, wording),
    ]),
    { kind: 'keep the ledger', run: (session) => keepLedger(session, ledgerSchema) },
  ];
}

function keptNatively(
  { wording }: Session,
  { relation, definition }: { readonly relation: RelationId; readonly definition: MartDefinition },
): readonly string[] {
  return (wording.native ?? []).flatMap((native) => {
    const shape = { kind: native.kind, key: ['id'], lagMs: HOUR_MS };
    const told = [native.refresh?.(relation), native.rest?.(relation), native.wake?.(relation)];
    return [
      ...createVersion(relation, { definition, native: shape, wording }),
      ...told.filter((sql) => sql !== undefined),
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

/** A new ledger is made, or in one that is there a row is written. */
async function keepLedger(session: Session, schema: string): Promise<void> {
  const { names, types } = session.wording;
  const tables = ledgerTables(schema, names);
  if ((await ledgerState(session, tables)) === 'absent') {
    for (const sql of createStatements(tables, types)) {
      await session.execute(sql, { purpose });
    }
  }
  await session.execute(
    `update ${tables.leaseExpiry} set expires_at = expires_at where token = -1`,
    { purpose },
  );
  await session.execute(`insert into ${tables.refusals} values (0, '', '', '', '', '{}')`, {
    purpose,
  });
  await session.execute(`delete from ${tables.refusals} where refused_at = 0`, { purpose });
}

function definitionOf({ wording: { types } }: Session, relation: RelationId): MartDefinition {
  return {
    relation,
    origin: 'candidate',
    sql: `select cast(1 as ${types.integer}) as id, cast('x' as ${types.text}) as label`,
    columns: [
      { name: 'id', type: types.integer },
      { name: 'label', type: types.text },
    ],
    sources: [],
    obligations: [],
    maxStalenessMs: 0,
  };
}
