import { type RelationId, relationId } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import type {
  AccessWording,
  NativeWording,
  ObjectWording,
  StagedWording,
  Wording,
} from '../connectors/wording.ts';
import { DRY_RUN, type DryRunKind } from './dry-run-kind.ts';

type Said = string | undefined | readonly (string | undefined)[];

/** Under which kind the statements of a member are tried: `elsewhere` where another list has them, `none` where it says no statement. */
type Asked<W> =
  | 'elsewhere'
  | 'none'
  | {
      readonly kind: string;
      readonly says: (wording: W, relation: RelationId) => Said;
      readonly otherwise?: string;
    };

/** Every member stands in it: one that is added to the wording has to be tried, or be said to be no statement. */
type AskedOf<W> = { readonly [Member in keyof Required<W>]: Asked<W> };

const OBJECTS: AskedOf<ObjectWording> = {
  ownDatabase: { kind: 'ask for the own database', says: ({ ownDatabase }) => ownDatabase },
  bareNames: { kind: 'ask where bare names lie', says: ({ bareNames }) => bareNames },
  schema: { kind: 'look for a schema', says: (objects) => objects.schema(DRY_RUN) },
  find: { kind: 'find an object', says: (objects, id) => objects.find(id) },
  viewText: { kind: 'read a view', says: (objects, id) => objects.viewText(id) },
  viewRule: { kind: 'read how a view was made', says: (objects, id) => objects.viewRule?.(id) },
  selectOf: 'none',
  columnComments: { kind: 'read comments', says: (objects, id) => objects.columnComments(id) },
  dependents: { kind: 'find dependents', says: (objects, id) => objects.dependents?.(id) },
  listed: {
    kind: 'find dependents elsewhere',
    says: ({ listed }, id) => listed?.directly([id]),
    otherwise:
      'without it, readers of marts elsewhere are not seen, and beside views whose text is hidden nothing is published',
  },
  rebinding: {
    kind: 'look what making a view again would lose',
    says: ({ rebinding }, id) => rebinding?.keptOnly(id).map(({ sql }) => sql),
  },
  views: { kind: 'list views', says: ({ views }) => views },
  marked: { kind: 'find what is ours', says: (objects) => objects.marked('goldsmith: ') },
  keptByTables: {
    kind: 'look what a table has that a view has not',
    says: (objects, id) => objects.keptByTables(id).map(({ sql }) => sql),
  },
};

const LATE = 'what is told late is asked instead';

const ACCESS: AskedOf<AccessWording> = {
  reading: 'none',
  readsAsReader: 'none',
  asksForRowPolicies: 'none',
  owner: { kind: 'read owners', says: (access, id) => access.owner(id) },
  grants: { kind: 'read grants', says: (access, id) => access.grants(id) },
  giveTo: 'elsewhere',
  grant: 'elsewhere',
  revoke: 'elsewhere',
  mayRead: {
    kind: 'ask who may read',
    says: (access, id) => [access.mayRead(undefined, id), access.mayRead(DRY_RUN, id)],
  },
  options: { kind: 'read options of a view', says: (access, id) => access.options(id) },
  rowPolicies: { kind: 'read row policies', says: (access, id) => access.rowPolicies(id) },
  rowPoliciesNow: {
    kind: 'read row policies at once',
    says: (access, id) => access.rowPoliciesNow?.(id, 'table'),
    otherwise: LATE,
  },
  lostWhenReplaced: {
    kind: 'look what replacing a view would take off it',
    says: (access, id) => access.lostWhenReplaced?.(id).map(({ now }) => now),
    otherwise: LATE,
  },
  ourselves: { kind: 'ask who we are', says: ({ ourselves }) => ourselves },
  grantUse: 'none',
  waitBriefly: 'elsewhere',
  readers: { kind: 'list readers', says: (access, id) => access.readers?.(id) },
  standing: {
    kind: 'list readers of several at once',
    says: (access, id) => access.standing?.([id, id]),
  },
};

const STAGED: AskedOf<StagedWording> = {
  createTable: 'elsewhere',
  createView: 'elsewhere',
  replaceView: 'elsewhere',
  lastChange: { kind: 'ask for the last change', says: (staged, id) => staged.lastChange(id) },
};

/** Everything the wording says that only looks, about a table of somebody's. */
export function wordedKinds(wording: Wording, sample: RelationId): readonly DryRunKind[] {
  const { objects, access, staged } = wording;
  const late = access?.lostWhenReplaced?.(sample).map((one) => one.late) ?? [];
  return [
    ...kindsOf(OBJECTS, objects, sample),
    ...(access === undefined ? [] : kindsOf(ACCESS, access, sample)),
    ...asked('look what replacing a view would take off it, told late', late),
    ...(staged === undefined ? [] : kindsOf(STAGED, staged, sample)),
  ];
}

function kindsOf<W extends object>(
  list: AskedOf<W>,
  wording: W,
  relation: RelationId,
): readonly DryRunKind[] {
  return Object.values<Asked<W>>(list).flatMap((one) =>
    typeof one === 'string'
      ? []
      : asked(one.kind, one.says(wording, relation)).map((kind) =>
          one.otherwise === undefined ? kind : { ...kind, otherwise: one.otherwise },
        ),
  );
}

function asked(kind: string, said: Said): readonly DryRunKind[] {
  const texts = [said].flat().filter((sql) => sql !== undefined);
  return texts.length === 0
    ? []
    : [
        {
          kind,
          run: async (session: Session) => {
            for (const sql of texts) {
              await session.query(sql, { purpose: 'catalog' });
            }
          },
        },
      ];
}

/** What is said about a version that the warehouse keeps, in an order in which it can be done; `create` comes before. */
const KEPT: {
  readonly [Member in Exclude<keyof Required<NativeWording>, 'kind' | 'create'>]: (
    native: NativeWording,
    relation: RelationId,
  ) => string | undefined;
} = {
  provable: (native) => native.provable?.('select 1 as id'),
  refresh: (native, id) => native.refresh?.(id),
  refill: (native, id) => native.refill?.(id),
  text: (native, id) => native.text(id, [relationId({ schema: DRY_RUN, name: DRY_RUN })]),
  answers: (native, id) => native.answers?.(id),
  trouble: (native, id) => native.trouble?.(id),
  rest: (native, id) => native.rest?.(id),
  wake: (native, id) => native.wake?.(id),
};

/** Every statement about a native version once it is made, but for dropping it. */
export function aboutKept(native: NativeWording, relation: RelationId): readonly string[] {
  return Object.values(KEPT)
    .map((say) => say(native, relation))
    .filter((sql) => sql !== undefined);
}
