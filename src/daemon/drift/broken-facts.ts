import { z } from 'zod';
import { digestOf } from '../../base/digest.ts';
import { GoldsmithError } from '../../base/goldsmith-error.ts';
import { obligationKey } from '../../candidates/join-star.ts';
import type { BrokenFact } from '../../drift/incidents/symptoms.ts';
import type { PicturedRelation } from '../../drift/schema-picture.ts';
import type { SourceBasis } from '../../drift/source-basis.ts';
import type { Mart, Obligation, SourceState } from '../../marts/mart.ts';
import { obligationColumns } from '../../marts/obligation-columns.ts';
import { verifyObligations } from '../../prove/verify-obligations.ts';
import type { Engine } from '../engine.ts';

const VERIFIED = 'obligation-verified';
const verified = z.object({ of: z.string(), because: z.string().exactOptional() });

export interface FactsParts {
  readonly mart: Mart;
  readonly basis: SourceBasis | undefined;
  readonly now: readonly PicturedRelation[];
  /** As measured in this cycle. */
  readonly states: readonly SourceState[];
  /** What was found in this cycle, by obligation: marts share their sources. */
  readonly found: Map<string, string | undefined>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The facts a mart rests on that do not hold on what its sources hold now: those of its definition, and keys its sources declared
 * when it last was well and declare no more. Each is asked once a cycle, and not again while what it speaks of is seen to be as it was.
 */
export async function brokenFacts(
  engine: Pick<Engine, 'connector' | 'store' | 'clock'>,
  { mart, basis, now, found, ...look }: FactsParts,
): Promise<readonly BrokenFact[]> {
  const once = undeclaredKeys(mart, { basis, now });
  const obligations = [...mart.definition.obligations, ...once];
  const broken: [number, string][] = [];
  for (const [at, obligation] of obligations.entries()) {
    const key = obligationKey(obligation);
    const because = found.has(key)
      ? found.get(key)
      : await becauseOf(engine, { obligation, ...look });
    found.set(key, because);
    if (because !== undefined) {
      broken.push([at, because]);
    }
  }
  return factsOf(mart, { obligations, broken });
}

/** As it was found on the same states of its relations, or as it is found now. */
async function becauseOf(
  engine: Pick<Engine, 'connector' | 'store' | 'clock'>,
  {
    obligation,
    states,
    signal,
  }: Pick<FactsParts, 'states' | 'signal'> & { readonly obligation: Obligation },
): Promise<string | undefined> {
  const { documents } = engine.store;
  const of = stateOf(obligation, states);
  const key = obligationKey(obligation);
  const known = verified.safeParse(documents.get(VERIFIED, key)).data;
  if (of !== undefined && known?.of === of) {
    return known.because;
  }
  const because = await whyBroken(obligation, { ...engine, signal });
  if (of !== undefined) {
    documents.put(VERIFIED, key, because === undefined ? { of } : { of, because });
  }
  return because;
}

/** Equal states, equal answer; nothing where the columns it speaks of were not read in this cycle. */
function stateOf(obligation: Obligation, states: readonly SourceState[]): string | undefined {
  const parts = obligationColumns(obligation).map(({ relation, names }) =>
    states.find(
      (state) =>
        state.relation === relation &&
        state.checksum !== '' &&
        names.every((name) => state.columns?.some((one) => one.name === name) ?? true),
    ),
  );
  return parts.includes(undefined) ? undefined : digestOf(parts);
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
