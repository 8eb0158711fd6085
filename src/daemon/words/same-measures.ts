import { z } from 'zod';
import type { WordDefinition } from '../../lineage/words/business-words.ts';
import type { TotalQuery } from '../../lineage/words/totals-sql.ts';
import type { Facts } from '../../marts/facts.ts';
import { SCRATCH_DIALECT } from '../../prove/scratch-type.ts';
import { tryOnSmallDatabases } from '../../prove/small-scope.ts';
import { openTrialGround } from '../../prove/trial-ground.ts';
import { trialMatter } from '../../prove/trial-matter.ts';
import type { DialectName } from '../../sql/dialect.ts';
import { declaredFacts } from '../../sql/match/declared-facts.ts';
import { toBound } from '../../sql/normalize/to-bound.ts';
import { printQuery } from '../../sql/print/print-query.ts';
import type { DocumentStore } from '../../store/document-store.ts';
import type { ObservedSchema } from '../observe-schema.ts';

const SAME = 'same-measure';
const kept = z.object({
  one: z.string(),
  other: z.string(),
  isSame: z.boolean(),
  schema: z.string(),
});

/** Arithmetics that were found to be one, each by the digest that stands for all of them. */
export function sameMeasures(
  documents: DocumentStore,
  schemaDigest: string,
): ReadonlyMap<string, string> {
  const standsFor = new Map<string, string>();
  const root = (digest: string): string => {
    const next = standsFor.get(digest) ?? digest;
    return next === digest ? digest : root(next);
  };
  for (const { value } of documents.list(SAME)) {
    const pair = kept.safeParse(value).data;
    if (pair?.isSame === true && pair.schema === schemaDigest) {
      const [first = '', second = ''] = [root(pair.one), root(pair.other)].toSorted();
      standsFor.set(second, first);
      standsFor.set(first, first);
    }
  }
  return new Map([...standsFor.keys()].map((digest) => [digest, root(digest)]));
}

export interface Doubt {
  readonly definition: WordDefinition;
  readonly total: Extract<TotalQuery, { readonly kind: 'total' }>;
  /** What it gives today. */
  readonly value: string;
}

/** Small databases each pair is asked on, and pairs of one word. */
const DATABASES = 128;
const MOST_PAIRS = 6;

export interface SettleParts {
  readonly documents: DocumentStore;
  readonly schema: ObservedSchema;
  readonly facts: Facts;
  readonly dialect: DialectName;
}

/**
 * Asks small random databases whether definitions that give one number today are one arithmetic written differently, and
 * remembers what they said for as long as the schema is the same. True where something new was found to be the same.
 */
export async function settleDoubts(doubts: readonly Doubt[], parts: SettleParts): Promise<boolean> {
  const { documents, schema } = parts;
  const pairs = doubts
    .flatMap((one, at) => doubts.slice(at + 1).map((other) => [one, other] as const))
    .filter(([one, other]) => isAlike(one.value, other.value))
    .slice(0, MOST_PAIRS);
  let isNew = false;
  for (const [one, other] of pairs) {
    const [first = '', second = ''] = [one, other]
      .map(({ definition }) => definition.keys[0] ?? '')
      .toSorted();
    const key = `${first}/${second}`;
    const known = kept.safeParse(documents.get(SAME, key)).data;
    if (known?.schema !== schema.digest) {
      const isSame = await answerAlike([one, other], parts);
      documents.put(SAME, key, { one: first, other: second, isSame, schema: schema.digest });
      isNew ||= isSame;
    }
  }
  return isNew;
}

/** Beyond the last digits of floating-point numbers. */
function isAlike(one: string, other: string): boolean {
  const [a, b] = [Number(one), Number(other)];
  return one === other || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}

/** Nothing over nothing is 0: a NULL is taken for it on both sides, as in the normal form. */
async function answerAlike(
  [one, other]: readonly [Doubt, Doubt],
  { schema, facts, dialect }: SettleParts,
): Promise<boolean> {
  // Warehouses divide whole numbers in two ways: what the scratch engine says of a quotient holds for its own alone.
  const divides = [one, other].some(({ total }) => total.sql.includes('/'));
  if (divides && dialect !== SCRATCH_DIALECT) {
    return false;
  }
  const [query, rewritten] = [one, other].map(({ total }) => {
    const printed = printQuery(total.query, SCRATCH_DIALECT);
    return printed.kind === 'printed'
      ? `select coalesce(total, 0) as total from (\n${printed.sql}\n) as one`
      : undefined;
  });
  if (query === undefined || rewritten === undefined) {
    return false;
  }
  const matter = trialMatter(
    [one, other].map(({ total }) => toBound(total.query)),
    schema.snapshot,
  );
  const declared = declaredFacts(schema.snapshot, { trustKeys: true });
  const ground = openTrialGround({ relations: matter.relations });
  try {
    const outcome = await tryOnSmallDatabases({
      ...matter,
      ground,
      facts: {
        ...facts,
        uniqueKeys: [...facts.uniqueKeys, ...declared.uniqueKeys],
        notNull: [...facts.notNull, ...declared.notNull],
      },
      marts: [],
      query,
      rewritten,
      databases: DATABASES,
      seed: 1,
      approximate: true,
      isShrunk: false,
    });
    return outcome.kind === 'equal' && outcome.telling > 0;
  } finally {
    ground.close();
  }
}
