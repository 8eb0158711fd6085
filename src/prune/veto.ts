import type { NanoUsd } from '../base/usd.ts';
import type { Attribute, GoldRelation } from './attribute.ts';
import type { Hazard } from './revival.ts';
import type { PruneSettings } from './settings.ts';

/** Why an attribute that nobody seems to need stays. */
export interface Veto {
  readonly id: string;
  /** A reason with its numbers and what would flip it; nothing when it may go. */
  objects(asked: VetoInput): Objection | undefined;
}

export interface VetoInput {
  readonly attribute: Attribute;
  readonly of: GoldRelation;
  /** Whole UTC days since the epoch. */
  readonly today: number;
  readonly settings: PruneSettings;
  /** Share of the statements resolved to columns. */
  readonly coverage: number;
  /** Names of attributes a person asked back. */
  readonly keptByPerson: ReadonlySet<string>;
  /** How unread attributes of this warehouse came back so far. */
  readonly hazard: Hazard;
  /** What hiding it is expected to save a day, and what one build of the whole mart costs. */
  readonly money: { readonly savingPerDay: NanoUsd; readonly buildCost: NanoUsd };
}

export interface Objection {
  readonly because: string;
  readonly evidence: Readonly<Record<string, string | number>>;
}
