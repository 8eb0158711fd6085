import { sha256 } from '../../base/digest.ts';
import { relationParts } from '../../base/relation.ts';
import type { MartDefinition } from '../../marts/mart.ts';
import type { Dialect } from '../../sql/dialect.ts';
import type { FileChange } from '../proposal.ts';
import { addToYaml, newYaml } from './add-to-yaml.ts';
import { type ReferenceParts, withReferences } from './with-references.ts';

export interface NewModelParts {
  readonly definition: MartDefinition;
  readonly dialect: Dialect;
  /** Absent: as the mart is called. */
  readonly name?: string;
  /** Folder of the project new models go to: `models/marts`. */
  readonly folder: string;
  readonly nodeOf: ReferenceParts['nodeOf'];
  /** No two rows agree on these, as verified. */
  readonly key?: readonly string[] | undefined;
  /** Columns verified to be never null. */
  readonly notNull?: ReadonlySet<string>;
  readonly materialized: 'table' | 'view';
  /** dbt calls them `data_tests` from 1.8 on. */
  readonly testsAre?: 'tests' | 'data_tests';
  /** The project has `dbt_utils`, which tests keys of several columns. */
  readonly testsCombinations?: boolean;
  /** Round names in Jinja, as the project writes them. */
  readonly quote?: ReferenceParts['quote'];
  /** What columns are, in words. */
  readonly docs?: ReadonlyMap<string, string>;
  /** The file that describes its neighbours; absent: the model gets one of its own, called `ownYaml`. */
  readonly describedIn?: { readonly path: string; readonly text: string } | undefined;
  readonly ownYaml?: string;
}

/**
 * A mart as a new model of somebody's dbt project: its statement with `ref` and `source` for relations, and its description with types, tests of what was
 * verified and, where every type is known, dbt's own contract. Says why where it cannot be written without guessing.
 */
export function newDbtModel(
  parts: NewModelParts,
): { readonly files: readonly FileChange[] } | { readonly because: string } {
  const { definition, dialect, folder, materialized, nodeOf, quote = "'" } = parts;
  const { name = relationParts(definition.relation).name } = parts;
  if (!PLAIN.test(name)) {
    return { because: `${name} is no name dbt gives a model` };
  }
  const { sql, sources } = definition;
  const body = withReferences({ sql, sources, dialect, nodeOf, quote });
  if ('because' in body) {
    return body;
  }
  const path = `${folder.replace(/\/+$/, '')}/${name}`;
  const text = `{{ config(materialized=${quote}${materialized}${quote}) }}\n\n${body.text.trimEnd()}\n`;
  const described = describedAt(parts, { name, path: parts.ownYaml ?? `${path}.yml` });
  return { files: [{ path: `${path}.sql`, text, was: '' }, described] };
}

const PLAIN = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Among its neighbours where they share a file that takes another entry; else in a file of its own. */
function describedAt(
  parts: NewModelParts,
  own: { readonly name: string; readonly path: string },
): FileChange {
  const model = describe(parts, own.name);
  const { describedIn: shared } = parts;
  const added =
    shared === undefined
      ? undefined
      : addToYaml(shared.text, [{ at: ['models'], value: model, mayMake: true }]);
  return shared !== undefined && added?.kind === 'text'
    ? { path: shared.path, text: added.text, was: sha256(shared.text) }
    : { path: own.path, text: newYaml({ version: 2, models: [model] }), was: '' };
}

function describe(parts: NewModelParts, name: string): Readonly<Record<string, unknown>> {
  const { definition, key = [], notNull = new Set(), docs, testsAre = 'data_tests' } = parts;
  const { columns, sources } = definition;
  const isTyped = columns.every(({ type }) => type !== '');
  const [only, ...more] = key;
  const rows = more.length > 0 ? ` No two rows agree on ${key.join(', ')}.` : '';
  const tested = more.length > 0 && parts.testsCombinations === true;
  return {
    name,
    description: `Made from ${sources.join(', ')}.${rows}`,
    ...(isTyped ? { config: { contract: { enforced: true } } } : {}),
    ...(tested
      ? {
          [testsAre]: [
            { 'dbt_utils.unique_combination_of_columns': { combination_of_columns: [...key] } },
          ],
        }
      : {}),
    columns: columns.map((column) => {
      const tests = [
        ...(column.name === only && more.length === 0 ? ['unique'] : []),
        ...(notNull.has(column.name) ? ['not_null'] : []),
      ];
      const words = docs?.get(column.name);
      return {
        name: column.name,
        ...(words === undefined ? {} : { description: words }),
        ...(column.type === '' ? {} : { data_type: column.type.toLowerCase() }),
        ...(tests.length === 0 ? {} : { [testsAre]: tests }),
      };
    }),
  };
}
