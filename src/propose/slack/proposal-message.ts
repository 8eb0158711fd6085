import { dayOf, type EpochMs } from '../../base/clock.ts';
import { formatUsd } from '../../base/usd.ts';
import { isUndoable } from '../is-undoable.ts';
import { agreedBy } from '../move.ts';
import { REASONS } from '../persons-no.ts';
import type { DeclineReason, Move, Proposal } from '../proposal.ts';
import { actions, button, context, escapeMrkdwn, header, section, select } from './block-kit.ts';
import { ACTIONS, blockIdOf } from './interaction.ts';

const MOST_LINES = 5;
const MOST_SQL = 2800;

export interface MessageParts {
  /** Which warehouse speaks. */
  readonly from: string;
  readonly now: EpochMs;
  readonly undoFor: number;
}

/** A proposal as a message: what people need to answer it, and the answers its state allows. */
export function proposalMessage(
  proposal: Proposal,
  parts: MessageParts,
): { readonly text: string; readonly blocks: readonly unknown[] } {
  const { body, id, kind } = proposal;
  const elements = answersTo(proposal, parts);
  return {
    text: escapeMrkdwn(`${body.title}: ${statusOf(proposal, parts)}`),
    blocks: [
      header(body.title),
      section([`*${mentioned(statusOf(proposal, parts))}*`, escapeMrkdwn(body.because)]),
      ...listed('Money', moneyOf(proposal)),
      ...listed('Evidence', body.evidence),
      ...listed('Readers', body.readers),
      ...listed('Risks', body.risks),
      ...listed('Proofs', body.proofs),
      section([`*Undo* ${escapeMrkdwn(body.undo)}`]),
      ...(elements.length === 0 ? [] : [actions(blockIdOf(proposal), elements)]),
      context(`${parts.from}, ${kind}, proposal ${id}`),
    ],
  };
}

/** What is told to the one who asks for the statements. */
export function sqlMessage({ body }: Pick<Proposal, 'body'>): string {
  const sql = body.sql.join(';\n\n');
  const shown = sql.length <= MOST_SQL ? sql : `${sql.slice(0, MOST_SQL)}\n...`;
  return sql === ''
    ? 'No statement is sent for this: it is noted in the ledger.'
    : `\`\`\`${escapeMrkdwn(shown.replaceAll('```', "'''"))}\`\`\``;
}

function answersTo(proposal: Proposal, { now, undoFor }: MessageParts): readonly unknown[] {
  const { state, id, body } = proposal;
  const sql =
    body.sql.length === 0 ? [] : [button('Show SQL', { action: ACTIONS.showSql, value: id })];
  if (state === 'open' || state === 'drafted') {
    return [
      button('Approve', { action: ACTIONS.approve, value: id, style: 'primary' }),
      select('Decline because', {
        action: ACTIONS.decline,
        options: DECLINING.map((reason) => ({
          text: sentenceCase(REASONS[reason]),
          value: reason,
        })),
      }),
      button('Snooze a week', { action: ACTIONS.snooze, value: id }),
      ...sql,
    ];
  }
  return isUndoable(proposal, { now, undoFor })
    ? [button('Undo', { action: ACTIONS.undo, value: id, style: 'danger' }), ...sql]
    : [];
}

const DECLINING: readonly DeclineReason[] = [
  'not-worth-it',
  'wrong-grain',
  'sensitive',
  'someone-elses',
  'later',
  'other',
];

/** Where it stands and by whom, in a few words. */
function statusOf(proposal: Proposal, { now }: Pick<MessageParts, 'now'>): string {
  const { state, moves, snoozedUntil = 0, expiresAt } = proposal;
  const last = moves.findLast(({ to }) => to === state);
  switch (state) {
    case 'drafted':
    case 'open': {
      const agreed = agreedBy(proposal);
      const so = agreed.length === 0 ? '' : `; ${agreed.join(' and ')} said yes`;
      return snoozedUntil > now
        ? `Snoozed until ${dayOf(snoozedUntil)}${so}`
        : `Waits for an answer until ${dayOf(expiresAt)}${so}`;
    }
    case 'approved':
      return `Approved${byAll(proposal)}, being carried out`;
    case 'applied': {
      const agreed = byAll(proposal);
      return `Carried out on ${dayOf(last?.at ?? now)}${agreed === '' ? '' : `, approved${agreed}`}`;
    }
    case 'declined':
      return `Declined${by(last)}${why(last)}`;
    case 'undone':
      return `Taken back${by(last)}${why(last)}`;
    case 'expired':
      return `Expired${why(last)}`;
    case 'overtaken':
      return `Overtaken${why(last)}`;
  }
}

function by(move: Move | undefined): string {
  return move === undefined ? '' : ` by ${move.by}`;
}

/** Everybody who said yes to what it means now: where several had to, they all did. */
function byAll(proposal: Proposal): string {
  const agreed = agreedBy(proposal);
  return agreed.length === 0 ? '' : ` by ${agreed.join(' and ')}`;
}

function why(move: Move | undefined): string {
  const reasons = [move?.reason === undefined ? undefined : REASONS[move.reason], move?.words];
  const said = reasons.filter((each) => each !== undefined).join(', ');
  return said === '' ? '' : `: ${said}`;
}

/** People of this Slack by their names, as Slack writes them. */
function mentioned(text: string): string {
  return escapeMrkdwn(text).replaceAll(/\bslack:([A-Z0-9]+)/g, '<@$1>');
}

/** What it nets first, then how that comes about. */
function moneyOf({ body: { money } }: Proposal): readonly string[] {
  const { netPerDay, interval, once, arithmetic } = money;
  const between =
    interval === undefined ? '' : ` (${formatUsd(interval[0])} to ${formatUsd(interval[1])})`;
  const net = [
    ...(netPerDay === undefined ? [] : [`nets ${formatUsd(netPerDay)} a day${between}`]),
    ...(once === undefined ? [] : [`costs ${formatUsd(once)} once`]),
  ].join(', ');
  return [net === '' ? 'no saving is claimed' : net, ...arithmetic];
}

function listed(name: string, lines: readonly string[]): readonly unknown[] {
  const more = lines.length - MOST_LINES;
  const shown = [
    ...lines.slice(0, MOST_LINES),
    ...(more > 0 ? [`and ${more} more: goldsmith proposals show tells all`] : []),
  ];
  return lines.length === 0
    ? []
    : [section([`*${name}*`, ...shown.map((line) => `• ${escapeMrkdwn(line)}`)])];
}

function sentenceCase(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
