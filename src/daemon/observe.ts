import type { Mart } from '../marts/mart.ts';
import type { Engine } from './engine.ts';
import { type ObservedSchema, observeSchema } from './observe-schema.ts';

export interface ObserveParts {
  readonly marts: readonly Mart[];
  readonly signal: AbortSignal | undefined;
  /** As in `CatalogOptions`. */
  readonly withoutSizes?: true;
}

/** The warehouse's relations as they are now, Goldsmith's own schemas left out. */
export function observe(
  engine: Pick<Engine, 'connector' | 'parsers' | 'config' | 'names'>,
  { marts, signal, withoutSizes }: ObserveParts,
): Promise<ObservedSchema> {
  const { dataSchema, ledgerSchema } = engine.config.marts;
  return observeSchema({
    connector: engine.connector,
    parse: engine.parsers.parse,
    marts,
    ownSchemas: [dataSchema, ledgerSchema],
    ownDatabase: engine.names.database,
    signal,
    withoutSizes,
  });
}
