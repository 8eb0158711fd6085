import type { RelationId } from '../../base/relation.ts';
import { formatUsd, toDollars } from '../../base/usd.ts';
import type { CycleReport, ProposalView, Report } from '../../http/service.ts';
import { isLive } from '../../propose/move.ts';
import type { Proposal } from '../../propose/proposal.ts';
import type { Engine } from '../engine.ts';

type Parts = Pick<Engine, 'memory' | 'clock' | 'channels'>;

/** What waits for people, then what was decided lately, the newest first. */
export function proposalsReport(
  engine: Parts,
): Report & { readonly value: readonly ProposalView[] } {
  const all = engine.memory.proposals
    .list()
    .toSorted((a, b) => rank(a) - rank(b) || lastAt(b) - lastAt(a) || (a.id < b.id ? -1 : 1));
  const lines = all.map((proposal) => {
    const { netPerDay } = proposal.body.money;
    const money = netPerDay === undefined ? '' : `  ${formatUsd(netPerDay)} a day`;
    return `${proposal.id}  ${stateOf(proposal, engine).padEnd(10)}  ${proposal.body.title}${money}`;
  });
  return {
    text:
      lines.length === 0
        ? 'No proposals: nothing waits for anybody.'
        : [
            ...lines,
            '',
            `\`goldsmith proposals show <id>\` tells all of one${all.map(wordFor).find((word) => word !== '') ?? ''}.`,
          ].join('\n'),
    value: all.map((proposal) => viewOf(proposal, engine)),
  };
}

/** All of one proposal: what, why, money, evidence, risks, proofs, undo, statements, and who said what. */
export function proposalReport(engine: Parts, proposal: Proposal): Report {
  const { body } = proposal;
  const { netPerDay, interval, once, arithmetic } = body.money;
  const money = [
    ...(netPerDay === undefined ? [] : [`nets ${formatUsd(netPerDay)} a day`]),
    ...(interval === undefined
      ? []
      : [`between ${formatUsd(interval[0])} and ${formatUsd(interval[1])}`]),
    ...(once === undefined ? [] : [`costs ${formatUsd(once)} once`]),
  ].join(', ');
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ['why', [body.because]],
    ['money', [money === '' ? 'no saving is claimed' : money, ...arithmetic]],
    ['evidence', body.evidence],
    ['readers', body.readers],
    ['risks', body.risks],
    ['proofs', body.proofs],
    ['undo', [body.undo]],
    ['shown', placesOf(proposal, engine)],
    ['moves', proposal.moves.map(saidOf)],
    ['meaning', [proposal.meaning]],
    ['sql', body.sql],
    ['files', proposal.files.map(fileText)],
  ];
  return {
    text: [
      `${body.title}  (${proposal.id}, ${stateOf(proposal, engine)})`,
      ...sections.flatMap(([name, lines]) =>
        lines.map(
          (line, at) =>
            `${(at === 0 ? name : '').padEnd(10)}${line.replaceAll('\n', '\n          ')}`,
        ),
      ),
    ].join('\n'),
    value: viewOf(proposal, engine),
  };
}

/** A file as it would be: where no repository is configured, here is all there is to see of it. */
function fileText({ path, text }: Proposal['files'][number]): string {
  return text === undefined
    ? `${path}: taken away`
    : `${path}:\n${text.trimEnd().replaceAll(/^(?=.)/gm, '  ')}`;
}

/** An explanation together with what people were asked about the relation, or about any, and what they said last. */
export function withProposals(
  { text, value }: Report,
  { engine, relation }: { readonly engine: Parts; readonly relation: RelationId | undefined },
): Report {
  const its = engine.memory.proposals
    .list()
    .filter((one) => (relation === undefined ? isLive(one) : one.relation === relation));
  const lines = its.map((proposal) => {
    const { id, body, moves } = proposal;
    const said = moves.slice(-1).map(saidOf).join('');
    return `proposal  ${id}, ${stateOf(proposal, engine)}: ${body.title}; ${said}`;
  });
  return lines.length === 0 ? { text, value } : { text: [text, ...lines].join('\n'), value };
}

/** A cycle's report, with how many proposals wait for people. */
export function withWaiting(report: CycleReport, { memory }: Pick<Engine, 'memory'>): CycleReport {
  const open = memory.proposals.list().filter(({ state }) => state === 'open').length;
  const what = open === 1 ? 'proposal waits' : 'proposals wait';
  return open === 0
    ? report
    : {
        ...report,
        text: `${report.text}\nasked     ${open} ${what} for people: \`goldsmith proposals\``,
      };
}

function saidOf({ to, at, by, reason, words }: Proposal['moves'][number]): string {
  const why = [reason, words].filter((each) => each !== undefined).join(': ');
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC  ${to} by ${by}${why === '' ? '' : ` (${why})`}`;
}

function viewOf(proposal: Proposal, engine: Parts): ProposalView {
  const { id, kind, relation, meaning, body, moves, openedAt, expiresAt, snoozedUntil } = proposal;
  const { netPerDay, interval, once, arithmetic } = body.money;
  return {
    id,
    kind,
    relation,
    state: stateOf(proposal, engine),
    meaning,
    title: body.title,
    because: body.because,
    money: {
      ...(netPerDay === undefined ? {} : { netPerDay: toDollars(netPerDay) }),
      ...(interval === undefined
        ? {}
        : { interval: [toDollars(interval[0]), toDollars(interval[1])] as const }),
      ...(once === undefined ? {} : { once: toDollars(once) }),
      arithmetic,
    },
    evidence: body.evidence,
    readers: body.readers,
    risks: body.risks,
    proofs: body.proofs,
    undo: body.undo,
    sql: body.sql,
    files: proposal.files.map(({ path }) => path),
    shown: placesOf(proposal, engine),
    openedAt: new Date(openedAt).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
    ...(snoozedUntil === undefined ? {} : { snoozedUntil: new Date(snoozedUntil).toISOString() }),
    moves: moves.map(({ at, ...move }) => ({ ...move, at: new Date(at).toISOString() })),
  };
}

/** Where people see it, as each place tells it. */
function placesOf(
  { id }: Proposal,
  { channels, memory }: Pick<Engine, 'memory' | 'channels'>,
): readonly string[] {
  return channels.flatMap((channel) => {
    const ref = memory.shown.get(`${channel.name}/${id}`)?.ref;
    return ref === undefined || channel.whereabouts === undefined
      ? []
      : [`${channel.name}: ${channel.whereabouts(ref)}`];
  });
}

/** What the first of them may be answered with. */
function wordFor({ state, kind }: Proposal): string {
  if (state === 'drafted' || state === 'open') {
    return '; `goldsmith approve <id>` says yes, `goldsmith decline <id> --reason <reason>` no';
  }
  return state === 'applied' && kind !== 'edit'
    ? '; `goldsmith undo <id>` takes back what was applied'
    : '';
}

function stateOf(
  { state, snoozedUntil = 0 }: Proposal,
  { clock }: Pick<Engine, 'clock'>,
): ProposalView['state'] {
  return state === 'open' && snoozedUntil > clock.now() ? 'snoozed' : state;
}

/** Open ones first, then what is about to be done, then what waits its turn, then what ended. */
function rank(proposal: Proposal): number {
  return isLive(proposal) ? ['open', 'approved', 'drafted'].indexOf(proposal.state) : 3;
}

function lastAt({ moves }: Proposal): number {
  return moves.at(-1)?.at ?? 0;
}
