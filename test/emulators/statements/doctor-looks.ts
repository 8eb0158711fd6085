import type { RelationId } from '../../../src/base/relation.ts';
import type { Connector } from '../../../src/connectors/connector.ts';
import { idOf } from '../../conformance/loop-world.ts';

/** Where the history lies, for the doctor to look at. */
export interface Looks {
  readonly history?: string;
  readonly sessions?: string;
}

/** The doctor, with all that it can be told to look for; what it finds is no matter here. */
export async function looksOf(
  connector: Connector,
  { subject, looks }: { readonly subject: Parameters<typeof idOf>[0]; readonly looks: Looks },
): Promise<void> {
  const [gold, data, ledger] = ['gold', 'gold_data', 'goldsmith'].map((name) =>
    idOf(subject, name),
  ) as [RelationId, RelationId, RelationId];
  const natives = (connector.capabilities.nativeShapes ?? []).map(({ kind }) => kind);
  await connector.diagnose?.(
    {
      schemas: [gold, data, ledger],
      makes: [
        { schema: gold, kinds: ['view'] },
        { schema: data, kinds: ['table', ...natives] },
        { schema: ledger, kinds: ['table'], isOursAlone: true },
      ],
      adoptable: [idOf(subject, 'gold.peoples')],
      writes: true,
      ...looks,
    },
    { purpose: 'catalog' },
  );
}
