import type { RelationId } from '../../base/relation.ts';
import type { DbtModel, DbtProject, DbtTest } from './dbt-project.ts';
import { wordsOf } from './dbt-project.ts';
import type { DbtReads } from './dbt-reads.ts';

/** Something in a dbt project that would break, or a promise that would, if a column went. Plain data: a recorded cycle holds it. */
export interface DbtNeed {
  readonly relation: RelationId;
  readonly kind:
    | 'model'
    | 'exposure'
    | 'test'
    | 'contract'
    | 'constraint'
    | 'configuration'
    | 'semantic model'
    | 'unit test';
  /** As people say it: `dbt model orders`, `dashboard Weekly sales (Ann)`. */
  readonly who: string;
  readonly columns: 'all' | readonly string[];
  /** What would let the column go. */
  readonly advice: string;
}

/** Tests that say something of a column's values and nothing of its being there: they go with it. */
const GO_ALONG =
  /(^|\.)(not_null|accepted_values|not_empty_string|not_constant|not_null_proportion|accepted_range|at_least_one)$/;

/** Tests that look at all columns there are. */
export const COMPARES_ALL = /(^|\.)(equality|fewer_rows_than_columns|.*column_count.*)$/;

/** All that a project needs of the columns of its relations. */
export function dbtNeeds(project: DbtProject, reads: readonly DbtReads[]): readonly DbtNeed[] {
  const relationOf = relationsById(project);
  return [
    ...reads.flatMap((each) => readNeeds(each, { project, relationOf })),
    ...project.exposures.flatMap((each) =>
      each.dependsOn.flatMap((id): readonly DbtNeed[] => {
        const relation = relationOf.get(id);
        const advice =
          'list the columns it takes under meta: {goldsmith: {columns: [...]}} of the exposure';
        return relation === undefined
          ? []
          : [
              {
                relation,
                kind: 'exposure',
                who: `${each.type} ${each.name} (${each.owner})`,
                columns: each.columns ?? 'all',
                advice,
              },
            ];
      }),
    ),
    ...project.tests.flatMap((test) => testNeeds(test, { project, relationOf })),
    ...project.models.flatMap(promises),
    ...project.semanticModels.flatMap(({ name, dependsOn, expressions }) =>
      dependsOn.flatMap((id): readonly DbtNeed[] => {
        const relation = relationOf.get(id);
        const columns = [...new Set(expressions.flatMap((text) => [...wordsOf(text)]))];
        const advice = 'take it out of the semantic model first';
        return relation === undefined
          ? []
          : [{ relation, kind: 'semantic model', who: `semantic model ${name}`, columns, advice }];
      }),
    ),
    ...project.unitTests.flatMap(({ name, names }) =>
      names.flatMap(({ model, columns }): readonly DbtNeed[] => {
        const relation = relationOf.get(model);
        const advice = 'take it out of the rows of the unit test first';
        return relation === undefined || columns.size === 0
          ? []
          : [
              {
                relation,
                kind: 'unit test',
                who: `unit test ${name}`,
                columns: [...columns],
                advice,
              },
            ];
      }),
    ),
  ];
}

/** Whether a need is for this column, in any case. */
export function isFor({ columns }: Pick<DbtNeed, 'columns'>, column: string): boolean {
  return columns === 'all' || columns.some((name) => name.toLowerCase() === column.toLowerCase());
}

interface Known {
  readonly project: DbtProject;
  readonly relationOf: ReadonlyMap<string, RelationId>;
}

function relationsById({ models, sources }: DbtProject): ReadonlyMap<string, RelationId> {
  return new Map([
    ...models.flatMap(({ id, relation }) =>
      relation === undefined ? [] : [[id, relation] as const],
    ),
    ...sources.map(({ id, relation }) => [id, relation] as const),
  ]);
}

function readNeeds(
  { id, reads, notUnderstood }: DbtReads,
  { project, relationOf }: Known,
): readonly DbtNeed[] {
  const model = project.models.find((each) => each.id === id);
  const test = project.tests.find((each) => each.id === id);
  const kind = model === undefined ? 'test' : 'model';
  const version = model?.version === undefined ? '' : ` v${model.version}`;
  const who =
    model === undefined ? `dbt test ${lastPart(id)}` : `dbt ${model.kind} ${model.name}${version}`;
  if (notUnderstood !== undefined) {
    const advice = `it may read any column, for it is not understood: ${notUnderstood}`;
    return (
      (model ?? test)?.dependsOn.flatMap((from): readonly DbtNeed[] => {
        const relation = relationOf.get(from);
        return relation === undefined ? [] : [{ relation, kind, who, columns: 'all', advice }];
      }) ?? []
    );
  }
  const advice = 'change that first';
  return reads
    .filter(({ relation, columns }) => relation !== model?.relation && columns.length > 0)
    .map(({ relation, columns }) => ({ relation, kind, who, columns, advice }));
}

function testNeeds(test: DbtTest, { project, relationOf }: Known): readonly DbtNeed[] {
  const { kind, at, column, arguments: given, id } = test;
  if (kind === 'singular' || (column !== undefined && GO_ALONG.test(kind))) {
    return [];
  }
  const own = at === undefined ? undefined : relationOf.get(at);
  const who = `dbt test ${kind} (${lastPart(id.replace(/\.[0-9a-f]{10}$/, ''))})`;
  const advice = 'take the test away first';
  const { model: _model, to, field, column_name: _column, ...others } = given;
  const words = [...wordsOf(JSON.stringify(others))];
  const columns = [...(column === undefined ? [] : [column]), ...words];
  const beside = test.dependsOn.flatMap((each) => relationOf.get(each) ?? []);
  if (COMPARES_ALL.test(kind)) {
    return beside.map((relation) => ({ relation, kind: 'test', who, columns: 'all', advice }));
  }
  const there = referredTo(to, project);
  return [
    ...(own === undefined || columns.length === 0
      ? []
      : [{ relation: own, kind: 'test' as const, who, columns, advice }]),
    ...beside
      .filter((relation) => relation !== own && words.length > 0)
      .map((relation) => ({ relation, kind: 'test' as const, who, columns: words, advice })),
    ...(there === undefined || typeof field !== 'string'
      ? []
      : [{ relation: there, kind: 'test' as const, who, columns: [field], advice }]),
  ];
}

/** The relation of `ref('orders')` or `source('shop', 'orders')` in a test's arguments. */
function referredTo(to: unknown, { models, sources }: DbtProject): RelationId | undefined {
  const names = [...String(to).matchAll(/['"]([^'"]+)['"]/g)].map(([, text]) => text ?? '');
  const name = names.at(-1);
  if (name === undefined) {
    return undefined;
  }
  return /source\s*\(/.test(String(to))
    ? sources.find((each) => each.name === name && each.source === names[0])?.relation
    : models.find((each) => each.name === name)?.relation;
}

function promises(model: DbtModel): readonly DbtNeed[] {
  const { relation, name, columns, hasContract, isPublic, constrained, configWords } = model;
  if (relation === undefined) {
    return [];
  }
  const described = columns.filter(({ isDescribed }) => isDescribed).map((column) => column.name);
  const configured = columns
    .map((column) => column.name)
    .filter((each) => configWords.has(each.toLowerCase()));
  const base = { relation, who: `dbt model ${name}` };
  return [
    ...(isPublic
      ? [
          {
            ...base,
            kind: 'contract' as const,
            columns: 'all' as const,
            advice: 'it is public, so that other dbt projects may read it: publish a new version',
          },
        ]
      : []),
    ...(hasContract
      ? [
          {
            ...base,
            kind: 'contract' as const,
            columns: described,
            advice: 'its contract is enforced: publish a new version of the model',
          },
        ]
      : []),
    ...constrained.map(({ column, kind }) => ({
      ...base,
      kind: 'constraint' as const,
      columns: [column],
      advice: `a ${kind} constraint is declared on it: take that away first`,
    })),
    ...(configured.length === 0
      ? []
      : [
          {
            ...base,
            kind: 'configuration' as const,
            columns: configured,
            advice: 'its configuration names it',
          },
        ]),
  ];
}

function lastPart(id: string): string {
  return id.split('.').slice(2).join('.') || id;
}
