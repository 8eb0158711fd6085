import { z } from 'zod';
import { digestOf } from '../../base/digest.ts';
import { GoldsmithError } from '../../base/goldsmith-error.ts';
import type { BrokenFact } from '../../drift/incidents/symptoms.ts';
import type { PicturedRelation } from '../../drift/schema-picture.ts';
import type { SourceBasis } from '../../drift/source-basis.ts';
import type { Mart, Obligation, SourceState } from '../../marts/mart.ts';
import { verifyObligations } from '../../prove/verify-obligations.ts';
import type { Engine } from '../engine.ts';

const VERIFIED = 'obligations-verified';
const verified = z.object({ of: z.string(), broken: z.array(z.tuple([z.number(), z.string()])) });

export interface FactsParts {
  readonly mart: Mart;
  readonly basis: SourceBasis | undefined;
  readonly now: readonly PicturedRelation[];
  /** Of the mart's sources, as measured in this cycle. */
  readonly states: readonly SourceState[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * The facts a mart rests on that do not hold on what its sources hold now: those of its definition, and keys its sources declared
 * when it last was well and declare no more. Asked again only where a source changed.
 */
export async function brokenFacts(
  { connector, store, clock }: Pick<Engine, 'connector' | 'store' | 'clock'>,
  { mart, basis, now, states, signal }: FactsParts,
): Promise<readonly BrokenFact[]> {
  const { relation } = mart.definition;
  const once = undeclaredKeys(mart, { basis, now });
  const obligations = [...mart.definition.obligations, ...once];
  if (obligations.length === 0) {
    return [];
  }
  const of = digestOf({ obligations, states });
  const known = verified.safeParse(store.documents.get(VERIFIED, relation)).data;
  if (known?.of === of) {
    return factsOf(mart, { obligations, broken: known.broken });
  }
  const broken: [number, string][] = [];
  for (const [at, obligation] of obligations.entries()) {
    const because = await whyBroken(obligation, { connector, clock, signal });
    if (because !== undefined) {
      broken.push([at, because]);
    }
  }
  store.documents.put(VERIFIED, relation, { of, broken });
  return factsOf(mart, { obligations, broken });
}

function factsOf(
  { definition }: Mart,
  {
    obligations,
    broken,
  }: {
    readonly obligations: readonly Obligation[];
    readonly broken: readonly (readonly [number, string])[];
  },
): readonly BrokenFact[] {
  const { relation } = definition;
  return broken.flatMap(([at, because]) => {
    const obligation = obligations[at];
    const isOnceDeclared = at >= definition.obligations.length;
    return obligation === undefined ? [] : [{ relation, obligation, because, isOnceDeclared }];
  });
}

/** Nobody enforces them any more, and a join over them may have begun to repeat rows. */
function undeclaredKeys(
  { definition }: Mart,
  { basis, now }: Pick<FactsParts, 'basis' | 'now'>,
): readonly Obligation[] {
  const keyOf = (columns: readonly string[]) => columns.toSorted().join('\n');
  return (basis?.relations ?? []).flatMap((was) => {
    const is = now.find(({ id }) => id === was.id);
    if (is === undefined || !definition.sources.includes(was.id)) {
      return [];
    }
    const declared = new Set(is.keys.map(({ columns }) => keyOf(columns)));
    const names = new Set(is.columns.map(({ name }) => name));
    return was.keys
      .filter(
        ({ columns }) => !declared.has(keyOf(columns)) && columns.every((one) => names.has(one)),
      )
      .map(({ columns }): Obligation => ({ kind: 'unique-key', relation: was.id, columns }));
  });
}

async function whyBroken(
  obligation: Obligation,
  { connector, clock, signal }: Pick<Engine, 'connector' | 'clock'> & Pick<FactsParts, 'signal'>,
): Promise<string | undefined> {
  try {
    const { broken } = await verifyObligations(connector, {
      obligations: [obligation],
      source: 'a look at the sources',
      at: clock.now(),
      purpose: 'facts',
      signal,
    });
    return broken[0]?.because;
  } catch (error) {
    // What is gone cannot be asked: the definition is broken then, which is told by itself.
    if (error instanceof GoldsmithError && GONE.has(error.code)) {
      return undefined;
    }
    throw error;
  }
}

const GONE: ReadonlySet<string> = new Set(['CONNECTOR_BAD_SQL', 'CONNECTOR_RELATION_MISSING']);
