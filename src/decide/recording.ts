import { canonicalJson } from '../base/digest.ts';
import { GoldsmithError } from '../base/goldsmith-error.ts';
import { nanoUsd } from '../base/usd.ts';
import type { Capabilities } from '../connectors/connector.ts';
import type { NativeOffer } from '../connectors/native-offer.ts';
import type { Receipt, WorkDone } from '../marts/receipt.ts';
import type { Accumulator, CycleInput } from './cycle-input.ts';
import { decisionSettings } from './policy.ts';

/** Money crosses JSON as decimal text. */
const MONEY = {
  receipts: ['predicted', 'realizedGross', 'debits', 'net'],
  workDone: ['cost'],
  accumulators: ['missed', 'lost'],
} as const;

/** A cycle's input as text; `reviveCycle` gives the same value back. */
export function recordCycle(input: CycleInput): string {
  return canonicalJson(input);
}

/**
 * @throws {GoldsmithError} `RECORDING_UNREADABLE` for a text `recordCycle` did not write.
 */
export function reviveCycle(text: string): CycleInput {
  let raw: CycleInput;
  try {
    raw = JSON.parse(text) as CycleInput;
  } catch (cause) {
    throw new GoldsmithError(
      'RECORDING_UNREADABLE',
      'the recorded cycle is not JSON; record it again',
      {
        cause,
      },
    );
  }
  return {
    ...raw,
    capabilities: withShapes(raw.capabilities),
    // Settings that came later than the recording.
    policy: { ...decisionSettings.parse({}), ...raw.policy },
    receipts: raw.receipts.map((each) => withMoney<Receipt>(each, MONEY.receipts)),
    workDone: raw.workDone.map((each) => withMoney<WorkDone>(each, MONEY.workDone)),
    accumulators: raw.accumulators.map(reviveAccumulator),
  };
}

/** Recordings of older versions know of one shape a warehouse. */
function withShapes({
  nativeShape,
  ...capabilities
}: Capabilities & { readonly nativeShape?: NativeOffer }): Capabilities {
  return nativeShape === undefined
    ? capabilities
    : { ...capabilities, nativeShapes: [nativeShape] };
}

/** An accumulator read back from the state. */
export function reviveAccumulator(stored: unknown): Accumulator {
  return withMoney<Accumulator>(stored as Accumulator, MONEY.accumulators);
}

function withMoney<Item extends object>(item: Item, names: readonly (keyof Item)[]): Item {
  const money = names.map((name) => [name, nanoUsd(BigInt(String(item[name])))] as const);
  return { ...item, ...Object.fromEntries(money) };
}
