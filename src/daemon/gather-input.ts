import { DAY_MS, type EpochMs } from '../base/clock.ts';
import { digestOf } from '../base/digest.ts';
import { GoldsmithError } from '../base/goldsmith-error.ts';
import { type RelationId, relationId, relationParts } from '../base/relation.ts';
import { obligationKey } from '../candidates/join-star.ts';
import type { Connector } from '../connectors/connector.ts';
import type { ColumnNdv, CycleInput } from '../decide/cycle-input.ts';
import type { GroupNdv } from '../decide/group-values.ts';
import { type FactRequest, wantedStates, wantFacts } from '../decide/want-facts.ts';
import { type Facts, noFacts } from '../marts/facts.ts';
import type { MartColumn, Obligation, SourceState } from '../marts/mart.ts';
import { countGroups } from '../prove/count-groups.ts';
import { describeQuery } from '../prove/describe-query.ts';
import { measureColumns } from '../prove/measure-columns.ts';
import { measureSourceBeside } from '../prove/source-state.ts';
import { verifyObligations } from '../prove/verify-obligations.ts';
import type { DocumentStore } from '../store/document-store.ts';

/** Everything of a `CycleInput` that needs no measuring. */
export type KnownInput = Omit<
  CycleInput,
  'sourceStates' | 'facts' | 'factsChecked' | 'columnNdvs' | 'groupNdvs' | 'described'
>;

export interface GatherParts {
  readonly connector: Connector;
  readonly documents: DocumentStore;
  /** Types of a definition's columns hold while the schema stands still. */
  readonly schemaDigest: string;
  readonly now: EpochMs;
  /** When a build last found that a fact no longer holds: those measured until then are measured again. */
  readonly doubtedAt?: EpochMs | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface MeasureParts extends GatherParts, Pick<KnownInput, 'marts' | 'schema'> {}

/** Facts only steer which candidates are worth a build; each build verifies its own on its own snapshot. */
const KEPT_FOR_MS = 7 * DAY_MS;
const MOST_ROUNDS = 3;

interface Measured {
  readonly sourceStates: ReadonlyMap<RelationId, readonly SourceState[]>;
  readonly checked: ReadonlyMap<
    string,
    { readonly obligation: Obligation; readonly holds: boolean }
  >;
  readonly ndvs: readonly ColumnNdv[];
  readonly groups: readonly GroupNdv[];
  readonly described: ReadonlyMap<string, readonly MartColumn[]>;
}

/**
 * Measures what the decision asks for, and asks again, since measuring may change which candidates there are. What
 * cannot be measured (a table that vanished) stays unmeasured: the decision then refuses what rests on it.
 */
export async function gatherInput(known: KnownInput, gather: GatherParts): Promise<CycleInput> {
  const parts: MeasureParts = { ...gather, marts: known.marts, schema: known.schema };
  // States are wanted whatever else is, so they need no round of their own.
  const states = { ...NOTHING, sourceStates: wantedStates(known) };
  let measured = await measureWanted(states, recall(parts), parts);
  let input = inputWith(known, measured);
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const next = await measureWanted(wantFacts(input), measured, parts);
    if (next === measured) {
      break;
    }
    measured = next;
    input = inputWith(known, measured);
  }
  return input;
}

const NOTHING: FactRequest = {
  obligations: [],
  columns: [],
  groups: [],
  sourceStates: [],
  describe: [],
};

function inputWith(known: KnownInput, measured: Measured): CycleInput {
  const checked = [...measured.checked.values()];
  return {
    ...known,
    sourceStates: [...measured.sourceStates.values()].flat(),
    facts: factsOf(
      checked.filter(({ holds }) => holds).map(({ obligation }) => obligation),
      known.now,
    ),
    factsChecked: checked.map(({ obligation }) => obligation),
    columnNdvs: measured.ndvs,
    groupNdvs: measured.groups,
    described: [...measured.described].map(([key, columns]) => ({ key, columns })),
  };
}

function factsOf(held: readonly Obligation[], now: EpochMs): Facts {
  return {
    ...noFacts,
    source: 'measured before deciding',
    verifiedAt: now,
    uniqueKeys: held.filter((one) => one.kind === 'unique-key'),
    inclusions: held.filter((one) => one.kind === 'inclusion'),
    notNull: held.filter((one) => one.kind === 'not-null'),
  };
}

async function measureWanted(
  wanted: FactRequest,
  before: Measured,
  parts: MeasureParts,
): Promise<Measured> {
  const { connector, documents, schemaDigest, now, signal } = parts;
  const sourceStates = new Map(before.sourceStates);
  for (const relation of wanted.sourceStates.filter((each) => !sourceStates.has(each))) {
    const states = await unlessGone(
      measureSourceBeside(connector, {
        relation,
        known: statesKnown(relation, parts),
        purpose: 'freshness',
        about: relation,
        signal,
      }),
    );
    if (states !== undefined) {
      sourceStates.set(relation, states);
    }
  }
  const checked = new Map(before.checked);
  for (const obligation of wanted.obligations.filter((each) => !checked.has(obligationKey(each)))) {
    const verified = await unlessGone(
      verifyObligations(connector, {
        obligations: [obligation],
        source: 'measured before deciding',
        at: now,
        purpose: 'facts',
        about: obligation.kind === 'inclusion' ? obligation.from : obligation.relation,
        signal,
      }),
    );
    if (verified !== undefined) {
      const fact = { obligation, holds: verified.broken.length === 0 };
      checked.set(obligationKey(obligation), fact);
      documents.put('fact', digestOf(obligation), { ...fact, at: now });
    }
  }
  const ndvs = [...before.ndvs];
  const known = new Set(ndvs.map(({ relation, column }) => `${relation}.${column}`));
  for (const { relation, columns } of wanted.columns) {
    const missing = columns.filter((column) => !known.has(`${relation}.${column}`));
    const answer =
      missing.length === 0
        ? undefined
        : await unlessGone(
            measureColumns(connector, {
              relation,
              columns: missing,
              purpose: 'facts',
              about: relation,
              signal,
            }),
          );
    for (const { column, distinct } of answer?.columns ?? []) {
      ndvs.push({ relation, column, distinct });
      documents.put('ndv', `${relation}.${column}`, { relation, column, distinct, at: now });
    }
  }
  const groups = [...before.groups];
  for (const { relation, columns } of wanted.groups) {
    const distinct = await unlessGone(
      countGroups(connector, { relation, columns, purpose: 'facts', about: relation, signal }),
    );
    if (distinct !== undefined) {
      groups.push({ relation, columns, distinct });
      const key = `${relation}(${columns.join(',')})`;
      documents.put('group-ndv', key, { relation, columns, distinct, at: now });
    }
  }
  const described = new Map(before.described);
  for (const { key, sql } of wanted.describe.filter((each) => !described.has(each.key))) {
    const columns = await unlessGone(describeQuery(connector, { sql, purpose: 'facts', signal }));
    if (columns !== undefined) {
      described.set(key, columns);
      documents.put('described', key, { key, columns, schemaDigest, at: now });
    }
  }
  const isSame =
    sourceStates.size === before.sourceStates.size &&
    checked.size === before.checked.size &&
    ndvs.length === before.ndvs.length &&
    groups.length === before.groups.length &&
    described.size === before.described.size;
  return isSame ? before : { sourceStates, checked, ndvs, groups, described };
}

/**
 * What the versions that answer were built of: a state is measured to be compared with these. One over a column that the source has no
 * more is left out: it can agree with nothing, and would take the others' measuring with it.
 */
function statesKnown(
  source: RelationId,
  { marts, schema }: Pick<MeasureParts, 'marts' | 'schema'>,
): readonly SourceState[] {
  const has = new Set(
    schema.relations.find(({ id }) => id === source)?.columns.map(({ name }) => name),
  );
  return marts.flatMap(({ current }) =>
    (current?.sourceStates ?? []).filter(
      ({ relation, columns = [] }) =>
        relation === source && columns.every(({ name }) => has.has(name)),
    ),
  );
}

/** Refusals of builds that rested on a fact which is none any more. */
const DOUBTING: ReadonlySet<string> = new Set(['KEYS_REPEAT', 'CHECK_SAME_ROW_COUNT']);

/** When one was last written, if ever. */
export function factsDoubtedAt(
  refusals: readonly { readonly code: string; readonly at: EpochMs }[],
): EpochMs | undefined {
  const at = refusals.filter(({ code }) => DOUBTING.has(code)).map((each) => each.at);
  return at.length === 0 ? undefined : Math.max(...at);
}

/** Facts measured within the week and not doubted since; states are measured anew in every cycle. */
export function recall({
  documents,
  schemaDigest,
  now,
  doubtedAt = -1,
}: Omit<GatherParts, 'connector'>): Measured {
  const recent = <Value extends { readonly at: number }>(kind: string): readonly Value[] =>
    documents.list(kind).flatMap(({ key, value }) => {
      const kept = value as Value;
      if (now - kept.at > KEPT_FOR_MS) {
        documents.remove(kind, key);
      }
      return now - kept.at <= KEPT_FOR_MS && kept.at <= now ? [kept] : [];
    });
  return {
    sourceStates: new Map(),
    checked: new Map(
      recent<{ obligation: Obligation; holds: boolean; at: number }>('fact')
        .filter(({ at }) => at > doubtedAt)
        .map((fact) => [
          obligationKey(fact.obligation),
          { obligation: fact.obligation, holds: fact.holds },
        ]),
    ),
    ndvs: recent<ColumnNdv & { at: number }>('ndv').map(({ relation, column, distinct }) => ({
      relation: relationId(relationParts(relation)),
      column,
      distinct,
    })),
    groups: recent<GroupNdv & { at: number }>('group-ndv').map(
      ({ relation, columns, distinct }) => ({
        relation: relationId(relationParts(relation)),
        columns,
        distinct,
      }),
    ),
    described: new Map(
      recent<Described>('described')
        .filter((each) => each.schemaDigest === schemaDigest)
        .map(({ key, columns }) => [key, columns]),
    ),
  };
}

interface Described {
  readonly key: string;
  readonly columns: readonly MartColumn[];
  readonly schemaDigest: string;
  readonly at: number;
}

/** A relation that is gone, or that we may not read, leaves its fact unmeasured; a cancel or a broken connection does not. */
async function unlessGone<Value>(measuring: Promise<Value>): Promise<Value | undefined> {
  try {
    return await measuring;
  } catch (error) {
    if (error instanceof GoldsmithError && NOT_MEASURABLE.has(error.code)) {
      return undefined;
    }
    throw error;
  }
}

const NOT_MEASURABLE = new Set([
  'CONNECTOR_RELATION_MISSING',
  'CONNECTOR_BAD_SQL',
  'CONNECTOR_PERMISSION_DENIED',
  'CONNECTOR_OUT_OF_MEMORY',
]);
