import type { Clock, EpochMs } from '../../base/clock.ts';
import { digestOf } from '../../base/digest.ts';
import type { RelationId } from '../../base/relation.ts';
import type { Connector, Session } from '../../connectors/connector.ts';
import type { OneMoment } from '../../marts/certificate.ts';
import type { Mart, MartColumn, MartVersion, SourceState } from '../../marts/mart.ts';
import { compareResults } from '../../prove/compare-results.ts';
import { regionsOf } from '../../prove/mart-regions.ts';
import { meterSession } from '../../prove/metered.ts';
import { measureRegion, type RegionState, type RegionText } from '../../prove/region-state.ts';
import { measureSourceBeside, sourcesMoved } from '../../prove/source-state.ts';
import type { DialectName } from '../../sql/dialect.ts';
import type { NormalQuery } from '../../sql/normal-query.ts';
import { printQuery } from '../../sql/print/print-query.ts';
import type { SchemaSnapshot } from '../../sql/schema.ts';
import type { DocumentStore } from '../../store/document-store.ts';

/** A moment at which every version was seen equal to its mart's definition. */
export interface Moment {
  readonly kind: 'seen';
  readonly at: EpochMs;
  /** While all of these are as they were, the versions still equal their definitions: in the order of `regionTexts`. */
  readonly regions: readonly RegionState[];
}

export type MomentOutcome = Moment | { readonly kind: 'moved'; readonly because: string };

export interface VersionUse {
  readonly mart: Mart;
  readonly query: NormalQuery;
  /** Those it answers, parallel to the query's outputs. */
  readonly columns: readonly MartColumn[];
  readonly version: MartVersion;
}

export interface MomentUse {
  readonly oneMoment: OneMoment;
  readonly marts: readonly VersionUse[];
  readonly schema: SchemaSnapshot;
  readonly dialect: DialectName;
  /** Told what our own statements take. */
  readonly onCpu: (cpuMs: number) => void;
}

export interface MomentParts {
  readonly connector: Connector;
  readonly documents: DocumentStore;
  readonly clock: Clock;
  readonly timeoutMs: number;
}

/** Kind of the kept documents. */
const MOMENT = 'one-moment';

/**
 * Finds a moment that all versions share: from the ledger where one version's sources cover the others', else by looking at
 * the sources on one snapshot. Remembered per set of versions, the failures too: a version never changes, and what it was
 * made of rarely comes back.
 */
export function openMoments(parts: MomentParts): (use: MomentUse) => Promise<MomentOutcome> {
  const { documents, clock } = parts;
  return async (use) => {
    const key = keyOf(use);
    const known = outcomeOf(documents.get(MOMENT, key));
    if (known !== undefined && !(known.kind === 'seen' && isPast(known, use, clock.now()))) {
      return known;
    }
    const told = use.oneMoment === 'marts-agree' ? toldByLedger(use.marts, clock.now()) : undefined;
    const found = told ?? (await lookAt(use, parts));
    documents.put(MOMENT, key, found);
    return found;
  };
}

/** Marts that answer as of a moment answer no longer than the strictest bound allows. */
export function oldestAllowed(marts: readonly Pick<VersionUse, 'mart'>[], at: EpochMs): EpochMs {
  return at + Math.min(...marts.map(({ mart }) => mart.definition.maxStalenessMs));
}

function isPast({ at }: Moment, { oneMoment, marts }: MomentUse, now: EpochMs): boolean {
  return oneMoment === 'marts-agree' && oldestAllowed(marts, at) <= now;
}

function keyOf({ oneMoment, marts }: MomentUse): string {
  const versions = marts.map(({ mart, version }) => [
    mart.definitionDigest,
    version.table,
    version.builtAt,
  ]);
  return `${oneMoment}/${digestOf(versions)}`;
}

function outcomeOf(value: unknown): MomentOutcome | undefined {
  const isKnown =
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    ['seen', 'moved'].includes(String(value.kind));
  return isKnown ? (value as MomentOutcome) : undefined;
}

/** When one version was last seen fresh, the others were too, if the sources it shares with them were as theirs. */
function toldByLedger(marts: readonly VersionUse[], now: EpochMs): Moment | undefined {
  const covering = marts.find(({ version: { sourceStates } }) =>
    marts.every(
      ({ version }) =>
        version.sourceStates.length > 0 &&
        sourcesMoved(version.sourceStates, sourceStates) === undefined,
    ),
  );
  const at = covering?.version.verifiedFreshAt;
  return at === undefined || oldestAllowed(marts, at) <= now
    ? undefined
    : { kind: 'seen', at, regions: [] };
}

function lookAt(
  use: MomentUse,
  { connector, clock, timeoutMs }: MomentParts,
): Promise<MomentOutcome> {
  const at = clock.now();
  return connector.transaction(
    (session) => {
      const metered = meterSession(session, (_purpose, { cpuMs }) => use.onCpu(cpuMs));
      const looking = { ...use, at, timeoutMs };
      return use.oneMoment === 'marts-agree'
        ? compareStates(metered, looking)
        : compareContent(metered, looking);
    },
    { readOnly: true, purpose: 'freshness', timeoutMs },
  );
}

interface Looking extends MomentUse {
  readonly at: EpochMs;
  readonly timeoutMs: number;
}

/** Every source of every mart, once, on the session's snapshot. */
async function compareStates(
  session: Session,
  { marts, at, timeoutMs }: Looking,
): Promise<MomentOutcome> {
  const sources = new Set(marts.flatMap(({ mart }) => mart.definition.sources));
  const states: SourceState[] = [];
  for (const relation of sources) {
    const known = marts.flatMap(({ version }) =>
      version.sourceStates.filter((state) => state.relation === relation),
    );
    const about = { relation, known, purpose: 'freshness', timeoutMs } as const;
    states.push(...(await measureSourceBeside(session, about)));
  }
  for (const { mart, version } of marts) {
    const moved = sourcesMoved(version.sourceStates, states);
    if (moved !== undefined || version.sourceStates.length === 0) {
      const why = moved ?? 'its sources were not measured when it was built';
      return {
        kind: 'moved',
        because: `${mart.definition.relation} is of an earlier moment than the others may be: ${why}`,
      };
    }
  }
  return { kind: 'seen', at, regions: [] };
}

/** Each version against its definition, and what it was made of, on the session's snapshot. */
async function compareContent(session: Session, looking: Looking): Promise<MomentOutcome> {
  const { marts, at, timeoutMs } = looking;
  const regions = regionTexts(looking);
  if (regions === undefined) {
    return { kind: 'moved', because: 'nobody can tell whether what its mart reads has changed' };
  }
  for (const { mart, columns, version } of marts) {
    const { relation, sql } = mart.definition;
    const { names } = session.wording;
    const asked = columns.map(({ name }) => names.quote(name)).join(', ');
    const comparison = await compareResults(session, {
      left: `select ${asked} from (\n${sql}\n) as logical`,
      right: `select ${asked} from ${names.relation(version.table)}`,
      approximate: true,
      purpose: 'freshness',
      timeoutMs,
    });
    if (comparison.kind === 'different') {
      return {
        kind: 'moved',
        because: `${relation} no longer equals its definition: ${comparison.because}; it may after its next refresh`,
      };
    }
  }
  const states: RegionState[] = [];
  for (const region of regions) {
    states.push(await measureRegion(session, { ...region, purpose: 'freshness', timeoutMs }));
  }
  return { kind: 'seen', at, regions: states };
}

/** What all marts are made of, each region once; `undefined` where one of them cannot be told or written. */
export function regionTexts({
  marts,
  schema,
  dialect,
}: Pick<MomentUse, 'schema' | 'dialect'> & {
  readonly marts: readonly { readonly query: NormalQuery }[];
}): readonly RegionText[] | undefined {
  const texts = new Map<string, RegionText>();
  for (const { query } of marts) {
    const regions = regionsOf(query);
    if (regions === undefined || regions.length === 0) {
      return undefined;
    }
    for (const { relation, columns, query: rows } of regions) {
      const printed = printQuery(rows, dialect);
      const typed = columnsOf(relation, { columns, schema });
      if (printed.kind === 'unprintable' || typed === undefined) {
        return undefined;
      }
      texts.set(printed.sql, { relation, sql: printed.sql, columns: typed });
    }
  }
  return [...texts.values()];
}

function columnsOf(
  relation: RelationId,
  { columns, schema }: { readonly columns: readonly string[]; readonly schema: SchemaSnapshot },
): RegionText['columns'] | undefined {
  if (columns.length === 0) {
    return [{ name: 'one', type: 'INTEGER' }];
  }
  const known = schema.relations.find(({ id }) => id === relation)?.columns ?? [];
  const typed = columns.flatMap((name) => {
    const found = known.find((column) => column.name.toLowerCase() === name.toLowerCase());
    return found === undefined ? [] : [{ name, type: found.type }];
  });
  return typed.length < columns.length ? undefined : typed;
}
