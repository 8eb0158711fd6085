import { relationId } from '../../../src/base/relation.ts';
import type { DbtModel, DbtProject } from '../../../src/lineage/dbt/dbt-project.ts';
import { type Extension, extendModel } from '../../../src/propose/dbt/extend-model.ts';
import { expandedIn, type ModelWorld, readModel } from '../../../src/propose/dbt/read-model.ts';
import type { SchemaRelation } from '../../../src/sql/schema.ts';
import { indexSchema, type SchemaIndex } from '../../../src/sql/schema-index.ts';
import { aModel, aProject } from './a-project.ts';
import { openShop, SHOP } from './shop.ts';

export interface Around {
  readonly model?: Partial<DbtModel>;
  /** Models that read it, or are read by it. */
  readonly others?: readonly DbtModel[];
  readonly project?: Partial<DbtProject>;
  readonly world?: ModelWorld;
  readonly isStored?: boolean;
}

/** Extends one model of the shop; close the shop afterwards. */
export function openExtending() {
  const shop = openShop();

  async function extension(
    rawCode: string,
    wanted: string,
    {
      model: changes,
      others = [],
      project: more,
      world = shop.world,
      isStored = false,
    }: Around = {},
  ): Promise<Extension> {
    const model: DbtModel = aModel({ rawCode, ...changes });
    const project: DbtProject = aProject({
      models: [...aProject().models, model, ...others],
      ...more,
    });
    const read = await readModel(wanted, expandedIn(world));
    if (read.kind === 'unread') {
      throw new Error(read.because);
    }
    return extendModel({
      project,
      wanted: read.query,
      world,
      read: async () => rawCode,
      path: 'transform',
      isStored,
    });
  }

  /** The text of the model's file afterwards, or why there is none. */
  async function textAfter(...given: Parameters<typeof extension>): Promise<string | undefined> {
    const outcome = await extension(...given);
    return outcome.kind === 'extended'
      ? outcome.files[0]?.text
      : 'because' in outcome
        ? outcome.because
        : outcome.kind;
  }

  function withTable(name: string, columns: readonly string[]): SchemaIndex {
    const table: SchemaRelation = {
      id: relationId({ schema: 'main', name }),
      kind: 'table',
      columns: columns.map((column) => ({ name: column, type: 'varchar', notNull: false })),
      keys: [],
      foreignKeys: [],
    };
    return indexSchema({ ...SHOP, relations: [...SHOP.relations, table] }, shop.world.dialect);
  }

  async function withView(name: string, sql: string): Promise<ModelWorld> {
    const columns = [...sql.matchAll(/ as (\w+)/g)].map(([, column = '']) => column);
    const schema = withTable(name, columns);
    const [outcome] = await shop.world.parse([{ sql, dialect: 'duckdb', hasRun: true }]);
    const statement = outcome?.kind === 'parsed' ? outcome.statements[0] : undefined;
    if (statement?.kind !== 'query') {
      throw new Error('the view is no query');
    }
    const relations = schema.snapshot.relations.map((each) =>
      each.id.endsWith(`.${name}`)
        ? { ...each, kind: 'view' as const, definition: statement.query }
        : each,
    );
    const expanded = indexSchema({ ...schema.snapshot, relations }, shop.world.dialect);
    return { ...shop.world, schema, expanded };
  }

  return { shop, extension, textAfter, withTable, withView };
}
