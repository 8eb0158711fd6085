import { dayOf } from '../../base/clock.ts';
import type { ApplyReport, ProposalAnswer } from '../../http/service.ts';
import type { Heard } from '../../propose/hear-decision.ts';
import type { Proposal } from '../../propose/proposal.ts';

/** What became of a word, and of what followed from it. */
export function answerOf(proposal: Proposal, heard: Heard, report?: ApplyReport): ProposalAnswer {
  const said = sentenceOf(heard);
  return {
    text: [said, ...(report === undefined ? [] : [report.text])].join('\n'),
    ok: heard.kind === 'moved',
    proposal: proposal.id,
    state: proposal.state,
    said,
    ...(report === undefined ? {} : { applied: report }),
  };
}

/** Why a yes did not come to anything yet, or any more. */
export function becameOf(
  { state, moves, expiresAt }: Proposal,
  report: ApplyReport | undefined,
): readonly string[] {
  const words = moves.at(-1)?.words;
  if (state === 'open' || state === 'overtaken' || state === 'expired') {
    return words === undefined ? [] : [`it was not carried out: ${words}`];
  }
  return state === 'approved' && report === undefined
    ? [`it waits for its turn, and is carried out by a cycle before ${dayOf(expiresAt)}`]
    : [];
}

export function sentenceOf(heard: Heard): string {
  return heard.kind === 'moved' ? heard.says : heard.because;
}
