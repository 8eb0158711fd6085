import { relationId } from '../../src/base/relation.ts';
import type { Session } from '../../src/connectors/connector.ts';
import { readingKinds } from '../../src/materializer/dry-run-reading.ts';
import { writingKinds } from '../../src/materializer/dry-run-writing.ts';

/** Carries out each kind of statement the doctor tries, on a table `shop.orders (id, amount, said)`; tells those that failed, and why. */
export async function failingKinds(session: Session): Promise<Readonly<Record<string, string>>> {
  const { types, content } = session.wording;
  const target = {
    sample: {
      id: relationId({ schema: 'shop', name: 'orders' }),
      columns: [
        { name: 'id', type: types.integer, notNull: false },
        { name: 'amount', type: content.double, notNull: false },
        { name: 'said', type: types.text, notNull: false },
      ],
    },
    goldSchema: 'gold',
    dataSchema: 'gold_data',
    ledgerSchema: 'goldsmith',
    writes: true,
    nativeShapes: true,
  };
  const failed: Record<string, string> = {};
  for (const { kind, run } of [...readingKinds(target, session.wording), ...writingKinds(target)]) {
    await run(session).catch((error: unknown) => {
      failed[kind] = causesOf(error);
    });
  }
  return failed;
}

function causesOf(error: unknown): string {
  const said = String(error);
  return error instanceof Error && error.cause !== undefined
    ? `${said}: ${causesOf(error.cause)}`
    : said;
}
