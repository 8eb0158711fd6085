import type { RelationId } from '../base/relation.ts';
import type { JoinSet } from '../graph/frequent-subgraphs.ts';
import type { Mart, MartColumn } from '../marts/mart.ts';
import type { Query } from '../sql/ir.ts';
import type { NormalQuery } from '../sql/normal-query.ts';
import type { AuthorParts } from './author-mart.ts';
import type { Candidate, EnumeratorId, GrainKey, NotEnumerated } from './candidate.ts';
import type { TemplateDemand } from './demand.ts';
import type { ReadDefinition } from './read-definition.ts';
import type { StarBlock } from './star-block.ts';

/** A template with demand, in normal form, with the blocks a mart could answer. */
export interface Reading {
  readonly demand: TemplateDemand;
  readonly query: NormalQuery;
  readonly blocks: readonly StarBlock[];
}

/** The SELECT an operator handed over with a table, as it was read. */
export type HandedOver =
  | { readonly kind: 'read'; readonly sql: string; readonly query: Query }
  | { readonly kind: 'unread'; readonly because: string };

/** A view, or a table with its definition, that the operator allows to be taken over. */
export interface AdoptableView {
  readonly view: RelationId;
  readonly maxStalenessMs: number;
  /** Its SELECT, word for word as the warehouse holds it; absent where it is gone or is no view. */
  readonly sql?: string | undefined;
  readonly columns: readonly MartColumn[];
  /** Given for a table. */
  readonly handedOver?: HandedOver | undefined;
}

export interface EnumerationInput extends AuthorParts {
  /** Dearest first. */
  readonly readings: readonly Reading[];
  readonly joinSets: readonly JoinSet[];
  readonly adoptable: readonly AdoptableView[];
  readonly marts: readonly Mart[];
  /** Clients that ask `route`, lower case: only their statements reach a mart they do not name. */
  readonly routeClients: ReadonlySet<string>;
  readonly definitionOf: (view: RelationId) => ReadDefinition | undefined;
  /** Estimated rows of a grouping over an anchor's rows. */
  readonly groupedRowsOf: (anchor: RelationId, grain: readonly GrainKey[]) => number;
  /** Rows of an aggregate mart at most, as a share of the rows it groups: larger ones are never merged. */
  readonly maxRowsShare: number;
}

export interface Enumerated {
  readonly candidates: readonly Candidate[];
  readonly not: readonly NotEnumerated[];
}

/** One way to find candidates; `enumerators.ts` names them all in order. */
export interface Enumerator {
  readonly id: EnumeratorId;
  readonly enumerate: (input: EnumerationInput) => Enumerated;
}
