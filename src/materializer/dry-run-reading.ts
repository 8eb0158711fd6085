import { relationId } from '../base/relation.ts';
import type { CatalogRelation, Connector, Session } from '../connectors/connector.ts';
import type { Wording } from '../connectors/wording.ts';
import { fingerprintContent } from '../prove/content-fingerprint.ts';
import { countGroups } from '../prove/count-groups.ts';
import { describeQuery } from '../prove/describe-query.ts';
import { hashCanary } from '../prove/hash-canary.ts';
import { measureColumns } from '../prove/measure-columns.ts';
import { derived } from '../prove/quote.ts';
import { measureSourceState } from '../prove/source-state.ts';
import { verifyObligations } from '../prove/verify-obligations.ts';
import { DRY_RUN, type DryRunKind, type DryRunTarget } from './dry-run-kind.ts';
import { wordedKinds } from './dry-run-worded.ts';

const options = { purpose: 'facts' } as const;

/** Everything that only reads: names and types, facts, fingerprints of content, objects, access. */
export function readingKinds({ sample }: DryRunTarget, wording: Wording): readonly DryRunKind[] {
  return [
    { kind: 'ask how the warehouse hashes', run: (session) => hashCanary(session, options) },
    ...(sample === undefined ? [] : [...onSample(sample), ...wordedKinds(wording, sample.id)]),
    {
      kind: 'compare with the moment a statement reads at',
      run: (session) => {
        const { versions } = session.wording;
        const bound = versions.moment(Date.UTC(2100, 0, 1));
        const sql = `select ${versions.statementTime} <= ${bound} as due`;
        return session.query(sql, options);
      },
    },
    ...(sample === undefined || wording.access?.asksForRowPolicies !== true
      ? []
      : [
          {
            kind: 'ask for row policies by another way than SQL',
            isAsked: true as const,
            run: async (session: Session, real = session) =>
              await real.rowPolicies?.(sample.id, { purpose: 'catalog' }),
          },
        ]),
    ...(wording.lookups === undefined
      ? []
      : [
          {
            kind: 'look up what lies beside rows, and say what is gone',
            run: (session: Session) => session.query(besideSql(session.wording), options),
          },
        ]),
  ];
}

/** As the view of a slim version says it, over rows that are not stored; of none of them anything is raised. */
function besideSql({ names, types, lookups }: Wording): string {
  const [id, label, gone] = ['id', 'label', 'gone'].map((name) => names.quote(name));
  const key = `cast(1 as ${types.integer}) as ${id}`;
  const beside = derived(`select ${key}, cast('x' as ${types.text}) as ${label}`, 's');
  const of = `v.${id}`;
  return `select ${of}, (select ${lookups?.onlyValue(`s.${label}`)} from ${beside} where s.${id} = ${of}) as ${label},
  ${lookups?.raises('it was taken away', { type: types.text, of })} as ${gone}
from ${derived(`select ${key}`, 'v')}
where ${of} < 0`;
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
      kind: 'measure the state of a source, of all its columns',
      run: (session) => measureSourceState(session, { relation, ...options }),
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

/** What the history asks, where it lies in the warehouse, each question by itself. */
export async function historyKinds(
  connector: Connector,
  history: DryRunTarget['history'],
): Promise<readonly DryRunKind[]> {
  const questions = (await history?.(connector))?.questions?.() ?? [];
  return questions.map(({ kind, otherwise }, at) => ({
    kind,
    ...(otherwise === undefined ? {} : { otherwise }),
    run: async (session) => {
      const source = await history?.(sendingOver(connector, session));
      await source?.questions?.()[at]?.ask({});
    },
  }));
}

/** The connector, but that its statements go over this session. */
function sendingOver(connector: Connector, session: Session): Connector {
  return new Proxy(connector, {
    get(target, name) {
      const value: unknown = Reflect.get(
        name === 'query' || name === 'stream' || name === 'execute' ? session : target,
        name,
      );
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** What a connector asks by a way of its own: asked really, since it only looks. */
export function askedKinds(connector: Connector, target: DryRunTarget): readonly DryRunKind[] {
  const { sample, writes, dataSchema } = target;
  const to = Date.UTC(2000, 0, 2);
  const about = sample === undefined ? [] : [sample.id];
  const nobodys = relationId({ schema: dataSchema, name: DRY_RUN });
  const looks: readonly (readonly [string, (() => Promise<unknown>) | undefined])[] = [
    [
      'read what the account charges',
      connector.readPrices && (() => connector.readPrices?.({ purpose: 'catalog' }) ?? NOTHING),
    ],
    [
      'read bills of refreshes',
      connector.readRefreshBills &&
        (() =>
          connector.readRefreshBills?.(about, { from: to - 1, to, purpose: 'measure' }) ?? NOTHING),
    ],
    [
      'look for statements of ours that still run',
      writes && connector.stopStatements !== undefined
        ? () => connector.stopStatements?.([nobodys], { purpose: 'publish' }) ?? NOTHING
        : undefined,
    ],
  ];
  return looks.flatMap(([kind, look]) =>
    look === undefined ? [] : [{ kind, isAsked: true as const, run: look }],
  );
}

const NOTHING = Promise.resolve();
