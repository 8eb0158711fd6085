import { digestOf } from '../base/digest.ts';
import type { RelationId } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import type { Facts } from '../marts/facts.ts';
import type { Obligation } from '../marts/mart.ts';
import { numberCell, onlyRow } from './cells.ts';
import {
  sayBroken,
  type Verified,
  type VerifyRequest,
  verifyObligations,
} from './verify-obligations.ts';

/** Rows that came to one relation since facts were verified; all else is as it was then. */
export interface Added {
  readonly relation: RelationId;
  /** The added rows, as a SELECT over the relation. */
  readonly rows: string;
  /** Rows of the relation now. */
  readonly total: number;
  readonly before: Facts;
}

/**
 * As `verifyObligations`, looking at added rows alone where the others were verified: a column without NULL, and references to
 * relations that did not change. Keys of the relation itself are looked at as a whole: an added row may repeat any.
 */
export async function verifyAdded(
  session: Session,
  { obligations, added, ...request }: VerifyRequest & { readonly added: Added },
): Promise<Verified> {
  const isKnown = (each: Obligation) => wasHeld(each, added.before);
  const untouched = obligations.filter((each) => isKnown(each) && !touches(each, added.relation));
  const apart = obligations.filter((each) => isKnown(each) && isOfRows(each, added.relation));
  const rest = obligations.filter((each) => !untouched.includes(each) && !apart.includes(each));
  const broken: Verified['broken'][number][] = [];
  for (const obligation of apart) {
    const rows = await brokenRows(session, { obligation, added, ...request });
    if (rows > 0) {
      broken.push({ obligation, rows, because: sayBroken(obligation, rows) });
    }
  }
  const verified = await verifyObligations(session, { obligations: rest, ...request });
  const held = [...untouched, ...apart].filter(
    (each) => !broken.some(({ obligation }) => obligation === each),
  );
  const { facts } = verified;
  const counted = new Set(facts.rowCounts.map(({ relation }) => relation));
  const isHeld = (fact: Obligation) => held.some((each) => isSame(each, fact));
  return {
    facts: {
      ...facts,
      uniqueKeys: [
        ...added.before.uniqueKeys.filter((fact) => isHeld({ kind: 'unique-key', ...fact })),
        ...facts.uniqueKeys,
      ],
      inclusions: [
        ...added.before.inclusions.filter((fact) => isHeld({ kind: 'inclusion', ...fact })),
        ...facts.inclusions,
      ],
      notNull: [
        ...added.before.notNull.filter((fact) => isHeld({ kind: 'not-null', ...fact })),
        ...facts.notNull,
      ],
      rowCounts: [
        ...added.before.rowCounts
          .filter(({ relation }) => !counted.has(relation))
          .map((known) =>
            known.relation === added.relation ? { ...known, rows: added.total } : known,
          ),
        ...facts.rowCounts,
      ],
    },
    broken: [...broken, ...verified.broken],
  };
}

function brokenRows(
  session: Session,
  {
    obligation,
    added,
    ...request
  }: Omit<VerifyRequest, 'obligations'> & {
    readonly obligation: Obligation;
    readonly added: Added;
  },
): Promise<number> {
  const { names } = session.wording;
  const origin = `(${added.rows}) as origin`;
  const count = async (condition: string) =>
    numberCell(
      onlyRow(
        await session.query(`select count(*)\nfrom ${origin}\nwhere ${condition}`, request),
      )[0],
    );
  if (obligation.kind !== 'inclusion') {
    const column = obligation.kind === 'not-null' ? obligation.column : '';
    return count(`origin.${names.quote(column)} is null`);
  }
  const { fromColumns, to, toColumns } = obligation;
  const complete = fromColumns.map((column) => `origin.${names.quote(column)} is not null`);
  const matches = fromColumns.map(
    (column, at) =>
      `target.${names.quote(toColumns[at] ?? column)} = origin.${names.quote(column)}`,
  );
  return count(`${complete.join(' and ')}
  and not exists (select 1 from ${names.relation(to)} as target where ${matches.join(' and ')})`);
}

/** What added rows may break one by one, whatever the others are. */
function isOfRows(obligation: Obligation, relation: RelationId): boolean {
  return obligation.kind === 'inclusion'
    ? obligation.from === relation && obligation.to !== relation
    : obligation.kind === 'not-null' && obligation.relation === relation;
}

function touches(obligation: Obligation, relation: RelationId): boolean {
  return obligation.kind === 'inclusion'
    ? obligation.from === relation || obligation.to === relation
    : obligation.relation === relation;
}

function wasHeld(obligation: Obligation, facts: Facts): boolean {
  const held: readonly Obligation[] = [
    ...facts.uniqueKeys.map((fact) => ({ kind: 'unique-key' as const, ...fact })),
    ...facts.inclusions.map((fact) => ({ kind: 'inclusion' as const, ...fact })),
    ...facts.notNull.map((fact) => ({ kind: 'not-null' as const, ...fact })),
  ];
  return held.some((fact) => isSame(fact, obligation));
}

function isSame(a: Obligation, b: Obligation): boolean {
  return digestOf(a) === digestOf(b);
}
