import { z } from 'zod';
import type { RelationId } from '../base/relation.ts';
import type { Mart } from '../marts/mart.ts';
import type { Intent } from './intended-flip.ts';
import { storedVersionGrowth } from './stored-growth.ts';
import { storedSourceState, storedUnfinished, storedVersionRanges } from './stored-ranges.ts';

/** A mart with what only the materializer needs: how its objects looked when we last touched them. */
export interface MartRecord {
  readonly mart: Mart;
  /** The stable view as the warehouse stores it after our last change; anything else was somebody else. */
  readonly viewText: string;
  /** A mark of the view as it was made, where its text changes with what it reads. */
  readonly viewRule?: string | undefined;
  /** An adopted view's whole stored text before the takeover. */
  readonly originalViewText?: string | undefined;
  /** After this moment the stable view answers from the logical definition; absent while logical. */
  readonly freshUntil?: number | undefined;
  /** Content of each version's table as built, by table. */
  readonly marks: Readonly<Record<string, TableMark>>;
  /** Why it was stopped, while quarantined. */
  readonly note?: string | undefined;
  /** A flip that was begun; the view's text tells whether it happened. Only where ledger and view cannot commit together. */
  readonly intent?: Intent | undefined;
}

/** Equal marks, equal content: nobody wrote to the table since. Of a slim version's view, and of a native version, `checksum` is its text. */
export interface TableMark {
  readonly rows: number;
  readonly checksum: string;
  /** The engine's hash canary when it was taken; a checksum of another hash cannot be compared. */
  readonly hashedBy?: string | undefined;
  /** The transaction that filled it last, where a snapshot may be too old to see its rows. */
  readonly filledBy?: string | undefined;
}

const relation = z.string().transform((text) => text as RelationId);
const epochMs = z.number();
const column = z.object({ name: z.string(), type: z.string() });
const names = z.array(z.string());

const obligation = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('unique-key'), relation, columns: names }),
  z.object({
    kind: z.literal('inclusion'),
    from: relation,
    fromColumns: names,
    to: relation,
    toColumns: names,
  }),
  z.object({ kind: z.literal('not-null'), relation, column: z.string() }),
]);

/** A definition as the ledger and the journal hold it. */
export const storedDefinition = z.object({
  relation,
  origin: z.enum(['candidate', 'adopted']),
  sql: z.string(),
  columns: z.array(column),
  sources: z.array(relation),
  obligations: z.array(obligation),
  maxStalenessMs: z.number(),
});

const facts = z.object({
  source: z.string(),
  verifiedAt: epochMs,
  uniqueKeys: z.array(z.object({ relation, columns: names })),
  inclusions: z.array(
    z.object({ from: relation, fromColumns: names, to: relation, toColumns: names }),
  ),
  notNull: z.array(z.object({ relation, column: z.string() })),
  rowCounts: z.array(z.object({ relation, rows: z.number() })),
});

const pack = z.object({ table: relation, sql: z.string(), position: z.string() });
const side = z.object({ table: relation, sql: z.string(), keys: names });

/** As the ledger and the journal hold it. */
export const storedSlimForm = z.object({
  rows: relation,
  sql: z.string(),
  packs: z.array(pack),
  sides: z.array(side).exactOptional(),
  attributes: z.array(
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('stored'), name: z.string() }),
      z.object({ kind: z.literal('packed'), name: z.string(), pack: relation }),
      z.object({
        kind: z.literal('beside'),
        name: z.string(),
        side: relation,
        elseNullRow: z.literal(true).exactOptional(),
      }),
      z.object({ kind: z.literal('tombstone'), name: z.string(), message: z.string() }),
    ]),
  ),
});

const nativeShape = {
  kind: z.enum(['materialized view', 'dynamic table']),
  key: names.exactOptional(),
  lagMs: z.number().exactOptional(),
  compute: z.string().exactOptional(),
};

/** As the journal holds it. */
export const storedNativeShape = z.object(nativeShape);

const version = z.object({
  version: z.number(),
  table: relation,
  builtAt: epochMs,
  sourceStates: z.array(storedSourceState),
  verifiedFreshAt: epochMs,
  rows: z.number(),
  bytes: z.number(),
  facts,
  slim: storedSlimForm.exactOptional(),
  ranges: storedVersionRanges.exactOptional(),
  growth: storedVersionGrowth.exactOptional(),
  native: z
    .object({
      ...nativeShape,
      refreshes: z.number(),
      sinceWhole: z.number(),
      isFormer: z.literal(true).exactOptional(),
      isAtRest: z.literal(true).exactOptional(),
    })
    .exactOptional(),
});

const pruned = z.object({
  name: z.string(),
  stage: z.enum(['announced', 'hidden', 'tombstoned']),
  since: epochMs,
  because: z.string(),
});

const mart = z.object({
  definition: storedDefinition,
  definitionDigest: z.string(),
  stage: z.enum(['logical', 'physical', 'quarantined']),
  createdAt: epochMs,
  current: version.exactOptional(),
  hidden: z.array(z.object({ version, hiddenAt: epochMs })),
  unfinished: storedUnfinished.exactOptional(),
  pruned: z.array(pruned).exactOptional(),
  originalSql: z.string().exactOptional(),
  held: z.object({ since: epochMs, because: z.string() }).exactOptional(),
  former: z
    .array(z.object({ digest: z.string(), sql: z.string(), until: epochMs, because: z.string() }))
    .exactOptional(),
  was: z.literal('table').exactOptional(),
  notNative: z
    .object({
      since: epochMs,
      kind: storedNativeShape.shape.kind.exactOptional(),
      because: z.string(),
    })
    .exactOptional(),
});

const access = z.object({
  owner: z.string(),
  grants: z.array(
    z
      .object({
        grantee: z.string().optional(),
        privilege: z.string(),
        grantable: z.boolean(),
        column: z.string().optional(),
      })
      .transform(({ grantee, column, ...grant }) => ({ ...grant, grantee, column })),
  ),
  options: names,
});

const flipTarget = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('version'),
    version: z.number(),
    freshUntil: epochMs,
    verifiedFreshAt: epochMs,
  }),
  z.object({ kind: z.literal('logical') }),
  z.object({ kind: z.literal('held'), because: z.string() }),
  z.object({ kind: z.literal('quarantined'), note: z.string() }),
  z.object({ kind: z.literal('released') }),
  z.object({ kind: z.literal('followed'), mart, freshUntil: epochMs.exactOptional() }),
]);

const record = z.object({
  mart,
  viewText: z.string(),
  viewRule: z.string().optional(),
  originalViewText: z.string().optional(),
  freshUntil: epochMs.optional(),
  marks: z.record(
    z.string(),
    z.object({
      rows: z.number(),
      checksum: z.string(),
      hashedBy: z.string().optional(),
      filledBy: z.string().optional(),
    }),
  ),
  note: z.string().optional(),
  intent: z
    .object({ at: epochMs, select: z.string(), to: flipTarget, access: access.optional() })
    .optional(),
});

/** Reads a ledger row's JSON; rejects a row that was edited into something else. */
export function parseMartRecord(json: string): MartRecord {
  return record.parse(JSON.parse(json));
}
