import { digestOf } from '../../base/digest.ts';
import { cellText } from '../cell-text.ts';
import type { Cell } from '../connector.ts';
import type { HourlyGroup } from '../history/hourly-statements.ts';
import { type Contract, msOf } from './contract.ts';
import { GROUPS_AN_HOUR } from './jobs-sql.ts';

/**
 * A row of phase A: the runs of one hash, user, labels and outcome in one hour. Work that nobody tells (a contract
 * without a price, tables with row policies) is none: it is never guessed from the time it took.
 */
export function readGroup(row: readonly Cell[], contract: Contract): HourlyGroup {
  const [hour, hash, user, labels, outcome, cached, runs, work, duration, bytes, lastEnd, ...last] =
    row;
  const [sample, kept] = last;
  const answeredFrom = cellText(kept ?? '')
    .split(',')
    .filter((each) => each !== '');
  const isHidden = work === null;
  const told = [hash, user, labels, outcome, cached, isHidden];
  return {
    hour: Number(hour),
    key: digestOf(answeredFrom.length === 0 ? told : [...told, answeredFrom]).slice(0, 12),
    hash: hash === null ? undefined : cellText(hash),
    ...(hash === null ? untold(cached === true) : {}),
    sample: cellText(sample),
    counts: [
      Number(runs),
      msOf(Number(work ?? 0), contract),
      Number(duration ?? 0),
      Number(bytes ?? 0),
    ],
    row: {
      endedAt: Number(lastEnd),
      status: OUTCOMES.find((one) => one === outcome) ?? 'unknown',
      user: cellText(user),
      tags: tagsOf(cellText(labels)),
      cached: cached === true,
      ...(answeredFrom.length === 0 ? {} : { answeredFrom }),
    },
  };
}

/** The service answers from its cache what it answered within a day, so that runs without a text of their own leave nothing out. */
function untold(isCached: boolean): Pick<HourlyGroup, 'unreadable' | 'isToldByOthers'> {
  const beyond = `beyond the ${GROUPS_AN_HOUR} dearest groups of their hour`;
  return isCached
    ? {
        unreadable: `the cache answered them, as statements did that are told, and they have no hash, or are ${beyond}`,
        isToldByOthers: true,
      }
    : { unreadable: `they are ${beyond}, or have no hash` };
}

const OUTCOMES = ['success', 'failed', 'cancelled'] as const;

/** `a=b,c=d`: labels hold neither sign. */
function tagsOf(labels: string): Readonly<Record<string, string>> {
  const pairs = labels.split(',').filter((pair) => pair !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
