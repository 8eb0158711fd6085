import type { RelationId } from '../../base/relation.ts';
import type { MartColumn } from '../../marts/mart.ts';
import type { Action } from '../../plan/action.ts';
import type { LineageEdge } from '../../sql/query-shape.ts';
import { type DataSource, datasetOf } from './data-source.ts';
import { type Dataset, facet, type RunEvent } from './run-event.ts';

/** What a mart is made of, one step up: the relations its definition names. */
export interface MartPicture {
  readonly columns: readonly MartColumn[];
  readonly reads: readonly {
    readonly relation: RelationId;
    readonly columns: readonly MartColumn[];
  }[];
  readonly lineage: readonly LineageEdge[];
  /** The version readers are served from, where there is one. */
  readonly serves?: RelationId;
}

export interface DescribeParts {
  readonly source: DataSource;
  readonly picture: MartPicture;
}

/** Job, inputs and outputs of a step, without its times. */
export type StepRun = Pick<RunEvent, 'job' | 'inputs' | 'outputs'>;

/** Nothing for steps that move no data and no view: an expiry that is renewed points where it did. */
export function describeAction(action: Action, parts: DescribeParts): StepRun | undefined {
  const { mart } = action;
  switch (action.kind) {
    case 'drop-version':
    case 'mark-attributes':
      return undefined;
    case 'build-version':
      return run(action.reason === 'promote' ? 'build' : 'refresh', {
        ...parts,
        mart,
        ...madeOf(action.table, parts),
      });
    case 'refresh-version':
      return run('refresh', { ...parts, mart, ...madeOf(action.table, parts) });
    case 'fill-version':
      return run('fill', { ...parts, mart, ...madeOf(action.table, parts) });
    case 'repoint-view':
      if (action.to.kind === 'version' && action.to.table === parts.picture.serves) {
        return undefined;
      }
      return run('publish', {
        ...parts,
        mart,
        ...(action.to.kind === 'version'
          ? passedOn(action.to.table, { ...parts, to: mart })
          : madeOf(mart, parts)),
      });
    case 'hold-version':
      return run('hold', { ...parts, mart, ...passedOn(action.table, { ...parts, to: mart }) });
    case 'adopt-table':
      return run('take-over', {
        ...parts,
        mart,
        ...passedOn(action.table, { ...parts, to: mart }),
      });
    case 'adopt-view':
      return run('take-over', { ...parts, mart, ...madeOf(mart, parts) });
    case 'create-mart':
      return run('publish', { ...parts, mart, ...madeOf(mart, parts) });
    case 'follow-source':
      return run('follow', { ...parts, mart, ...madeOf(mart, parts) });
    case 'release-mart':
      return run('release', { ...parts, mart, ...madeOf(mart, parts) });
  }
}

type Flow = Pick<RunEvent, 'inputs' | 'outputs'>;

/** One job for each mart and verb: its runs are the same work again. */
function run(
  verb: string,
  { source, mart, inputs, outputs }: DescribeParts & Flow & { readonly mart: RelationId },
): StepRun {
  return {
    job: {
      namespace: `goldsmith/${source.name}`,
      name: `${mart}.${verb}`,
      facets: facet('jobType', {
        processingType: 'BATCH',
        integration: 'GOLDSMITH',
        jobType: verb.toUpperCase(),
      }),
    },
    inputs,
    outputs,
  };
}

/** Computed from the definition. */
function madeOf(table: RelationId, { source, picture }: DescribeParts): Flow {
  const inputs = picture.reads.map(({ relation, columns }) =>
    datasetOf(relation, { source, facets: schemaOf(columns) }),
  );
  const fields = picture.lineage.map(({ column, sources }) => [
    column,
    {
      inputFields: sources.map((from) => ({
        ...nameOf(datasetOf(from.relation, { source, facets: {} })),
        field: from.column,
        transformations: [{ type: 'DIRECT' }],
      })),
    },
  ]);
  const facets = {
    ...schemaOf(picture.columns),
    ...facet('columnLineage', { fields: Object.fromEntries(fields) }),
  };
  return { inputs, outputs: [datasetOf(table, { source, facets })] };
}

/** As it is, under another name. */
function passedOn(
  from: RelationId,
  { source, picture, to }: DescribeParts & { readonly to: RelationId },
): Flow {
  const input = datasetOf(from, { source, facets: schemaOf(picture.columns) });
  const fields = picture.columns.map(({ name }) => [
    name,
    {
      inputFields: [
        {
          ...nameOf(input),
          field: name,
          transformations: [{ type: 'DIRECT', subtype: 'IDENTITY' }],
        },
      ],
    },
  ]);
  const facets = {
    ...schemaOf(picture.columns),
    ...facet('columnLineage', { fields: Object.fromEntries(fields) }),
  };
  return { inputs: [input], outputs: [datasetOf(to, { source, facets })] };
}

function nameOf({ namespace, name }: Dataset): Pick<Dataset, 'namespace' | 'name'> {
  return { namespace, name };
}

function schemaOf(columns: readonly MartColumn[]) {
  return facet('schema', { fields: columns.map(({ name, type }) => ({ name, type })) });
}
