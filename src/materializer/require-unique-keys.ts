import type { CallOptions, Session } from '../connectors/connector.ts';
import type { SideTable, SlimForm } from '../marts/slim-form.ts';
import { numberCell } from '../prove/cells.ts';
import { StepRefused } from './step-refused.ts';

/** A key that stands twice in a side table would have rows looked up that no join gave: such a version is not built. */
export async function requireUniqueKeys(
  session: Session,
  { form, ...options }: CallOptions & { readonly form: SlimForm | undefined },
): Promise<void> {
  for (const side of form?.sides ?? []) {
    const repeated = await repeatedKeys(session, { side, ...options });
    if (repeated > 0) {
      throw new StepRefused(
        'KEYS_REPEAT',
        `${repeated} rows of ${side.table} have a ${side.keys.join(', ')} that another one has too, so nothing can be looked up by it; the next cycle stores what lies there`,
        { repeated },
      );
    }
  }
}

async function repeatedKeys(
  session: Session,
  { side, ...options }: CallOptions & { readonly side: SideTable },
): Promise<number> {
  const { names, content } = session.wording;
  const keys = side.keys.map((key) => names.quote(key));
  const { rows } = await session.query(
    `select ${content.repeatedKeys(keys)} from ${names.relation(side.table)}`,
    options,
  );
  return numberCell(rows[0]?.[0]);
}
