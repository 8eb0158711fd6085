import type { RelationId } from '../base/relation.ts';
import { cellText } from '../connectors/cell-text.ts';
import type { Wording } from '../connectors/wording.ts';
import { type DryRunKind, sends } from './dry-run-kind.ts';

/** Who may read a view, and whose it is. */
export function accessKinds(view: RelationId): readonly DryRunKind[] {
  const grant = {
    grantee: undefined,
    privilege: 'SELECT',
    grantable: false,
    column: undefined,
    on: 'view' as const,
  };
  const worded = ({ access }: Wording, says: (access: NonNullable<Wording['access']>) => string) =>
    access === undefined ? [] : says(access);
  return [
    sends('wait for readers briefly', ({ wording: { access } }) => access?.waitBriefly ?? []),
    sends('grant', ({ wording }) =>
      worded(wording, (access) => access.grant(reading(access), view)),
    ),
    sends('revoke', ({ wording }) =>
      worded(wording, (access) => access.revoke(reading(access), view)),
    ),
    {
      kind: 'give a view to its owner',
      run: async (session, real = session) => {
        const { access } = session.wording;
        if (access !== undefined) {
          const { rows } = await real.query(access.ourselves, { purpose: 'catalog' });
          const sql = access.giveTo(cellText(rows[0]?.[0]), { kind: 'view', relation: view });
          await session.execute(sql, { purpose: 'publish' });
        }
      },
    },
  ];

  function reading({ reading: privilege = 'SELECT' }: NonNullable<Wording['access']>) {
    return { ...grant, privilege };
  }
}
