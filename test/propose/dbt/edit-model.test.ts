import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import { dbtFacts } from '../../../src/lineage/dbt/dbt-facts.ts';
import { dbtNeeds } from '../../../src/lineage/dbt/dbt-needs.ts';
import { dbtReads } from '../../../src/lineage/dbt/dbt-reads.ts';
import { openParsers } from '../../../src/parsers/open-parsers.ts';
import { draftEdit } from '../../../src/propose/dbt/draft-edit.ts';
import { editModel, type ModelEdit } from '../../../src/propose/dbt/edit-model.ts';
import { dialectOf } from '../../../src/sql/dialects.ts';
import { indexSchema } from '../../../src/sql/schema-index.ts';
import { SHOP_FOLDER, schemaOf, shopProject } from '../../lineage/dbt/shop-project.ts';

const parsers = openParsers({ workers: 1 });
afterAll(() => parsers.close());

const project = shopProject();
const dialect = dialectOf('duckdb');
const schema = indexSchema(schemaOf(project), dialect);
const world = { dialect, schema, names: { database: 'shopfix' }, parse: parsers.parse };
const textOf = (path: string) => readFileSync(`${SHOP_FOLDER}/${path}`, 'utf8');
const reads = dbtReads(project, world);

function modelCalled(name: string) {
  const model = project.models.find((each) => each.name === name);
  if (model === undefined) {
    throw new Error(`there is no ${name}`);
  }
  return model;
}

async function edit(
  name: string,
  columns: readonly string[],
  change: (text: string) => string = (text) => text,
): Promise<ModelEdit> {
  return editModel({
    project,
    model: modelCalled(name),
    columns,
    world,
    facts: dbtFacts(project, { verifiedAt: 0, schema }),
    needs: dbtNeeds(project, await reads),
    read: async (path) => change(textOf(path)),
    path: 'transform',
    databases: 16,
  });
}

describe('editing a dbt model', () => {
  it('takes columns out of the model, its CTEs and its description, and proves the rest equal', async () => {
    const outcome = await edit('orders', ['customer_city', 'tax']);

    expect(outcome).toMatchObject({
      kind: 'edit',
      inside: ['city'],
      files: [
        {
          path: 'transform/models/marts/orders.sql',
          text: textOf('models/marts/orders.sql')
            .replace('        city,\n', '')
            .replace('        customers.city as customer_city,\n', '')
            .replace(
              "payments.payments,\n        {{ in_euro('orders.amount * 100 * 0.25') }} as tax\n",
              'payments.payments\n',
            ),
        },
        {
          path: 'transform/models/marts/schema.yml',
          text: textOf('models/marts/schema.yml')
            .replace(/ {6}- name: customer_city[^]*?severity: warn\}\n/, '')
            .replace('      - name: tax\n', ''),
        },
      ],
      proofs: [
        expect.stringContaining('one and the same query'),
        expect.stringContaining('small random databases'),
      ],
    });
  });

  it('takes joins and CTEs along that a passed test says were lossless', async () => {
    const outcome = await edit('orders', ['customer_city', 'customer_name']);
    const [model] = outcome.kind === 'edit' ? outcome.files : [];

    expect(outcome).toMatchObject({
      kind: 'edit',
      removedJoins: [{ relations: ['main.stg_customers'] }],
    });
    expect(model?.text).not.toContain('customers');
    expect(model?.text).toContain("{%- for method in ['card', 'cash'] %}");
  });

  it('proves by shape alone what asks for the time', async () => {
    const timed = (text: string) => text.replace("'orders.amount * 100 * 0.25'", "'now()'");
    const model = modelCalled('orders');
    const code = {
      rawCode: timed(model.rawCode),
      compiledCode: (model.compiledCode ?? '').replace(
        'orders.amount * 100 * 0.25',
        'epoch(now())',
      ),
    };
    const outcome = await editModel({
      project,
      model: { ...model, ...code },
      columns: ['customer_city'],
      world,
      facts: dbtFacts(project, { verifiedAt: 0, schema }),
      needs: [],
      read: async (path) => timed(textOf(path)),
      path: '',
    });

    expect(outcome).toMatchObject({
      kind: 'edit',
      proofs: ['slimmed to the columns that stay, both texts are one and the same query'],
    });
  });

  it('suggests where a loop writes the column, with the line', async () => {
    expect(await edit('orders', ['card_amount'])).toMatchObject({
      kind: 'suggestion',
      because: 'Jinja control flow writes it, or part of it',
      at: 'models/marts/orders.sql:28',
    });
  });

  it('suggests where the project needs the column', async () => {
    expect(await edit('orders', ['amount'])).toMatchObject({
      kind: 'suggestion',
      because: expect.stringContaining('dbt model daily needs amount'),
    });
  });

  it('does not edit a file that changed since dbt compiled it', async () => {
    expect(await edit('orders', ['tax'], (text) => `${text}\n-- later`)).toMatchObject({
      kind: 'suggestion',
      because: expect.stringContaining('run `dbt compile`'),
    });
  });

  it('warns that an incremental model is to be built anew', async () => {
    expect(await edit('daily', ['last_status'])).toMatchObject({
      kind: 'edit',
      risks: [expect.stringContaining('--full-refresh')],
    });
  });

  it('becomes a question to people, with files or without', async () => {
    const evidence = {
      model: modelCalled('orders'),
      relation: relationId({ schema: 'gold', name: 'orders' }),
      reasons: [{ column: 'tax', because: 'nobody named it in 120 days' }],
      readers: ['Weekly orders (dashboard)'],
      runsPerDay: 3,
    };
    const asked = draftEdit(await edit('orders', ['tax']), evidence);
    const suggested = draftEdit(await edit('orders', ['card_amount']), evidence);

    expect(asked).toMatchObject({
      kind: 'edit',
      relation: 'gold.orders',
      steps: [],
      body: { title: 'Take tax out of dbt model orders' },
    });
    expect(asked.files).toHaveLength(2);
    expect(suggested).toMatchObject({
      files: [],
      body: { risks: [expect.stringContaining('no file is changed')] },
    });
    expect(suggested.meaning).not.toBe(asked.meaning);
  });
});
