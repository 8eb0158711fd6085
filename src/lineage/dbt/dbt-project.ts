import type { RelationId } from '../../base/relation.ts';

/** A dbt project as its artifacts tell it, with relations named as the warehouse's catalog names them. */
export interface DbtProject {
  readonly name: string;
  /** As dbt calls it: `duckdb`, `snowflake`... */
  readonly adapter: string;
  /** When dbt wrote the manifest, as it writes times; empty when unknown. */
  readonly madeAt: string;
  /** `1.10.2`; absent when unknown. */
  readonly dbtVersion?: string;
  readonly models: readonly DbtModel[];
  readonly sources: readonly DbtSource[];
  readonly tests: readonly DbtTest[];
  readonly unitTests: readonly DbtUnitTest[];
  readonly exposures: readonly DbtExposure[];
  readonly semanticModels: readonly DbtSemanticModel[];
}

/** A model, a snapshot or a seed: what dbt makes a relation of. */
export interface DbtModel {
  readonly id: string;
  readonly name: string;
  readonly kind: 'model' | 'snapshot' | 'seed';
  readonly package: string;
  readonly version?: string;
  /** Whether a reference without a version means this one. */
  readonly isLatest: boolean;
  /** Absent for an ephemeral model, which has none. */
  readonly relation?: RelationId;
  /** What an ephemeral model is called in the texts of others; absent where that is its name. */
  readonly alias?: string;
  /** The relation as dbt writes it into SQL. */
  readonly relationText?: string;
  /** Of its file, relative to the project, with `/`. */
  readonly path: string;
  /** Of the YAML file that describes it. */
  readonly patchPath?: string;
  readonly language: string;
  readonly materialized: string;
  readonly rawCode: string;
  readonly compiledCode?: string;
  /** As described or catalogued, in that order. */
  readonly columns: readonly DbtColumn[];
  readonly hasContract: boolean;
  /** Other dbt projects may read it. */
  readonly isPublic: boolean;
  /** Only models of its own group may read it. */
  readonly isPrivate?: boolean;
  /** Columns that a declared constraint names, with its kind. */
  readonly constrained: readonly { readonly column: string; readonly kind: string }[];
  /** Words of its configuration that may name columns, lower case. */
  readonly configWords: ReadonlySet<string>;
  readonly dependsOn: readonly string[];
  /** Who the project says it belongs to. */
  readonly owner?: string;
}

export interface DbtColumn {
  readonly name: string;
  /** Empty when unknown. */
  readonly type: string;
  /** Whether a YAML file describes it. */
  readonly isDescribed: boolean;
}

export interface DbtSource {
  readonly id: string;
  readonly source: string;
  readonly name: string;
  readonly package: string;
  readonly relation: RelationId;
  readonly relationText: string;
  /** Of the YAML file that describes it, relative to the project; absent when unknown. */
  readonly path?: string;
  readonly columns: readonly DbtColumn[];
}

export interface DbtTest {
  readonly id: string;
  /** `unique`, `not_null`, `dbt_utils.expression_is_true`; `singular` for one that is a SELECT of its own. */
  readonly kind: string;
  /** The model it stands at. */
  readonly at?: string;
  /** The column it stands at. */
  readonly column?: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Only some of the rows are tested. */
  readonly isPartial: boolean;
  readonly dependsOn: readonly string[];
  readonly rawCode: string;
  readonly compiledCode?: string;
  /** Of the last run: `pass`, `fail`, `warn`, `error`. */
  readonly status?: string;
}

export interface DbtUnitTest {
  readonly id: string;
  readonly name: string;
  /** The model it tests. */
  readonly of?: string;
  /** Of its YAML file, relative to the project. */
  readonly path?: string;
  /** The models and sources whose columns it writes out, with the names of those columns, lower case. */
  readonly names: readonly { readonly model: string; readonly columns: ReadonlySet<string> }[];
}

export interface DbtExposure {
  readonly id: string;
  readonly name: string;
  /** `dashboard`, `notebook`, `application`... */
  readonly type: string;
  readonly owner: string;
  readonly url?: string;
  readonly dependsOn: readonly string[];
  /** What its `meta: {goldsmith: {columns: [...]}}` says it takes; absent where it does not say. */
  readonly columns?: readonly string[];
}

export interface DbtSemanticModel {
  readonly id: string;
  readonly name: string;
  readonly dependsOn: readonly string[];
  /** Names and expressions of its entities, dimensions and measures. */
  readonly expressions: readonly string[];
}

/** Words of a text, lower case. */
export function wordsOf(text: string): ReadonlySet<string> {
  return new Set(
    [...text.toLowerCase().matchAll(/[\p{L}_][\p{L}\p{N}_$]*/gu)].map(([word]) => word),
  );
}
