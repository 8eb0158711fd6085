import type { EpochMs } from '../base/clock.ts';
import type { Mart, MartVersion } from '../marts/mart.ts';
import { type NativeKind, type NativeRefusal, refusedToo } from '../marts/native-shape.ts';
import type { ActionOf } from './action-handler.ts';
import { ShapeRefused } from './shape-refused.ts';
import { withoutUnfinished } from './unfinished.ts';

/** What was built, and as what. */
export interface BuiltAs<Result> {
  readonly built: Result;
  /** Why it is a table and not in the shape that was asked for; absent where that did. */
  readonly refused: NativeRefused | undefined;
}

/** A shape that was asked for, and why the warehouse does not keep it. */
export interface NativeRefused {
  readonly kind: NativeKind | undefined;
  readonly because: string;
}

/**
 * In the shape the plan asks for; where the warehouse will not keep one, as a table in the same step. What a refused statement left
 * behind, where nothing is rolled back, is cleared away first: the table gets its name.
 */
export async function buildAs<Result>(
  action: ActionOf<'build-version'>,
  {
    build,
    clear,
  }: {
    readonly build: (action: ActionOf<'build-version'>) => Promise<Result>;
    readonly clear: () => Promise<unknown>;
  },
): Promise<BuiltAs<Result>> {
  try {
    return { built: await build(action), refused: undefined };
  } catch (error) {
    if (!(error instanceof ShapeRefused)) {
      throw error;
    }
    await clear();
    const { native, ...asTable } = action;
    const refused = { kind: native?.kind, because: error.message };
    return { built: await build(asTable), refused };
  }
}

function asRefusal({ kind, because }: NativeRefused, since: EpochMs): NativeRefusal {
  return kind === undefined ? { since, because } : { since, kind, because };
}

/** The mart with a hidden version more, and with what the warehouse said of the shape that was asked for. */
export function martWith(
  version: MartVersion,
  {
    mart,
    refused,
    at,
  }: { readonly mart: Mart; readonly refused: NativeRefused | undefined; readonly at: EpochMs },
): Mart {
  const { notNative: before, ...kept } =
    mart.unfinished?.table === version.table ? withoutUnfinished(mart) : mart;
  const now = refused === undefined ? before : refusedToo(before, asRefusal(refused, at));
  const isTaken = version.native !== undefined;
  return {
    ...kept,
    hidden: [...mart.hidden, { version, hiddenAt: at }],
    ...(now === undefined || isTaken ? {} : { notNative: now }),
  };
}
