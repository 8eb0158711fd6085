/** How likely an attribute that has not been read for some days is to be read again. */
export interface Hazard {
  /** Probability that it is read within the next `horizon` days, after `idle` days without; the upper end of what was seen. */
  revivesWithin(days: { readonly idle: number; readonly horizon: number }): number;
  /** Idle spells it rests on. */
  readonly spells: number;
}

/** Days without a read: ended by one, or still open. */
export interface IdleSpell {
  readonly days: number;
  readonly ended: boolean;
}

/** The gaps between the days on which something was read, and the open one at the end. */
export function idleSpells(
  readDays: readonly number[],
  { today }: { readonly today: number },
): readonly IdleSpell[] {
  return readDays.map((day, at) => {
    const next = readDays[at + 1];
    return next === undefined
      ? { days: today - day, ended: false }
      : { days: next - day, ended: true };
  });
}

/** One revival in two chances is believed before anything was seen (Jeffreys' prior, at the scale of one spell). */
const PRIOR_REVIVALS = 0.5;
const PRIOR_SPELLS = 1;

/**
 * The product-limit estimate of Kaplan and Meier (1958) over all idle spells of a warehouse, with a Beta prior on what is seen
 * beyond `idle` so that few spells mean much caution: of the spells that lasted as long, the share that ended within the horizon.
 * What has been idle for longer than anything was watched is taken to come back as often as what was idle for the
 * longest time that still shows a whole horizon: revivals get rarer with time, not likelier.
 */
export function revivalHazard(spells: readonly IdleSpell[]): Hazard {
  const byLength = spells.toSorted((a, b) => a.days - b.days);
  const longest = byLength.at(-1)?.days ?? 0;
  return {
    spells: spells.length,
    revivesWithin({ idle, horizon }) {
      let survives = 1;
      const from = Math.min(idle, Math.max(0, longest - horizon));
      const lasting = byLength.filter(({ days }) => days > from);
      let atRisk = lasting.length;
      for (const { days, ended } of lasting) {
        if (days > from + horizon) {
          break;
        }
        if (ended) {
          survives *= 1 - 1 / atRisk;
        }
        atRisk -= 1;
      }
      const seen = 1 - survives;
      const weight = lasting.length;
      return (seen * weight + PRIOR_REVIVALS) / (weight + PRIOR_SPELLS);
    },
  };
}
