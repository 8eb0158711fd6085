import type { Session } from '../connectors/connector.ts';
import type { MartDefinition } from '../marts/mart.ts';
import { type DryRunKind, sends } from './dry-run-kind.ts';
import { removeRecord, writeRecord } from './ledger-records.ts';
import { createStatements, ledgerState, ledgerTables } from './ledger-tables.ts';

/** A new ledger is made where there is none; then rows are written as of a mart that nobody has. */
export function ledgerKinds(
  schema: string,
  definitionOf: (session: Session) => MartDefinition,
): readonly DryRunKind[] {
  return [
    {
      kind: 'make the ledger',
      run: async (session, real = session) => {
        const { names, types } = session.wording;
        const tables = ledgerTables(schema, names);
        if ((await ledgerState(real, tables)) === 'absent') {
          for (const sql of createStatements(tables, types)) {
            await session.execute(sql, { purpose: 'ledger' });
          }
        }
      },
    },
    sends('keep the ledger', ({ wording: { names } }) => {
      const { leaseExpiry, refusals } = ledgerTables(schema, names);
      return [
        `update ${leaseExpiry} set expires_at = expires_at where token = -1`,
        `insert into ${refusals} values (0, '', '', '', '', '{}')`,
        `delete from ${refusals} where refused_at = 0`,
      ];
    }),
    {
      kind: 'keep the record of a mart',
      run: async (session) => {
        const tables = ledgerTables(schema, session.wording.names);
        const definition = definitionOf(session);
        const { relation } = definition;
        const mart = {
          definition,
          definitionDigest: '',
          stage: 'logical',
          createdAt: 0,
          hidden: [],
        } as const;
        await writeRecord(session, { tables, record: { mart, viewText: '', marks: {} } });
        await removeRecord(session, { tables, relation });
      },
    },
  ];
}
