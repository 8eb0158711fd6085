import type { Candidate } from '../candidates/candidate.ts';
import { addedSql, type Growable, growableBy } from '../candidates/grown-by.ts';
import type { GrownBuild, VersionGrowth } from '../marts/growth.ts';
import type { Mart, MartDefinition } from '../marts/mart.ts';
import type { CycleInput } from './cycle-input.ts';
import type { Survey } from './survey.ts';

/** As `growableBy`, where the warehouse tells added rows from those before them. */
export function growableHere(
  candidate: Candidate,
  { input, rowsOf }: { readonly input: CycleInput; readonly rowsOf: Survey['rowsOf'] },
): Growable {
  const { placeColumn } = input.capabilities;
  if (placeColumn === undefined) {
    return { kind: 'whole', because: 'the warehouse does not tell added rows from others' };
  }
  const found = growableBy(candidate, { rowsOf });
  if (found.kind === 'whole') {
    return found;
  }
  const { source } = found.by;
  const table = input.catalog.find(({ id, kind }) => id === source && kind === 'table');
  if (table === undefined) {
    return { kind: 'whole', because: `${source} is no table, so its rows have no places` };
  }
  return table.columns.some(({ name }) => name.toLowerCase() === placeColumn)
    ? { kind: 'whole', because: `a column of ${source} is named ${placeColumn}, as places are` }
    : found;
}

/**
 * Every so many refreshes; and somebody's own definition at its first, since what is added is computed by our words for it, which for a
 * definition of ours are its text.
 */
export function isProvedWhole(
  growth: VersionGrowth | undefined,
  { origin, every }: { readonly origin: MartDefinition['origin']; readonly every: number },
): boolean {
  // As long as every refresh fell back, nothing was ever added.
  const isFirst = origin === 'adopted' && (growth?.fellBack ?? 1) === 1;
  return isFirst || (growth?.sinceWhole ?? 0) + 1 >= every;
}

/** How the next version may be made of the one that stands. */
export function grownBuild(
  { by, occ }: Extract<Growable, { readonly kind: 'grown' }>,
  {
    candidate: { query, definition },
    mart,
    input,
  }: {
    readonly candidate: Candidate;
    readonly mart: Mart | undefined;
    readonly input: CycleInput;
  },
): GrownBuild {
  const growth = mart?.current?.growth?.source === by.source ? mart.current.growth : undefined;
  const { placeColumn: place = '' } = input.capabilities;
  const sql =
    growth === undefined
      ? undefined
      : addedSql(query, { occ, place, end: growth.end, dialect: input.dialect });
  return {
    by,
    ...(sql === undefined || growth === undefined ? {} : { added: { end: growth.end, sql } }),
    proveWhole: isProvedWhole(growth, {
      origin: definition.origin,
      every: input.policy.wholeProofEvery,
    }),
  };
}

/** What is expected of refreshes by addition, in words; empty where the warehouse knows none. */
export function additionWords(
  growable: Growable,
  {
    fallsBack,
    input: { capabilities },
  }: { readonly fallsBack: number; readonly input: CycleInput },
): string {
  if (capabilities.placeColumn === undefined) {
    return '';
  }
  return growable.kind === 'whole'
    ? `; what is added to a source is not added to it, because ${growable.because}`
    : `; of its refreshes ${Math.round(100 * (1 - fallsBack))} % are expected to find rows added to ${growable.by.source} and nothing else`;
}
