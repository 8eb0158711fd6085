import { relationId } from '../../base/relation.ts';
import type { Query } from '../../sql/ir.ts';
import { columnTypesOf, sourcesOfTree, typeOf } from '../../sql/match/column-types.ts';
import { normalize } from '../../sql/normalize/normalize.ts';
import { bindQuery } from '../../sql/resolve/bind-query.ts';
import type { SchemaRelation } from '../../sql/schema.ts';
import type { DbtProject } from './dbt-project.ts';
import type { ReadsWorld } from './dbt-reads.ts';
import { ephemeralNames } from './render-model.ts';

/** An ephemeral model by the name of the CTE that others read it by. */
export interface EphemeralRelation extends SchemaRelation {
  readonly kind: 'view';
  readonly definition: Query;
}

/**
 * Ephemeral models as relations. dbt writes them into each text that reads them, in front of it, where the model's file has no place for
 * them: without that part the text names relations that no warehouse has. One that is not understood is left out.
 */
export async function ephemeralRelations(
  project: DbtProject,
  { dialect, schema, names, parse }: ReadsWorld,
): Promise<readonly EphemeralRelation[]> {
  const models = project.models.flatMap((model) =>
    model.materialized === 'ephemeral' && model.compiledCode !== undefined
      ? [{ model, sql: model.compiledCode }]
      : [],
  );
  const outcomes = await parse(
    models.map(({ sql }) => ({ sql, dialect: dialect.name, hasRun: true })),
  );
  const types = columnTypesOf(schema.snapshot, dialect.name);
  return models.flatMap(({ model }, at): readonly EphemeralRelation[] => {
    const outcome = outcomes[at];
    const statement = outcome?.kind === 'parsed' ? outcome.statements[0] : undefined;
    if (statement?.kind !== 'query') {
      return [];
    }
    const { query: definition } = statement;
    const bound = bindQuery(definition, { schema, dialect, names });
    if (bound.query.outputs.includes('*')) {
      return [];
    }
    const { body } = normalize(bound.query);
    const scope =
      body.kind === 'block' ? { types, sources: sourcesOfTree(body.block.from) } : undefined;
    const columns = bound.query.outputs.map((name, place) => {
      const expr = body.kind === 'block' ? body.block.items[place]?.expr : undefined;
      const type = scope === undefined || expr === undefined ? undefined : typeOf(expr, scope);
      return { name, type: columnType(type), notNull: false };
    });
    return ephemeralNames(model).map((name) => ({
      id: relationId({ schema: names.schema, name }),
      kind: 'view',
      columns,
      keys: [],
      foreignKeys: [],
      definition,
    }));
  });
}

const NAMED: Readonly<Record<string, string>> = {
  'integer expression': 'bigint',
  decimal: 'decimal(18,3)',
};

/** As a column may have it; a text where nobody knows. */
function columnType(type = ''): string {
  const plain = type.replace(/ collate default$/, '');
  const named = NAMED[plain] ?? plain;
  return /^[a-z][a-z0-9_ ]*(\(\d+(, ?\d+)?\))?$/.test(named) ? named : 'varchar';
}
