import { observeSchema } from '../../src/daemon/observe-schema.ts';
import { type MartDefinition } from '../../src/marts/mart.ts';
import type { SlimForm } from '../../src/marts/slim-form.ts';
import { parseOne } from '../../src/parsers/parse-one.ts';
import type { Action } from '../../src/plan/action.ts';
import { describeQuery } from '../../src/prove/describe-query.ts';
import { slimForm } from '../../src/prune/slim-form.ts';
import { dialectOf } from '../../src/sql/dialects.ts';
import { columnTypesOf } from '../../src/sql/match/column-types.ts';
import { normalize } from '../../src/sql/normalize/normalize.ts';
import { bindQuery } from '../../src/sql/resolve/bind-query.ts';
import { DAY, idOf, type LoopSubject, type LoopWorld, START } from './loop-world.ts';

/** Orders with all of their customer, some without one: a mart with attributes that can lie beside its rows. */
export interface WideMart {
  readonly definition: MartDefinition;
  readonly create: Action;
  build(version: number, changes?: Partial<Extract<Action, { kind: 'build-version' }>>): Action;
  flip(version: number): Action;
  drop(version: number): Action;
  /** As the ladder stores it in this warehouse. */
  slim(
    version: number,
    pruned: { readonly hidden: readonly string[]; readonly gone?: readonly string[] },
  ): SlimForm;
}

const BUDGET = { cpuMs: 60_000, bytes: 10_000_000 };

export async function wideMart(subject: LoopSubject, world: LoopWorld): Promise<WideMart> {
  const { schema } = subject;
  const { connector } = world;
  const { dialect } = connector;
  const relation = idOf(subject, 'gold.wide_orders');
  const named = (name: string) => idOf(subject, name);
  const table = (version: number) => named(`gold_data.wide_orders__v${version}`);
  const [customers, orders] = [named(`${schema}.customers`), named(`${schema}.orders`)];
  const sql = `select o.id as id, o.customer_id as customer_id, o.amount as amount, c.region as region,
  coalesce(c.region, 'nowhere') as place, o.amount * 2 as twice
from ${schema}.orders as o left join ${schema}.customers as c on c.id = o.customer_id`;
  for (const customer of ['999', 'null']) {
    await world.people(
      `insert into ${schema}.orders select id + 1000, ${customer}, amount from ${schema}.orders where id in (3, 4)`,
    );
  }
  const definition: MartDefinition = {
    relation,
    origin: 'candidate',
    sql,
    columns: await describeQuery(connector, { sql, purpose: 'verify' }),
    sources: [customers, orders],
    obligations: [],
    maxStalenessMs: DAY,
  };
  const schemaNow = await observeSchema({
    connector,
    parse: (requests) => Promise.all(requests.map(parseOne)),
    marts: [],
    ownSchemas: [],
    ownDatabase: undefined,
  });
  const parsed = await parseOne({ sql, dialect });
  const statement = parsed.kind === 'parsed' ? parsed.statements[0] : undefined;
  if (statement?.kind !== 'query') {
    throw new Error('the definition of a wide mart is one query');
  }
  const bound = bindQuery(statement.query, {
    schema: schemaNow.index,
    names: {},
    dialect: dialectOf(dialect),
  });
  return {
    definition,
    create: { kind: 'create-mart', mart: relation, definition },
    build: (version, changes = {}) => ({
      kind: 'build-version',
      mart: relation,
      version,
      table: table(version),
      reason: 'refresh',
      replay: [],
      minimumGain: 0,
      budget: BUDGET,
      ...changes,
    }),
    flip: (version) => ({
      kind: 'repoint-view',
      mart: relation,
      to: { kind: 'version', version, table: table(version), freshUntil: START + DAY },
    }),
    drop: (version) => ({ kind: 'drop-version', mart: relation, version, table: table(version) }),
    slim(version, { hidden, gone = [] }) {
      const cased = (names: readonly string[]) => names.map((name) => named(name) as string);
      const outcome = slimForm(normalize(bound.query), {
        table: table(version),
        hidden: new Set(cased(hidden)),
        tombstones: new Map(
          cased(gone).map((name) => [name, `${name} of gold.wide_orders was pruned`]),
        ),
        facts: {
          source: 'a test',
          verifiedAt: START,
          uniqueKeys: [{ relation: customers, columns: cased(['id']) }],
          inclusions: [],
          notNull: [],
          rowCounts: [],
        },
        types: columnTypesOf(schemaNow.snapshot, dialect),
        dialect,
        hiding: connector.capabilities.hiding ?? 'packs',
        maxRows: 100,
        rowsOf: () => 20,
      });
      if (outcome.kind === 'refused') {
        throw new Error(outcome.because);
      }
      return outcome.form;
    },
  };
}
