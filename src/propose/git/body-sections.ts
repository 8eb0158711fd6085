import { formatUsd } from '../../base/usd.ts';
import type { ProposalBody } from '../proposal.ts';

/** A part of what people read; lines are people's words and ours mixed: whoever writes them down escapes them. */
export interface BodySection {
  readonly heading: string;
  readonly lines: readonly string[];
  /** One sentence rather than a list. */
  readonly isProse: boolean;
}

/** What stands in a commit message and a pull request, in the order people ask. Sections without a line are left out. */
export function bodySections(body: ProposalBody): readonly BodySection[] {
  return [
    prose('Why', [body.because]),
    list('Predicted', [...moneyLines(body.money), ...body.money.arithmetic]),
    list('Evidence', body.evidence),
    list('Who reads it', body.readers),
    list('Risks', body.risks),
    list('Proofs', body.proofs),
    prose('How to take it back', [body.undo]),
  ].filter(({ lines }) => lines.some((line) => line.trim() !== ''));
}

function moneyLines({ netPerDay, interval, once }: ProposalBody['money']): readonly string[] {
  if (netPerDay === undefined) {
    return ['no saving is claimed'];
  }
  const between =
    interval === undefined
      ? ''
      : `, between ${formatUsd(interval[0])} and ${formatUsd(interval[1])}`;
  const price = once === undefined ? '' : `; it costs ${formatUsd(once)} once`;
  return [`saves ${formatUsd(netPerDay)} a day net${between}${price}`];
}

function prose(heading: string, lines: readonly string[]): BodySection {
  return { heading, lines, isProse: true };
}

function list(heading: string, lines: readonly string[]): BodySection {
  return { heading, lines, isProse: false };
}
