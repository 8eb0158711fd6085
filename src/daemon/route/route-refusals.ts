import type { MissReason } from '../../marts/certificate.ts';

/**
 * Which kinds of statement the marts of one list did not answer. Reading and matching a statement costs milliseconds, and to refuse is
 * never wrong: a kind that was refused twice running is refused from memory. Other literals may be answered, so every so often it is
 * asked again; one that was answered once is always asked.
 */
export class RouteRefusals {
  readonly #byMarts = new WeakMap<readonly object[], Map<string, Known>>();

  /** Why this kind is refused without a look; absent where it is to be asked. */
  recall(marts: readonly object[], kind: string): readonly MissReason[] | undefined {
    const known = this.#byMarts.get(marts)?.get(kind);
    if (known === undefined || known.wasAnswered || known.running < ENOUGH) {
      return undefined;
    }
    known.recalled += 1;
    return known.recalled % ASKED_EVERY === 0 ? undefined : known.because;
  }

  /** What a look has found; no reasons where it was answered. */
  note(
    marts: readonly object[],
    { kind, because }: { readonly kind: string; readonly because?: readonly MissReason[] },
  ): void {
    const kinds = this.#byMarts.get(marts) ?? new Map<string, Known>();
    this.#byMarts.set(marts, kinds);
    const before = kinds.get(kind) ?? NOTHING;
    if (kinds.size < MOST_KINDS || kinds.has(kind)) {
      kinds.set(kind, {
        because: (because ?? []).map(({ code }) => ({ code, text: AS_BEFORE })),
        running: because === undefined ? 0 : before.running + 1,
        wasAnswered: before.wasAnswered || because === undefined,
        recalled: before.recalled,
      });
    }
  }
}

interface Known {
  readonly because: readonly MissReason[];
  /** Refusals since the last answer. */
  readonly running: number;
  readonly wasAnswered: boolean;
  recalled: number;
}

const NOTHING: Known = { because: [], running: 0, wasAnswered: false, recalled: 0 };
const ENOUGH = 2;
const ASKED_EVERY = 16;
/** Whoever asks now is told the code alone: a text may speak of another one's statement. */
const AS_BEFORE = `not looked at: no mart answered the last statements of this kind, for this reason; every ${ASKED_EVERY}th is looked at and told in full`;
/** A bound on memory; kinds beyond it are asked each time. */
const MOST_KINDS = 10_000;
