import type { RelationId } from '../base/relation.ts';
import type { Mart } from '../marts/mart.ts';
import type { UsageSnapshot } from '../usage/template.ts';
import type { CycleInput } from './cycle-input.ts';

export interface Expected {
  /** Of the driving source's rows, that lie in ranges which change between two refreshes. */
  readonly share: number;
  readonly because: string;
}

export const UNKNOWN: Expected = {
  share: 1,
  because: 'how much changes at a time is not known yet',
};

/** As refreshes have shown; before the first, what its writers do; and where nobody saw them, everything. */
export function expectedShare(
  source: RelationId,
  { mart, input }: { readonly mart: Mart | undefined; readonly input: CycleInput },
): Expected {
  const shown = mart?.current?.ranges?.changedShare;
  if (shown !== undefined) {
    return { share: shown, because: `${Math.round(shown * 100)} % did in the last refreshes` };
  }
  const { writers, areAppends } = writersOf(source, input);
  return areAppends
    ? {
        share: APPENDED_SHARE,
        because: `${Math.round(APPENDED_SHARE * 100)} % are expected, since ${writers === 1 ? 'its one kind of write appends' : `all its ${writers} kinds of write append`}`,
      }
    : UNKNOWN;
}

interface Writers {
  readonly writers: number;
  readonly areAppends: boolean;
}

const NOBODY: Writers = { writers: 0, areAppends: false };

function writersOf(source: RelationId, { usage }: CycleInput): Writers {
  return writersIn(usage).get(source) ?? NOBODY;
}

/** Sifted once a snapshot, for every candidate asks. */
function writersIn(usage: UsageSnapshot): ReadonlyMap<RelationId, Writers> {
  const known = WRITERS.get(usage);
  if (known !== undefined) {
    return known;
  }
  const writers = new Map<RelationId, Writers>();
  for (const { shape, normalForm } of usage.templates) {
    if (shape.statement === 'write' && shape.target !== undefined) {
      const before = writers.get(shape.target) ?? { writers: 0, areAppends: true };
      writers.set(shape.target, {
        writers: before.writers + 1,
        areAppends: before.areAppends && APPENDS.test(normalForm),
      });
    }
  }
  WRITERS.set(usage, writers);
  return writers;
}

const WRITERS = new WeakMap<UsageSnapshot, ReadonlyMap<RelationId, Writers>>();

/** `insert or replace`, `insert overwrite` and their like are not among them. */
const APPENDS = /^(insert into|copy)\b/i;
/** New rows fall into few ranges, but late ones anywhere. */
const APPENDED_SHARE = 0.25;
/** The share of refreshes that find more than added rows: as the last have shown, else as the writers that were seen do. */
export function expectedToFallBack(
  source: RelationId,
  { mart, input }: { readonly mart: Mart | undefined; readonly input: CycleInput },
): number {
  return mart?.current?.growth?.fellBack ?? (writersOf(source, input).areAppends ? 0 : 1);
}
