import type { RelationId } from '../../base/relation.ts';
import type { Intent } from '../../decide/intent.ts';
import { carried, definitionAfter } from '../../drift/follow-definition.ts';
import { followedText, said } from '../../drift/followed.ts';
import { rewordings } from '../../drift/reword-definition.ts';
import { schemaBefore } from '../../drift/schema-before.ts';
import type { SchemaChange } from '../../drift/schema-change.ts';
import type { SchemaEvent } from '../../drift/schema-event.ts';
import type { PicturedRelation } from '../../drift/schema-picture.ts';
import { type SeenRename, witnessOf } from '../../drift/seen-renames.ts';
import type { SourceBasis } from '../../drift/source-basis.ts';
import { sourcesSince } from '../../drift/sources-since.ts';
import {
  type Gone,
  isGone,
  type WithoutParts,
  withoutColumns,
} from '../../drift/without-columns.ts';
import { noFacts } from '../../marts/facts.ts';
import type { Mart, MartDefinition } from '../../marts/mart.ts';
import { selectLogical } from '../../materializer/statements.ts';
import { columnsDiffer } from '../../prove/describe-query.ts';
import { dialectOf } from '../../sql/dialects.ts';
import type { Query } from '../../sql/ir.ts';
import { indexSchema } from '../../sql/schema-index.ts';
import type { Engine } from '../engine.ts';
import type { ObservedSchema } from '../observe-schema.ts';
import { bindingOf } from './drift-bindings.ts';

export type FollowIntent = Extract<Intent, { readonly kind: 'follow' }>;

/** How a mart whose definition is broken can go on. */
export type Way =
  | { readonly kind: 'follow'; readonly intent: FollowIntent }
  /** `instead` is what a person may agree to: what is left without what is gone, or an end of the mart. */
  | { readonly kind: 'refuse'; readonly because: string; readonly instead?: Instead };

export type Instead = FollowIntent | Extract<Intent, { readonly kind: 'release' }>;

export interface FollowingParts {
  readonly mart: Mart;
  /** What its definition was written for; absent where nobody took it down. */
  readonly basis: SourceBasis | undefined;
  readonly schema: ObservedSchema;
  readonly now: readonly PicturedRelation[];
  readonly events: readonly SchemaEvent[];
  /** Seen since the basis was taken down. */
  readonly renames: readonly SeenRename[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * Rewrites a mart's definition after what became of its sources: by the smallest edit that surely means the same, its promised types
 * kept by exact casts, and the warehouse asked whether it computes it. Whatever is not sure is refused with the reason.
 */
export async function wayOn(
  engine: Pick<Engine, 'connector' | 'parsers' | 'config'>,
  { mart, basis, schema, now, events, renames, signal }: FollowingParts,
): Promise<Way> {
  const { connector } = engine;
  const { dialect } = connector;
  const { definition } = mart;
  if (basis === undefined) {
    return {
      kind: 'refuse',
      because:
        'nobody knows what its sources looked like when it last could be computed (the state file was lost or is new)',
    };
  }
  const witness = witnessOf(renames, { before: basis.relations, after: now });
  const since = sourcesSince(basis, { now, moves: movesOf(events), witness });
  const texts = [
    definition.sql,
    ...rewordings(definition.sql, { sources: since.sources, dialect: dialectOf(dialect) }),
  ];
  const queries = await readQueries(engine, { texts, signal });
  const [written, ...rewritten] = texts.map((sql, at) => ({ sql, query: queries[at] }));
  if (written === undefined) {
    return { kind: 'refuse', because: 'it has no definition' };
  }
  const before = indexSchema(
    schemaBefore(withBasis(now, basis), schema.snapshot),
    dialectOf(dialect),
  );
  const followed = followedText(mart, {
    dialect,
    written,
    rewritten,
    before,
    now: schema.index,
    since,
  });
  if (followed.kind === 'refused') {
    const gone = followed.changes.filter(isGone);
    const { sources } = since;
    const { query } = written;
    const instead = await leftOf(engine, { mart, query, before, sources, gone, signal });
    return {
      kind: 'refuse',
      because: followed.because,
      ...(instead === undefined ? {} : { instead }),
    };
  }
  const change = said(followed.changes);
  const after = definitionAfter(definition, { sql: followed.sql, sources: since.sources });
  const kept = await withPromisedTypes(engine, {
    after,
    isCarriable: followed.isCarriable,
    signal,
  });
  if ('because' in kept) {
    return { kind: 'refuse', because: `${change}${change === '' ? '' : '; '}${kept.because}` };
  }
  return {
    kind: 'follow',
    intent: {
      kind: 'follow',
      relation: definition.relation,
      from: mart.definitionDigest,
      definition: kept.definition,
      change,
      proof: followed.changes.every(isWitnessed) ? 'statement-seen' : 'same-answers',
      because: change,
      evidence: { changes: followed.changes.length },
    },
  };
}

/**
 * What a person may agree to where sources or columns of them are gone: the definition without what was made of them, which the warehouse
 * computes; where nothing of it is left that means the same, the end of the mart.
 */
async function leftOf(
  { connector }: Pick<Engine, 'connector'>,
  {
    mart,
    query,
    signal,
    ...parts
  }: Pick<WithoutParts, 'before' | 'sources' | 'gone'> & {
    readonly mart: Mart;
    readonly query: Query | undefined;
    readonly signal: AbortSignal | undefined;
  },
): Promise<Instead | undefined> {
  const { gone, sources } = parts;
  if (gone.length === 0) {
    return undefined;
  }
  const isWhole = mart.current?.slim === undefined && (mart.pruned ?? []).length === 0;
  if (query === undefined || !isWhole) {
    return givenUp(mart, {
      gone,
      because: isWhole ? 'its definition cannot be read' : 'it stands in a slim form',
    });
  }
  const { dialect } = connector;
  const facts = mart.current?.facts ?? noFacts;
  const left = withoutColumns(mart.definition, { ...parts, dialect, query, facts });
  if (left.kind === 'refused') {
    return givenUp(mart, { gone, because: left.because });
  }
  const after = definitionAfter(left.definition, { sql: left.definition.sql, sources });
  const sql = selectLogical(after, connector.wording);
  const asked = await bindingOf(sql, { connector, signal });
  if (asked.kind === 'fails' || columnsDiffer(after.columns, asked.columns) !== undefined) {
    return givenUp(mart, { gone, because: 'the warehouse does not compute what is left of it' });
  }
  const change = `${said(gone)}; without ${left.columns.join(', ')}`;
  return {
    kind: 'follow',
    relation: mart.definition.relation,
    from: mart.definitionDigest,
    definition: after,
    change,
    proof: 'approved',
    without: left.columns,
    because: change,
    evidence: { changes: gone.length, columnsLost: left.columns.length },
  };
}

/** Nothing for a mart whose readers have no stored rows to keep: they already get the warehouse's own error. */
function givenUp(
  { definition: { relation }, stage, current }: Mart,
  { gone, because }: { readonly gone: readonly Gone[]; readonly because: string },
): Instead | undefined {
  if (stage !== 'physical' || current === undefined) {
    return undefined;
  }
  return {
    kind: 'release',
    relation,
    asItStands: true,
    because: `${said(gone)}, and nothing takes its place: ${because}`,
    evidence: { changes: gone.length, version: current.version, rows: current.rows },
  };
}

/**
 * Somebody was seen to rename or move it, and it stands where it stood, so that it was not dropped and made anew since: no load of other
 * data in between makes that a guess.
 */
function isWitnessed(change: SchemaChange): boolean {
  if (change.kind === 'column-renamed') {
    return change.evidence.includes('statement-seen') && change.evidence.includes('same-place');
  }
  return change.kind === 'relation-moved' && change.evidence.includes('statement-seen');
}

/** Moves that were seen, from where a relation was to where it went. */
export function movesOf(events: readonly SchemaEvent[]): ReadonlyMap<RelationId, RelationId> {
  return new Map(
    events
      .toReversed()
      .flatMap(({ relation, movedTo }) => (movedTo === undefined ? [] : [[relation, movedTo]])),
  );
}

/** The schema as it is, but the relations of the basis as they were. */
function withBasis(now: readonly PicturedRelation[], { relations }: SourceBasis) {
  const were = new Set(relations.map(({ id }) => id));
  return { takenAt: 0, relations: [...now.filter(({ id }) => !were.has(id)), ...relations] };
}

async function readQueries(
  { parsers, connector }: Pick<Engine, 'parsers' | 'connector'>,
  {
    texts,
    signal,
  }: { readonly texts: readonly string[]; readonly signal: AbortSignal | undefined },
): Promise<readonly (Query | undefined)[]> {
  const outcomes = await parsers.parse(
    texts.map((sql) => ({ sql, dialect: connector.dialect })),
    signal,
  );
  return outcomes.map((outcome) => {
    const [statement, ...more] = outcome.kind === 'parsed' ? outcome.statements : [];
    return statement?.kind === 'query' && more.length === 0 ? statement.query : undefined;
  });
}

/** The warehouse computes it and gives what readers were promised, if need be by casts that lose nothing. */
async function withPromisedTypes(
  { connector }: Pick<Engine, 'connector'>,
  {
    after,
    isCarriable,
    signal,
  }: {
    readonly after: MartDefinition;
    readonly isCarriable: boolean;
    readonly signal: AbortSignal | undefined;
  },
): Promise<{ readonly definition: MartDefinition } | { readonly because: string }> {
  const asked = await bindingOf(selectLogical(after, connector.wording), { connector, signal });
  if (asked.kind === 'fails') {
    return { because: 'the warehouse does not compute the rewritten definition either' };
  }
  const differing = columnsDiffer(after.columns, asked.columns);
  if (differing === undefined) {
    return { definition: after };
  }
  if (!isCarriable) {
    return { because: `what readers were promised would change: ${differing}` };
  }
  const cast = carried(after, { found: asked.columns, dialect: connector.dialect });
  if ('because' in cast) {
    return cast;
  }
  const definition = { ...after, sql: cast.sql };
  const again = await bindingOf(selectLogical(definition, connector.wording), {
    connector,
    signal,
  });
  return again.kind === 'binds' && columnsDiffer(after.columns, again.columns) === undefined
    ? { definition }
    : { because: `what readers were promised would change: ${differing}` };
}
