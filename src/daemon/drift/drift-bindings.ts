import { z } from 'zod';
import { GoldsmithError } from '../../base/goldsmith-error.ts';
import type { RelationId } from '../../base/relation.ts';
import type { Connector } from '../../connectors/connector.ts';
import type { Mart, MartColumn } from '../../marts/mart.ts';
import { selectLogical } from '../../materializer/statements.ts';
import { columnsDiffer, describeQuery } from '../../prove/describe-query.ts';
import type { DocumentStore } from '../../store/document-store.ts';

/** What the warehouse says of a mart's definition: its columns, or that it cannot compute it. */
export type Binding =
  | { readonly kind: 'binds'; readonly columns: readonly MartColumn[] }
  | { readonly kind: 'fails'; readonly code: string };

const BOUND = 'definition-bound';
const kept = z.object({
  of: z.string(),
  definitionDigest: z.string(),
  binding: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('binds'),
      columns: z.array(z.object({ name: z.string(), type: z.string() })),
    }),
    z.object({ kind: z.literal('fails'), code: z.string() }),
  ]),
});

export interface BindParts {
  readonly connector: Connector;
  readonly documents: DocumentStore;
  /** What the warehouse said of a mart holds as long as this stays the same: it may be billed for being asked. */
  readonly keyOf: (mart: Mart) => string;
  readonly signal?: AbortSignal | undefined;
}

/** Asks the warehouse, where something a mart reads changed since it was asked last, whether the definition still gives columns. */
export async function bindMarts(
  marts: readonly Mart[],
  { connector, documents, keyOf, signal }: BindParts,
): Promise<ReadonlyMap<RelationId, Binding>> {
  const bindings = new Map<RelationId, Binding>();
  for (const mart of marts) {
    const { definition, definitionDigest, stage } = mart;
    const { relation } = definition;
    if (stage === 'quarantined') {
      continue;
    }
    const before = kept.safeParse(documents.get(BOUND, relation)).data;
    const of = keyOf(mart);
    const isKnown = before?.of === of && before.definitionDigest === definitionDigest;
    const binding = isKnown
      ? before.binding
      : await bindingOf(selectLogical(definition, connector.wording), { connector, signal });
    if (!isKnown) {
      documents.put(BOUND, relation, { of, definitionDigest, binding });
    }
    bindings.set(relation, binding);
  }
  return bindings;
}

/** What the warehouse says of one SELECT. */
export async function bindingOf(
  sql: string,
  { connector, signal }: Pick<BindParts, 'connector' | 'signal'>,
): Promise<Binding> {
  try {
    return {
      kind: 'binds',
      columns: await describeQuery(connector, { sql, purpose: 'verify', signal }),
    };
  } catch (error) {
    if (error instanceof GoldsmithError && NOT_BOUND.has(error.code)) {
      return { kind: 'fails', code: error.code };
    }
    throw error;
  }
}

const NOT_BOUND: ReadonlySet<string> = new Set(['CONNECTOR_BAD_SQL', 'CONNECTOR_RELATION_MISSING']);

/** How a definition's columns differ from what was promised; nothing where they do not. */
export function brokenPromise(
  { definition }: Mart,
  binding: Binding | undefined,
): string | undefined {
  if (binding === undefined) {
    return undefined;
  }
  return binding.kind === 'fails'
    ? 'the warehouse cannot compute its definition any more'
    : columnsDiffer(definition.columns, binding.columns);
}
