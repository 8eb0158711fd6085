import { stringify } from 'yaml';
import type { RelationId } from '../../base/relation.ts';
import { relationId } from '../../base/relation.ts';
import type { Formula, SemanticParts } from '../../lineage/words/semantic-parts.ts';
import type { FileChange } from '../proposal.ts';
import { rowsOfDefinition, type SemanticRows, type SemanticRowsParts } from './semantic-rows.ts';
import { snakeName } from './snake-name.ts';

export interface SemanticFilesParts extends Omit<SemanticRowsParts, 'parts' | 'word'> {
  /** As most readers spell it. */
  readonly name: string;
  readonly definition: { readonly id: string; readonly text: string };
  readonly parts: SemanticParts;
  /** Inside the repository, without a slash at its end. */
  readonly folder: string;
  /** What a relation is called in a model's text: `{{ ref('orders') }}`; undefined: by its name. */
  readonly refer: (relation: RelationId) => string | undefined;
}

export type SemanticFiles =
  | { readonly kind: 'files'; readonly files: readonly FileChange[] }
  | { readonly kind: 'no-files'; readonly because: string };

/**
 * A chosen definition for dbt's semantic layer: a model with the rows it adds up, and a semantic model over it with entities,
 * dimensions, measures and the metric. The same choice gives the same files.
 */
export function semanticFiles(given: SemanticFilesParts): SemanticFiles {
  const { name, parts, folder } = given;
  if (parts.kind === 'no-parts') {
    return { kind: 'no-files', because: parts.because };
  }
  const word = snakeName(name);
  const { placed, texts } = placeholders(parts, given.refer);
  const rows = rowsOfDefinition({ ...given, word, parts: placed });
  if (rows.kind === 'no-rows') {
    return { kind: 'no-files', because: rows.because };
  }
  if (/\{[{%#]/.test(rows.sql)) {
    return { kind: 'no-files', because: 'a text in it would be taken for Jinja' };
  }
  const model = `${word}_rows`;
  return {
    kind: 'files',
    files: [
      { path: `${folder}/${model}.sql`, text: modelText(rows.sql, { ...given, texts }) },
      { path: `${folder}/${word}.yml`, text: yamlText({ ...given, word, model, rows, parts }) },
    ],
  };
}

interface Placed {
  readonly placed: Extract<SemanticParts, { readonly kind: 'parts' }>;
  /** What stands for each placeholder in the text. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Relations that go by a reference get a name of ours while the text is printed. */
function placeholders(parts: Placed['placed'], refer: SemanticFilesParts['refer']): Placed {
  const texts = new Map<string, string>();
  const instead = new Map<RelationId, RelationId>();
  for (const relation of new Set(parts.tables.values())) {
    const reference = refer(relation);
    if (reference !== undefined) {
      const name = `goldsmith_reference_${texts.size + 1}`;
      texts.set(name, reference);
      instead.set(relation, relationId({ name }));
    }
  }
  return { placed: { ...parts, block: withRelations(parts.block, instead) }, texts };
}

function withRelations<Piece>(piece: Piece, instead: ReadonlyMap<RelationId, RelationId>): Piece {
  if (Array.isArray(piece)) {
    return piece.map((item: unknown) => withRelations(item, instead)) as Piece;
  }
  if (typeof piece !== 'object' || piece === null) {
    return piece;
  }
  return Object.fromEntries(
    Object.entries(piece).map(([key, value]: [string, unknown]) => [
      key,
      key === 'relation'
        ? (instead.get(value as RelationId) ?? value)
        : withRelations(value, instead),
    ]),
  ) as Piece;
}

function modelText(
  sql: string,
  {
    name,
    definition,
    texts,
  }: Pick<SemanticFilesParts, 'name' | 'definition'> & Pick<Placed, 'texts'>,
): string {
  const body = sql.replaceAll(
    /"?(goldsmith_reference_\d+)"?|`(goldsmith_reference_\d+)`/g,
    (match, plain: string | undefined, ticked: string | undefined) =>
      texts.get(plain ?? ticked ?? '') ?? match,
  );
  return `{{ config(materialized='view') }}

-- The rows that ${oneLine(name)} adds up, by definition ${definition.id}.
${body}
`;
}

interface YamlParts extends Pick<SemanticFilesParts, 'name' | 'definition'> {
  readonly word: string;
  readonly model: string;
  readonly rows: Extract<SemanticRows, { readonly kind: 'rows' }>;
  readonly parts: Extract<SemanticParts, { readonly kind: 'parts' }>;
}

function yamlText({ name, definition, word, model, rows, parts }: YamlParts): string {
  const { times, categories, keys, inputs } = rows;
  const described = `${oneLine(definition.text)} (definition ${definition.id}, chosen by a person)`;
  const measures = parts.aggregates.map(({ agg }, at) => ({
    name: measureName(word, { at, of: parts.aggregates.length }),
    agg,
    expr: inputs[at] ?? '',
  }));
  const semanticModel = {
    name: model,
    description: `The rows that ${oneLine(name)} adds up.`,
    model: `ref('${model}')`,
    defaults: { agg_time_dimension: times[0] ?? '' },
    // Of its own: dbt wants each pair of primary entity and dimension once in a project.
    primary_entity: `${word}_row`,
    ...(keys.length === 0
      ? {}
      : { entities: keys.map((key) => ({ name: key.name, type: key.type, expr: key.column })) }),
    dimensions: [
      ...times.map((time) => ({
        name: time,
        type: 'time',
        type_params: { time_granularity: 'day' },
      })),
      ...categories.map((category) => ({ name: category, type: 'categorical' })),
    ],
    measures,
  };
  const metrics = metricsOf({ name, word, described, formula: parts.formula, measures });
  return stringify(
    { version: 2, semantic_models: [semanticModel], metrics },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
}

function measureName(
  word: string,
  { at, of }: { readonly at: number; readonly of: number },
): string {
  return of === 1 ? word : `${word}_part_${at + 1}`;
}

interface MetricParts {
  readonly name: string;
  readonly word: string;
  readonly described: string;
  readonly formula: Formula;
  readonly measures: readonly { readonly name: string }[];
}

/** The word's own metric last; its parts are metrics too where it has several. */
function metricsOf({ name, word, described, formula, measures }: MetricParts): readonly unknown[] {
  const own = { name: word, label: oneLine(name), description: described };
  const simple = (of: string) => ({ type: 'simple', type_params: { measure: of } });
  if (formula.kind === 'aggregate') {
    return [{ ...own, ...simple(word) }];
  }
  const parts = measures.map(({ name: part }, at) => ({
    // A metric may not have the name of another.
    name: measures.length === 1 ? `${word}_part` : part,
    label: `${oneLine(name)}, part ${at + 1}`,
    description: `Part ${at + 1} of ${word}.`,
    ...simple(part),
  }));
  const partNames = parts.map((part) => part.name);
  const [over, under] = formula.kind === 'binary' ? [formula.left, formula.right] : [];
  const isRatio =
    formula.kind === 'binary' &&
    formula.op === '/' &&
    over?.kind === 'aggregate' &&
    under?.kind === 'aggregate';
  const typed = isRatio
    ? {
        type: 'ratio',
        type_params: { numerator: partNames[over.at], denominator: partNames[under.at] },
      }
    : {
        type: 'derived',
        type_params: {
          expr: formulaText(formula, partNames),
          metrics: partNames.map((part) => ({ name: part })),
        },
      };
  return [...parts, { ...own, ...typed }];
}

function formulaText(formula: Formula, names: readonly string[]): string {
  switch (formula.kind) {
    case 'aggregate':
      return names[formula.at] ?? '';
    case 'number':
      return formula.text;
    case 'binary':
      return `(${formulaText(formula.left, names)} ${formula.op} ${formulaText(formula.right, names)})`;
  }
}

/** What people's SQL and names say must stay within its own line. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[{}]/g, '').trim();
}
