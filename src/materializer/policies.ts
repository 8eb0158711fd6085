import { GoldsmithError } from '../base/goldsmith-error.ts';
import type { RelationId } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import type { LostWhenReplaced } from '../connectors/wording.ts';
import type { MartDefinition } from '../marts/mart.ts';
import { textCell } from '../prove/cells.ts';
import { StepRefused } from './step-refused.ts';
import { viewsBehind } from './warehouse-objects.ts';

const options = { purpose: 'publish' } as const;

/**
 * Rows somebody may not see would stand in a copy that everybody may: such a mart stays a view (law 8). What was taken over may read
 * its sources through views with policies of their own, which `text` names.
 */
export async function requireNoRowPolicies(
  session: Session,
  {
    definition: { relation: mart, sources, origin },
    text,
  }: {
    readonly definition: Pick<MartDefinition, 'relation' | 'sources' | 'origin'>;
    /** Of the view as its author wrote it. */
    readonly text?: string | undefined;
  },
): Promise<void> {
  const { access } = session.wording;
  const isRead = origin === 'adopted' && text !== undefined;
  const views =
    isRead && access?.lostWhenReplaced !== undefined
      ? await viewsBehind(session, { view: mart, text })
      : [];
  const read = [
    ...sources.map((source) => ({ source, kind: 'table' }) as const),
    ...views.map((source) => ({ source, kind: 'view' }) as const),
  ];
  for (const { source, kind } of access === undefined ? [] : read) {
    const policy = await policyOn(session, { source, kind });
    if (policy !== undefined) {
      throw new StepRefused(
        'ROW_POLICIES',
        `${source} has ${policy}, which a copy in ${mart} could not keep, so ${mart} stays a view`,
      );
    }
  }
}

async function policyOn(
  session: Session,
  { source, kind }: { readonly source: RelationId; readonly kind: 'table' | 'view' },
): Promise<string | undefined> {
  const { access } = session.wording;
  const now = access?.rowPoliciesNow?.(source, kind);
  const told = now === undefined ? undefined : await wordsUnlessRefused(session, now);
  return (
    told?.[0] ??
    (await wordsOf(session, access?.rowPolicies(source) ?? ''))[0] ??
    (kind === 'view' ? undefined : await toldOtherwise(session, source))
  );
}

/**
 * What a view has of its own and would not have when it was replaced: policies, masks, tags, properties. Its readers would see more than they
 * may (law 8), so it is not touched. Where it goes back to its definition (law 4), only what says who sees what is in its way.
 *
 * @throws StepRefused `OWN_POLICIES`
 */
export async function requireNothingLost(
  session: Session,
  {
    view,
    doing,
    goesBack = false,
  }: {
    readonly view: RelationId;
    readonly doing: keyof typeof NEXT;
    readonly goesBack?: boolean | undefined;
  },
): Promise<void> {
  const lost: string[] = [];
  const asked = session.wording.access?.lostWhenReplaced?.(view) ?? [];
  const inTheWay = asked.filter(({ isOnlyTold }) => !goesBack || isOnlyTold !== true);
  for (const { now, late, read } of inTheWay) {
    const told =
      late === undefined && read === undefined
        ? await wordsOf(session, now)
        : ((await wordsUnlessRefused(session, now, read)) ?? []);
    const before = late === undefined ? [] : await wordsOf(session, late);
    const toldLate = before.filter((word) => !told.includes(word));
    lost.push(...told, ...toldLate.map((word) => `${word} (told hours late)`));
  }
  if (lost.length > 0) {
    throw new StepRefused(
      'OWN_POLICIES',
      `${view} has of its own: ${lost.join(', ')}; replacing the view would take that off, so it is not ${doing}: ${NEXT[doing]}`,
      { policies: lost.length },
    );
  }
}

const NEXT = {
  'taken over': 'take it off, or the view out of marts.adoptable',
  replaced: 'take it off; it can be put on again when the mart is released',
} as const;

async function wordsOf(
  session: Session,
  sql: string,
  read: LostWhenReplaced['read'] = ([word]) => textCell(word) ?? 'a policy',
): Promise<readonly string[]> {
  const { rows } = await session.query(sql, options);
  return rows.flatMap((row) => read(row) ?? []);
}

/** Nothing where the warehouse does not answer that to us. */
async function wordsUnlessRefused(
  session: Session,
  sql: string,
  read?: LostWhenReplaced['read'],
): Promise<readonly string[] | undefined> {
  try {
    return await wordsOf(session, sql, read);
  } catch (error) {
    if (error instanceof GoldsmithError && NOT_TOLD.has(error.code)) {
      return undefined;
    }
    throw error;
  }
}

const NOT_TOLD: ReadonlySet<string> = new Set([
  'CONNECTOR_BAD_SQL',
  'CONNECTOR_PERMISSION_DENIED',
  'CONNECTOR_RELATION_MISSING',
]);

/** A policy that SQL does not tell; nobody to ask is an answer too. */
async function toldOtherwise(session: Session, source: RelationId): Promise<string | undefined> {
  if (session.wording.access?.asksForRowPolicies !== true) {
    return undefined;
  }
  const [policy] = (await session.rowPolicies?.(source, options)) ?? [
    'perhaps row policies, which nobody could be asked for',
  ];
  return policy;
}
