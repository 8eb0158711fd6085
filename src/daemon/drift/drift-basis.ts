import { digestOf } from '../../base/digest.ts';
import type { RelationId } from '../../base/relation.ts';
import type { DriftInput } from '../../decide/cycle-input.ts';
import type { SchemaChange } from '../../drift/schema-change.ts';
import type { PicturedRelation } from '../../drift/schema-picture.ts';
import { basisOf, type SourceBasis, sourceBasis } from '../../drift/source-basis.ts';
import type { Mart } from '../../marts/mart.ts';
import { dialectOf } from '../../sql/dialects.ts';
import type { DocumentStore } from '../../store/document-store.ts';
import type { Engine } from '../engine.ts';
import type { ObservedSchema } from '../observe-schema.ts';

const BASIS = 'mart-basis';

/** What a mart's definition was written for, where it was taken down of this very definition. */
export function keptBasis(documents: DocumentStore, mart: Mart): SourceBasis | undefined {
  const basis = basisOfAny(documents, mart);
  return basis?.definitionDigest === mart.definitionDigest ? basis : undefined;
}

/** Of this definition or of one it was rewritten from: what its version was built from, either way. */
export function basisOfAny(
  documents: DocumentStore,
  { definition, definitionDigest, former = [] }: Mart,
): SourceBasis | undefined {
  const basis = sourceBasis.safeParse(documents.get(BASIS, definition.relation)).data;
  const digests = new Set([definitionDigest, ...former.map(({ digest }) => digest)]);
  return basis !== undefined && digests.has(basis.definitionDigest) ? basis : undefined;
}

/** A view on the way to a mart's sources that says something else since the version readers have was built; absent mostly. */
export function redefinedSince(
  basis: SourceBasis | undefined,
  { mart, now }: { readonly mart: Mart; readonly now: readonly PicturedRelation[] },
): SchemaChange | undefined {
  if (basis === undefined || mart.current?.version !== basis.version || mart.stage !== 'physical') {
    return undefined;
  }
  const standing = new Map(now.map((relation) => [relation.id, relation]));
  const changed = basis.relations.find(({ id, definitionDigest }) => {
    const is = standing.get(id);
    return is?.kind === 'view' && is.definitionDigest !== definitionDigest;
  });
  return changed && { kind: 'definition-changed', relation: changed.id };
}

/**
 * Takes down what these marts' definitions read, as it is now: of marts whose definition gives what it promises, and again with
 * every version, for each is built from what stood then. Marts that are gone are forgotten.
 */
export async function keepBases(
  engine: Pick<Engine, 'store' | 'parsers' | 'connector' | 'clock'>,
  {
    marts,
    all,
    schema,
    signal,
  }: {
    readonly marts: readonly Mart[];
    readonly all: readonly Mart[];
    readonly schema: ObservedSchema;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<void> {
  const { documents } = engine.store;
  const { dialect } = engine.connector;
  const due = marts.filter((mart) => {
    const basis = keptBasis(documents, mart);
    return basis?.schemaDigest !== schema.digest || basis.version !== mart.current?.version;
  });
  const outcomes = await engine.parsers.parse(
    due.map(({ definition }) => ({ sql: definition.sql, dialect })),
    signal,
  );
  documents.transaction(() => {
    for (const [at, mart] of due.entries()) {
      const outcome = outcomes[at];
      const statement = outcome?.kind === 'parsed' ? outcome.statements[0] : undefined;
      if (statement?.kind === 'query') {
        const { query } = statement;
        const basis = basisOf(mart, { query, schema: schema.index, dialect: dialectOf(dialect) });
        const before = keptBasis(documents, mart);
        documents.put(BASIS, mart.definition.relation, {
          ...withKeysOf(before, basis),
          schemaDigest: schema.digest,
          takenAt: engine.clock.now(),
        });
      }
    }
    const owned = new Set<RelationId>(all.map(({ definition }) => definition.relation));
    for (const { key } of documents.list(BASIS)) {
      if (!owned.has(key as RelationId)) {
        documents.remove(BASIS, key);
      }
    }
  });
}

/** The same of marts that are new, or have another version since this cycle began. */
export async function keepNewBases(
  engine: Pick<Engine, 'store' | 'parsers' | 'connector' | 'clock'>,
  {
    marts,
    schema,
    drift,
    signal,
  }: {
    readonly marts: readonly Mart[];
    readonly schema: ObservedSchema;
    readonly drift: DriftInput | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<void> {
  const isBroken = (mart: Mart) =>
    drift?.broken.some(({ relation }) => relation === mart.definition.relation) === true;
  const news = marts.filter((mart) => {
    const basis = keptBasis(engine.store.documents, mart);
    return !isBroken(mart) && (basis === undefined || basis.version !== mart.current?.version);
  });
  if (news.length > 0) {
    await keepBases(engine, { marts: news, all: marts, schema, signal });
  }
}

/** Keys that were declared once are remembered: whether they still are keys is worth a look, though nobody enforces them. */
function withKeysOf(before: SourceBasis | undefined, now: SourceBasis): SourceBasis {
  const relations = now.relations.map((relation) => {
    const known = before?.relations.find(({ id }) => id === relation.id)?.keys ?? [];
    const names = new Set(relation.columns.map(({ name }) => name));
    const isNew = ({ columns }: (typeof known)[number]) =>
      columns.every((name) => names.has(name)) &&
      !relation.keys.some((own) => own.columns.toSorted().join() === columns.toSorted().join());
    return { ...relation, keys: [...relation.keys, ...known.filter(isNew)] };
  });
  return { ...now, relations };
}

/** Digest of all that a mart reads, as it is now; of the whole schema where that is not known. */
export function readsDigest(
  basis: SourceBasis | undefined,
  {
    now,
    schema,
  }: { readonly now: readonly PicturedRelation[]; readonly schema: Pick<ObservedSchema, 'digest'> },
): string {
  if (basis === undefined) {
    return schema.digest;
  }
  const read = new Set(basis.relations.map(({ id }) => id));
  return digestOf(now.filter(({ id }) => read.has(id)));
}
