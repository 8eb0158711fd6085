import type { Write } from '../lineage/column-edges.ts';
import { withoutDefinitions } from '../lineage/without-definitions.ts';
import type { Template } from '../usage/template.ts';
import type { Engine } from './engine.ts';
import type { ObservedSchema } from './observe-schema.ts';

export interface DirectWritesParts {
  readonly schema: ObservedSchema;
  readonly templates: readonly Template[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * The statements that wrote a relation, with the columns of what their text names: kept shapes look through views,
 * so those that name one are read again with views as ends.
 */
export async function directWrites(
  { parsers, connector, names }: Pick<Engine, 'parsers' | 'connector' | 'names'>,
  { schema, templates, signal }: DirectWritesParts,
): Promise<readonly Write[]> {
  const writes = templates.filter(({ shape }) => shape.target !== undefined);
  const throughViews = writes.filter(({ shape }) =>
    shape.relations.some(({ via }) => via === 'through-view'),
  );
  const world = { dialect: connector.dialect, schema: withoutDefinitions(schema.snapshot) };
  const shapes = await parsers.shapesOf(
    throughViews.map(({ normalForm }) => ({ sql: normalForm, hasRun: true, names })),
    { world, signal },
  );
  const direct = new Map(throughViews.map(({ fingerprint }, at) => [fingerprint, shapes[at]]));
  return writes.flatMap(({ fingerprint, shape }): Write[] => {
    const read = direct.get(fingerprint);
    const { target, lineage } = read?.target === undefined ? shape : read;
    return target === undefined ? [] : [{ target, lineage }];
  });
}
