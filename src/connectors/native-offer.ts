import type { NativeKind } from '../marts/native-shape.ts';

/** A shape of the warehouse's own that a version can have instead of a table's, and which definitions it takes. */
export interface NativeOffer {
  readonly kind: NativeKind;
  /** What a refresh costs: as much as all of it, or in proportion to what changed; then only definitions that certainly allow it qualify. */
  readonly refresh: 'whole' | 'incremental';
  /** Refreshing while readers read needs outputs that no two rows share. */
  readonly needsKey?: true;
  /** It refreshes by itself too, and lets data become no less old than this. Absent: only when it is told. */
  readonly leastLagMs?: number;
  /** The compute its refreshes run on. */
  readonly compute?: string;
  /**
   * Reading it gives what its sources hold now; statements on its sources are answered from it by the warehouse itself; and it
   * answers nobody once one of them is made anew.
   */
  readonly live?: true;
  /** Of a live one: it is read with its owner's rights, as a table is. Absent: its readers need the right to read its sources, too. */
  readonly readsAsOwner?: true;
  /** Of a live one: nothing tells which statements on its sources it answered. Absent: the history can. */
  readonly rewritesUntold?: true;
  /** The warehouse brings it up to date after each change of its sources, and cannot be told to. Absent: it is told. */
  readonly keepsItself?: true;
  /** Only one table, each column grouped by among the outputs, and nothing that a parameter of the session changes. */
  readonly oneTable?: true;
  /** Its refreshes run on compute of the warehouse's own, billed apart from statements: what they run on. */
  readonly billedApart?: string;
  /** Making and refreshing it may wait so long until that compute is there, which is no work. Absent: it is there. */
  readonly startsWithinMs?: number;
  /** Aggregates qualify only as outputs of their own, not within expressions. Absent: there, too. */
  readonly bareAggregates?: true;
  /** Changes alone may make zero of a sum whose values are all missing. Absent: it is NULL, as SQL says. */
  readonly sumsNeedValues?: true;
}

/** What is offered of a kind; nothing where the warehouse has no such shape, or has it no more. */
export function offerOf(
  { nativeShapes = [] }: { readonly nativeShapes?: readonly NativeOffer[] },
  kind: NativeKind | undefined,
): NativeOffer | undefined {
  return nativeShapes.find((offer) => offer.kind === kind);
}
