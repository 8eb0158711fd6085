import { counted } from '../base/counted.ts';
import { formatUsd } from '../base/usd.ts';
import type {
  RefusedCandidate,
  ReplayEvent,
  ReplayedMart,
  ReplayReport,
  TopTemplate,
} from './replay-report.ts';
import { clientsWithoutRoad, oneLine, percent } from './words.ts';

const MOST_EVENTS = 40;
const MOST_REFUSED = 10;
const MOST_TEMPLATES = 8;

/** The report for a terminal. */
export function renderText(report: ReplayReport): string {
  const { history, coverage, totals, events, marts, refused, needsProof } = report;
  const read = [
    `${history.name}: ${counted(history.statements, 'statement')} of ${history.dialect}, ${history.fromDay} to ${history.untilDay} (${counted(report.days.length, 'day')}), ${counted(history.templates, 'template')}`,
    `Understood: ${percent(coverage.parsedShare)} of the statements parsed, ${percent(coverage.resolvedShare)} resolved to columns (${percent(coverage.resolvedCostShare)} of the cost), ${percent(coverage.costedShare)} tell a cost${history.badRows === 0 ? '' : `; ${counted(history.badRows, 'record')} could not be read`}`,
    ...topReasons(coverage.notUnderstood),
  ];
  return [
    'A REPLAY: nothing was built and nothing was measured. All money is predicted.',
    '',
    ...read,
    '',
    ...section('Predicted money', moneyLines(totals)),
    ...section('What would have happened', eventLines(events)),
    ...section('Marts', marts.map(martLine)),
    ...section(
      'Needs proof of (the daemon would measure these first)',
      needsProof.slice(0, MOST_REFUSED).map(needLine),
    ),
    ...section('Refused, dearest first', refused.slice(0, MOST_REFUSED).map(refusalLine)),
    ...section('Demand no road leads to a mart', unreachableLines(report)),
    ...section('Dearest templates', report.templates.slice(0, MOST_TEMPLATES).map(templateLine)),
    ...section(
      'Columns of gold nobody named',
      report.unread.map(
        ({ relation, columns, unread, readDays }) =>
          `${relation}: ${unread.length} of ${columns} on ${counted(readDays, 'day')} it was read (${unread.slice(0, 8).join(', ')}${unread.length > 8 ? ', ...' : ''})`,
      ),
    ),
    ...section('Taken for granted', report.assumptions),
  ].join('\n');
}

function unreachableLines({ unreachable }: ReplayReport): readonly string[] {
  const told = unreachable
    .slice(0, MOST_REFUSED)
    .map(
      ({ runs, wouldSavePerDay, relation, whatWouldOpenARoad }) =>
        `${counted(runs, 'run')} in the last days would save ${wouldSavePerDay} a day on ${relation}: ${whatWouldOpenARoad}`,
    );
  const clients = clientsWithoutRoad(unreachable);
  return clients.length === 0
    ? told
    : [...told, `what if they asked? --route-clients ${clients.join(',')}`];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`), ''];
}

function topReasons(notUnderstood: Readonly<Record<string, number>>): readonly string[] {
  const reasons = Object.entries(notUnderstood)
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([reason, statements]) => `${reason} (${statements})`);
  return reasons.length === 0 ? [] : [`Not understood: ${reasons.join(', ')}`];
}

function moneyLines(totals: ReplayReport['totals']): readonly string[] {
  const { asItRan, saved, upkeep, builds, net } = totals;
  const share = asItRan === 0n ? 0 : Number(net) / Number(asItRan);
  return [
    `the history as it ran       ${formatUsd(asItRan)}`,
    `marts would have saved      ${formatUsd(saved)}`,
    `less keeping them fresh     ${formatUsd(upkeep)}`,
    `less building them          ${formatUsd(builds)}`,
    `net                         ${formatUsd(net)} (${percent(share)} of the history)`,
  ];
}

function eventLines(events: readonly ReplayEvent[]): readonly string[] {
  if (events.length === 0) {
    return ['nothing: no candidate passed every rule on any day'];
  }
  const told = events
    .slice(0, MOST_EVENTS)
    .map(
      ({ day, kind, relation, because }) => `${day}  ${kind.padEnd(7)}  ${relation}: ${because}`,
    );
  const more = events.length - told.length;
  return more > 0 ? [...told, `and ${more} more (--json, --html)`] : told;
}

function martLine(mart: ReplayedMart): string {
  const { relation, stage, saved, upkeep, builds, refreshes, templates, assumed } = mart;
  const rests = assumed.length === 0 ? '' : `; rests on ${assumed.join(', ')}`;
  return mart.stood.length === 0
    ? `${relation}: a view only, since ${mart.publishedOn}${stage === 'released' ? ', given up again' : ''}`
    : `${relation}: ${stage}, ${counted(templates, 'template')}, ${counted(refreshes, 'refresh', 'refreshes')}; saves ${formatUsd(saved)}, costs ${formatUsd(upkeep)} upkeep and ${formatUsd(builds)} builds${rests}`;
}

function needLine({ relation, needs, numbers }: RefusedCandidate): string {
  return `${relation} (${counted(numbers.runs + numbers.unreachableRuns, 'run')}): ${needs.join('; ')}`;
}

function refusalLine({ relation, rule, because, flip }: RefusedCandidate): string {
  const turn = flip === undefined ? '' : ` [${flip.what}: ${flip.now}, needed ${flip.needed}]`;
  return `${relation}: ${because}${turn} (${rule})`;
}

function templateLine({ share, cost, runs, readers, normalForm, level }: TopTemplate): string {
  const unread =
    level === 'full' ? '' : ` (${level === 'lexer' ? 'not parsed' : 'partly resolved'})`;
  return `${percent(share).padStart(5)}  ${formatUsd(cost)}  ${counted(runs, 'run')}, ${counted(readers, 'reader')}${unread}  ${oneLine(normalForm, 90)}`;
}
