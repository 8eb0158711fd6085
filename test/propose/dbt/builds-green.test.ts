import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import { dbtFacts } from '../../../src/lineage/dbt/dbt-facts.ts';
import { dbtNeeds } from '../../../src/lineage/dbt/dbt-needs.ts';
import { dbtReads } from '../../../src/lineage/dbt/dbt-reads.ts';
import { readProject } from '../../../src/lineage/dbt/read-project.ts';
import { openParsers } from '../../../src/parsers/open-parsers.ts';
import { editModel } from '../../../src/propose/dbt/edit-model.ts';
import { extendModel } from '../../../src/propose/dbt/extend-model.ts';
import { newModel } from '../../../src/propose/dbt/new-model.ts';
import { readModel } from '../../../src/propose/dbt/read-model.ts';
import { fileSettings } from '../../../src/propose/files/settings.ts';
import type { FileChange } from '../../../src/propose/proposal.ts';
import { dialectOf } from '../../../src/sql/dialects.ts';
import { indexSchema } from '../../../src/sql/schema-index.ts';
import { SHOP_FOLDER, schemaOf } from '../../lineage/dbt/shop-project.ts';
import { type DbtCommand, dbtCommand, WITH_DBT } from './dbt-command.ts';

describe.skipIf(WITH_DBT === undefined)(
  'a dbt project after our edits',
  { timeout: 600_000 },
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'goldsmith-dbt-'));
    const shop = join(folder, 'shop');
    const database = join(folder, 'shop.duckdb');
    const parsers = openParsers({ workers: 1 });
    let dbt: DbtCommand;

    beforeAll(async () => {
      cpSync(SHOP_FOLDER, shop, { recursive: true });
      dbt = await dbtCommand({ SHOP_DB: database });
      await runDbt('build');
      await runDbt('docs', 'generate');
    }, 600_000);

    afterAll(async () => {
      await parsers.close();
      rmSync(folder, { recursive: true, force: true });
    });

    const runDbt = (...verbs: readonly string[]) => dbt.run(shop, ...verbs);
    const rowsOf = (sql: string) => dbt.rows(database, sql);

    async function open() {
      const artifact = (name: string): unknown =>
        JSON.parse(readFileSync(join(shop, 'target', `${name}.json`), 'utf8'));
      const dialect = dialectOf('duckdb');
      const project = readProject(
        {
          manifest: artifact('manifest'),
          catalog: artifact('catalog'),
          compiledFile: (path) => readFileSync(join(shop, 'target', 'compiled', path), 'utf8'),
        },
        { dialect, ownDatabase: 'shop' },
      );
      const schema = indexSchema({ ...schemaOf(project), ownDatabase: 'shop' }, dialect);
      const world = { dialect, schema, names: { database: 'shop' }, parse: parsers.parse };
      const needs = dbtNeeds(project, await dbtReads(project, world));
      const facts = dbtFacts(project, { verifiedAt: 0, schema });
      return { project, world, needs, facts };
    }

    function write(files: readonly FileChange[]): void {
      for (const { path, text = '' } of files) {
        writeFileSync(join(shop, path), text);
      }
    }

    const read = async (path: string) => readFileSync(join(shop, path), 'utf8');

    it('builds green without the columns, and the others hold the same', async () => {
      const { project, world, needs, facts } = await open();
      const model = project.models.find(({ name }) => name === 'orders');
      const kept = 'order_id, status, placed_on, amount, card_amount, cash_amount, payments';
      const before = await rowsOf(`select ${kept} from gold.orders order by order_id`);
      if (model === undefined) {
        throw new Error('there is no model orders');
      }

      const columns = ['customer_city', 'customer_name', 'tax'];
      const edit = await editModel({
        project,
        model,
        columns,
        world,
        needs,
        facts,
        read,
        path: '',
      });
      expect(edit).toMatchObject({ kind: 'edit' });
      write(edit.kind === 'edit' ? edit.files : []);
      const told = await runDbt('build', '--full-refresh');

      expect(told).toContain('ERROR=0');
      expect(await rowsOf(`select * from gold.orders order by order_id`)).toEqual(before);
    });

    it('builds green with a column more', async () => {
      await runDbt('docs', 'generate');
      const { project, world } = await open();
      const wanted = await readModel(
        `select placed_on, count(*) as n, sum(cash_amount) as cash from gold.orders group by placed_on`,
        world,
      );
      if (wanted.kind === 'unread') {
        throw new Error(wanted.because);
      }

      const outcome = await extendModel({ project, wanted: wanted.query, world, read, path: '' });
      expect(outcome).toMatchObject({ kind: 'extended', added: ['cash'], isDescribed: true });
      write(outcome.kind === 'extended' ? outcome.files : []);
      const told = await runDbt('build', '--full-refresh');

      expect(told).toContain('ERROR=0');
      expect(await rowsOf(`select sum(cash), sum(orders) from gold.daily`)).toEqual(
        await rowsOf(`select sum(cash_amount), count(*) from gold.orders`),
      );
    });

    it('builds green with a model more, its tests and its contract', async () => {
      const { project, world, facts } = await open();
      const sql = `select t1.status,\n  count(*) as row_count,\n  sum(t1.amount) as sum_amount\nfrom gold.orders as t1\ngroup by t1.status`;
      const wanted = await readModel(sql, world);
      if (wanted.kind === 'unread') {
        throw new Error(wanted.because);
      }
      const made = await newModel({
        project,
        world,
        facts,
        read: async (path) => (existsSync(join(shop, path)) ? read(path) : undefined),
        path: '',
        query: wanted.query,
        whole: wanted.query,
        isStored: true,
        files: fileSettings.parse({}),
        definition: {
          relation: relationId({ schema: 'gold', name: 'orders_by_status' }),
          origin: 'candidate',
          sql,
          columns: [
            { name: 'status', type: 'VARCHAR' },
            { name: 'row_count', type: 'BIGINT' },
            { name: 'sum_amount', type: 'DECIMAL(38,2)' },
          ],
          sources: [relationId({ schema: 'gold', name: 'orders' })],
          obligations: [],
          maxStalenessMs: 0,
        },
      });
      expect(made).toMatchObject({ kind: 'new', relation: 'gold.orders_by_status' });
      const files = made.kind === 'new' ? made.files : [];
      expect(files.map(({ path }) => path)).toEqual([
        'models/marts/orders_by_status.sql',
        'models/marts/schema.yml',
        'contracts/gold/orders_by_status.odcs.yaml',
      ]);
      write(files.filter(({ path }) => path.startsWith('models/')));
      const told = await runDbt('build', '--select', 'orders_by_status');

      expect(told).toContain('ERROR=0');
      expect(told).toContain('unique_orders_by_status_status');
      expect(await rowsOf(`from gold.orders_by_status order by 1`)).toEqual(
        await rowsOf(`select status, count(*), sum(amount) from gold.orders group by 1 order by 1`),
      );
    });
  },
);
