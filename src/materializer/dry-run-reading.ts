import type { RelationId } from '../base/relation.ts';
import type { CatalogRelation, Session } from '../connectors/connector.ts';
import { fingerprintContent } from '../prove/content-fingerprint.ts';
import { countGroups } from '../prove/count-groups.ts';
import { describeQuery } from '../prove/describe-query.ts';
import { hashCanary } from '../prove/hash-canary.ts';
import { measureColumns } from '../prove/measure-columns.ts';
import { measureSourceState } from '../prove/source-state.ts';
import { verifyObligations } from '../prove/verify-obligations.ts';

/** A kind of statement; `run` sends it over a session that may only have it checked. */
export interface DryRunKind {
  readonly kind: string;
  readonly run: (session: Session) => Promise<unknown>;
}

/** What the statements are to be about. */
export interface DryRunTarget {
  /** A table of somebody's, to be read. */
  readonly sample: Pick<CatalogRelation, 'id' | 'columns'> | undefined;
  readonly goldSchema: string;
  readonly dataSchema: string;
  readonly ledgerSchema: string;
  readonly writes: boolean;
  /** Statements are only looked at, not carried out and undone. Absent: they are. */
  readonly onlyChecked?: boolean;
  /** Versions may be what the warehouse itself keeps. Absent: no. */
  readonly nativeShapes?: boolean;
}

const options = { purpose: 'facts' } as const;

/** Everything that only reads: names and types, facts, fingerprints of content, objects, access. */
export function readingKinds({ sample }: DryRunTarget): readonly DryRunKind[] {
  return [
    { kind: 'ask how the warehouse hashes', run: (session) => hashCanary(session, options) },
    ...(sample === undefined ? [] : [...onSample(sample), ...lookAt(sample.id)]),
  ];
}

function onSample({
  id: relation,
  columns,
}: Pick<CatalogRelation, 'id' | 'columns'>): DryRunKind[] {
  const names = columns.slice(0, 3).map(({ name }) => name);
  const select = (session: Session) => `select * from ${session.wording.names.relation(relation)}`;
  return [
    {
      kind: 'ask for names and types',
      run: (session) => describeQuery(session, { sql: select(session), ...options }),
    },
    {
      kind: 'measure the state of a source',
      run: (session) =>
        measureSourceState(session, {
          relation,
          columns: names.map((name, place) => ({ name, place })),
          ...options,
        }),
    },
    {
      kind: 'count distinct values',
      run: (session) => measureColumns(session, { relation, columns: names, ...options }),
    },
    {
      kind: 'count groups',
      run: (session) => countGroups(session, { relation, columns: names, ...options }),
    },
    {
      kind: 'look for repeated keys',
      run: (session) =>
        verifyObligations(session, {
          obligations: [{ kind: 'unique-key', relation, columns: names }],
          source: 'dry run',
          at: 0,
          ...options,
        }),
    },
    {
      kind: 'fingerprint content',
      run: (session) => fingerprintContent(session, { sql: select(session), columns, ...options }),
    },
  ];
}

function lookAt(relation: RelationId): DryRunKind[] {
  const asks: readonly (readonly [string, (session: Session) => string | undefined])[] = [
    ['find an object', ({ wording }) => wording.objects.find(relation)],
    ['read a view', ({ wording }) => wording.objects.viewText(relation)],
    ['read comments', ({ wording }) => wording.objects.columnComments(relation)],
    ['list views', ({ wording }) => wording.objects.views],
    ['find what is ours', ({ wording }) => wording.objects.marked('goldsmith: ')],
    ['find dependents', ({ wording }) => wording.objects.dependents?.(relation)],
    ['read owners', ({ wording }) => wording.access?.owner(relation)],
    ['read grants', ({ wording }) => wording.access?.grants(relation)],
    ['ask who may read', ({ wording }) => wording.access?.mayRead(undefined, relation)],
    ['read row policies', ({ wording }) => wording.access?.rowPolicies(relation)],
  ];
  return asks.map(([kind, sqlOf]) => ({
    kind,
    run: async (session) => {
      const sql = sqlOf(session);
      return sql === undefined ? undefined : await session.query(sql, { purpose: 'catalog' });
    },
  }));
}
