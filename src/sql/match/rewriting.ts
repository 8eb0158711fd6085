import type { RelationId } from '../../base/relation.ts';
import type { CertificateEntry } from '../../marts/certificate.ts';
import type { DialectName } from '../dialect.ts';
import type { NormalQuery } from '../normal-query.ts';
import type { BlockMiss } from './block-request.ts';
import type { MartIndex } from './mart-index.ts';
import type { PreparedMart } from './prepared.ts';

/** What a rewrite has done so far; one a statement. */
export interface Rewriting {
  /** The whole query that was asked. */
  readonly statement: NormalQuery;
  readonly index: MartIndex;
  readonly dialect: DialectName;
  readonly nextOcc: () => number;
  readonly used: Set<PreparedMart>;
  readonly entries: CertificateEntry[];
  readonly misses: { readonly mart: RelationId; readonly miss: BlockMiss }[];
  /** Marts whose rows are united with those that are rewritten now. */
  readonly united?: readonly PreparedMart[];
}
