import { afterAll, describe, expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import { pictureOf } from '../../../src/drift/schema-picture.ts';
import { sourcesSince } from '../../../src/drift/sources-since.ts';
import type { DbtModel, DbtProject, DbtTest } from '../../../src/lineage/dbt/dbt-project.ts';
import { draftFollow } from '../../../src/propose/dbt/draft-follow.ts';
import { followDescribed } from '../../../src/propose/dbt/follow-described.ts';
import { followRenames } from '../../../src/propose/dbt/follow-renames.ts';
import type { SchemaSnapshot } from '../../../src/sql/schema.ts';
import { indexSchema } from '../../../src/sql/schema-index.ts';
import { aModel, aProject } from './a-project.ts';
import { openShop } from './shop.ts';

const ORDERS = relationId({ schema: 'main', name: 'orders' });

/** The shop after `orders.status` was renamed to `state`. */
describe('a dbt model whose source column was renamed', () => {
  const shop = openShop();
  afterAll(() => shop.close());
  const before = shop.world.schema.snapshot;
  const snapshot = {
    ...before,
    relations: before.relations.map((relation) =>
      relation.id === ORDERS
        ? {
            ...relation,
            columns: relation.columns.map((column) =>
              column.name === 'status' ? { ...column, name: 'state' } : column,
            ),
          }
        : relation,
    ),
  };
  const since = sourcesSince(
    { relations: pictureOf(before, { takenAt: 0 }).relations },
    { now: pictureOf(snapshot, { takenAt: 0 }).relations, moves: new Map() },
  );

  interface Given {
    readonly model?: Partial<DbtModel>;
    readonly project?: Partial<DbtProject>;
    readonly files?: Readonly<Record<string, string>>;
    readonly schema?: SchemaSnapshot;
  }

  async function follow(
    rawCode: string,
    { model: changes = {}, project, files = {}, schema = snapshot }: Given = {},
  ) {
    const model = aModel({ name: 'late', rawCode, ...changes });
    const [outcome, ...more] = await followRenames({
      ...since,
      project: aProject({ models: [...aProject().models, model], ...project }),
      models: [{ model, source: rawCode }],
      before: shop.world.schema,
      world: { ...shop.world, schema: indexSchema(schema, shop.world.dialect) },
      read: async (path) => files[path],
      path: 'transform',
    });
    expect(more).toEqual([]);
    return outcome;
  }

  async function followed(rawCode: string, given: Given = {}): Promise<string> {
    const outcome = await follow(rawCode, given);
    switch (outcome?.kind) {
      case 'edit':
        return outcome.files[0]?.text ?? '';
      case 'suggestion':
        return `${outcome.at}: ${outcome.because}`;
      case undefined:
        return 'untouched';
    }
  }

  it('says the new name where it stood, gives what it gave, and keeps every other byte', async () => {
    expect(
      await followed(
        "{{ config(materialized='table') }}\nselect order_id, status -- how it goes\nfrom {{ ref('orders') }} as o\nwhere o.status <> 'open' {# not yet #}\n",
      ),
    ).toBe(
      "{{ config(materialized='table') }}\nselect order_id, state as status -- how it goes\nfrom {{ ref('orders') }} as o\nwhere o.state <> 'open' {# not yet #}\n",
    );
  });

  it('says it behind a CTE that hands its source on, and not where a CTE has the name of the source', async () => {
    expect(
      await followed(
        "with source as (select * from {{ ref('orders') }}),\norders as (select order_id, status from source)\nselect orders.status from orders\n",
      ),
    ).toBe(
      "with source as (select * from {{ ref('orders') }}),\norders as (select order_id, state as status from source)\nselect orders.status from orders\n",
    );
  });

  it('is left alone where it reads nothing of that, and where it says the new name', async () => {
    expect(await followed("select order_id from {{ ref('orders') }}")).toBe('untouched');
    expect(await followed("select state as status from {{ ref('orders') }}")).toBe('untouched');
  });

  it('is a suggestion where nobody but dbt can read it and the former name stands in it', async () => {
    const python = { model: { language: 'python', dependsOn: ['seed.shop.orders'] } };

    expect(await followed("dbt.ref('orders')['status']", python)).toBe(
      'models/late.sql: it is written in python, not in SQL',
    );
    expect(await followed("dbt.ref('orders')['amount']", python)).toBe('untouched');
  });

  it('is a suggestion where Jinja writes the name, or decides where it stands', async () => {
    expect(
      await followed(
        "select {% for c in ['status'] %}{{ c }}{% endfor %} from {{ ref('orders') }}",
      ),
    ).not.toContain('state as');
    expect(
      await followed(
        "select order_id, status from {{ ref('orders') }}\n{% if is_incremental() %}where status <> 'old'{% endif %}",
      ),
    ).toContain('status also stands where Jinja decides what is written');
  });

  const STATUS = "select order_id, status from {{ source('raw', 'orders') }}";
  const SOURCE = {
    id: 'source.shop.raw.orders',
    source: 'raw',
    name: 'orders',
    package: 'shop',
    relation: ORDERS,
    relationText: '"shop"."main"."orders"',
    path: 'models/raw.yml',
    columns: [],
  };
  const test = (changes: Partial<DbtTest>): DbtTest => ({
    id: 'test.shop.it.1a2b',
    kind: 'not_null',
    arguments: {},
    isPartial: false,
    dependsOn: [SOURCE.id],
    rawCode: '',
    ...changes,
  });
  const RAW =
    'sources:\n- name: raw\n  tables:\n  - name: orders\n    columns:\n    - name: status\n      tests: [not_null]\n';

  it('takes the YAML files along that say the former name of the source', async () => {
    const outcome = await follow(STATUS, {
      files: {
        'models/raw.yml': RAW,
        'models/late.yml':
          'unit_tests:\n- name: u\n  model: late\n  given:\n  - input: source("raw", "orders")\n    rows: [{status: open}]\n',
      },
      project: {
        sources: [SOURCE],
        tests: [test({ column: 'status', arguments: { column_name: 'status' } })],
        unitTests: [
          {
            id: 'unit_test.shop.u',
            name: 'u',
            of: 'model.shop.late',
            path: 'models/late.yml',
            names: [{ model: SOURCE.id, columns: new Set(['status']) }],
          },
        ],
      },
    });

    expect(outcome).toMatchObject({
      kind: 'edit',
      files: [
        { path: 'transform/models/late.sql' },
        { path: 'transform/models/raw.yml', text: RAW.replace('name: status', 'name: state') },
        { path: 'transform/models/late.yml', text: expect.stringContaining('[{state: open}]') },
      ],
    });
  });

  it.each([
    [
      'a test of the source whose file is not there',
      test({ column: 'status' }),
      'dbt test it names status too, and where it is written is not known',
    ],
    [
      'a test with a SELECT of its own',
      test({ kind: 'singular', compiledCode: 'select * from main.orders where status is null' }),
      'dbt test it names what was renamed, too',
    ],
    [
      'one that dbt has not compiled',
      test({ kind: 'singular', rawCode: 'select status from x' }),
      'dbt test it names what was renamed, too',
    ],
  ])('is a suggestion where the next build would fail by %s', async (_what, its, because) => {
    const project = { sources: [SOURCE], tests: [its] };

    expect(await followed(STATUS, { project })).toBe(`models/late.sql: ${because}`);
  });

  it('is a suggestion where tests would need the new name in quotes, which dbt does not write', async () => {
    const described = (tests: readonly DbtTest[]) =>
      followDescribed({
        project: aProject({ sources: [SOURCE], tests }),
        models: [],
        renamed: [
          {
            kind: 'column-renamed',
            relation: ORDERS,
            column: 'status',
            to: 'now is',
            evidence: [],
          },
        ],
        world: shop.world,
        read: async () => RAW,
        path: '',
      });

    expect(await described([test({ column: 'status' })])).toEqual({
      kind: 'refused',
      because:
        'dbt test it names status too, and dbt writes now is into its SQL without the quotes it needs',
    });
    expect(await described([])).toMatchObject({
      kind: 'files',
      files: [{ text: expect.stringContaining('- name: "now is"') }],
    });
  });

  it('follows where such tests name other columns', async () => {
    const others = [
      test({ column: 'amount' }),
      test({ kind: 'singular', compiledCode: 'select amount as status from main.orders' }),
      test({
        kind: 'relationships',
        at: 'model.shop.late',
        column: 'order_id',
        arguments: { to: "source('raw', 'orders')", field: 'order_id' },
      }),
    ];

    expect(await followed(STATUS, { project: { sources: [SOURCE], tests: others } })).toContain(
      'state as status',
    );
  });

  it('is a suggestion where a `*` makes the new name its own, until it does', async () => {
    const star = "select * from {{ ref('orders') }}";
    const made = (name: string) => {
      const columns = [{ name, type: 'varchar', notNull: false }];
      const id = relationId({ schema: 'main', name: 'late' });
      return [{ id, kind: 'table' as const, columns, keys: [], foreignKeys: [] }];
    };
    const standing = { ...snapshot, relations: [...snapshot.relations, ...made('status')] };
    const run = { ...snapshot, relations: [...snapshot.relations, ...made('state')] };

    expect(await follow(star, { schema: standing })).toMatchObject({
      kind: 'suggestion',
      handsOn: [{ column: 'status', to: 'state' }],
    });
    expect(await followed(star, { schema: run })).toBe('untouched');
  });

  it('is one question for all models that read the source, and another for one that cannot be edited', async () => {
    const models = [
      aModel({ name: 'late', rawCode: STATUS }),
      aModel({ name: 'open', rawCode: STATUS }),
      aModel({
        name: 'python',
        language: 'python',
        rawCode: "dbt.ref('orders')['status']",
        dependsOn: ['seed.shop.orders'],
      }),
    ];
    const follows = await followRenames({
      ...since,
      project: aProject({ models: [...aProject().models, ...models], sources: [SOURCE] }),
      models: models.map((model) => ({ model, source: model.rawCode })),
      before: shop.world.schema,
      world: { ...shop.world, schema: indexSchema(snapshot, shop.world.dialect) },
      read: async (path) => (path === 'models/raw.yml' ? RAW : undefined),
      path: '',
    });
    const [suggestion, edit] = follows.map((each) =>
      draftFollow(each, { readers: [], runsPerDay: 0 }),
    );

    expect(suggestion).toMatchObject({
      relation: 'main.python',
      files: [],
      body: { title: 'dbt model python has to follow a renamed source' },
    });
    expect(edit).toMatchObject({
      relation: ORDERS,
      body: {
        title: 'Follow a renamed source in dbt models late and open',
        because: expect.stringContaining('the next run of late and open fails'),
      },
    });
    expect(edit?.files.map(({ path }) => path)).toEqual([
      'models/late.sql',
      'models/open.sql',
      'models/raw.yml',
    ]);
  });
});
