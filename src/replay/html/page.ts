import { counted } from '../../base/counted.ts';
import { formatUsd } from '../../base/usd.ts';
import type { ReplayReport } from '../replay-report.ts';
import { percent } from '../words.ts';
import { escape } from './escape.ts';
import { joinPicture } from './join-picture.ts';
import { cumulativeChart, dailyChart } from './money-charts.ts';
import { STYLE } from './style.ts';
import {
  eventTable,
  martTable,
  meter,
  proofTable,
  refusedTable,
  table,
  templateTable,
  unreachableTable,
} from './tables.ts';
import { timeline } from './timeline.ts';

const MOST_REFUSED = 25;
const MOST_EVENTS = 200;

/** The report as one page that needs nothing else: no script, no font, no image, no network. */
export function renderHtml(report: ReplayReport): string {
  const { history, days, events, marts, refused, needsProof } = report;
  const key = (colour: string, text: string) =>
    `<span class="key" style="background:var(--${colour})"></span>${text}`;
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>Goldsmith replay of ${escape(history.name)}</title><style>${STYLE}</style></head><body><main>`,
    head(report),
    tiles(report),
    section(
      'Money, added up',
      `Predicted. ${key('good', 'saved')}${key('bad', 'builds and upkeep')}${key('gold', 'net')}`,
      cumulativeChart(days),
    ),
    section(
      'Day by day',
      `${key('bar', 'what the history cost as it ran')}${key('good', 'the part marts are predicted to have saved')}`,
      dailyChart(days),
    ),
    section(
      'What would have happened',
      events.length === 0
        ? 'Nothing: no candidate passed every rule on any day. That is an answer, too; the reasons are below.'
        : `${key('bar', 'a view')}${key('gold', 'a table')}; dots are decisions.`,
      events.length === 0
        ? ''
        : `${timeline(marts, { days, events })}<details><summary>every decision (${events.length})</summary>${eventTable(events.slice(0, MOST_EVENTS))}</details>`,
    ),
    marts.length === 0
      ? ''
      : section('The marts', 'Money over the whole replay, predicted.', martTable(marts)),
    needsProof.length === 0
      ? ''
      : section(
          'Needs proof first',
          'No fact is taken for true that nobody declared. On a warehouse, the daemon measures these before it builds; <code>--ddl</code> or <code>--assume-keys</code> tells a replay.',
          proofTable(needsProof.slice(0, MOST_REFUSED)),
        ),
    section(
      'Refused on the last day',
      `${refused.length} candidates${refused.length > MOST_REFUSED ? `, the dearest ${MOST_REFUSED} of them` : ''}: why, and the number that would turn it. ${report.refusedByRule.map(({ rule, candidates }) => `<span class="chip">${escape(rule)} ${candidates}</span>`).join(' ')}`,
      refused.length === 0 ? '' : refusedTable(refused.slice(0, MOST_REFUSED)),
    ),
    report.unreachable.length === 0
      ? ''
      : section(
          'Demand without a road',
          'A saving exists only if the statement reaches the mart: by the name it already uses, or because its client asks <code>route</code>. None of this is counted above.',
          unreachableTable(report.unreachable.slice(0, MOST_REFUSED)),
        ),
    section('Dearest statements', 'Texts carry no literals.', templateTable(report.templates)),
    section('Who joins what with what', graphWords(report), joinPicture(report.graph)),
    unreadSection(report),
    coverageSection(report),
    section(
      'Taken for granted',
      'A replay knows less than a daemon beside the warehouse. What it assumes:',
      list(report.assumptions),
    ),
    '</main></body></html>\n',
  ].join('\n');
}

function section(title: string, intro: string, body: string): string {
  return `<section><h2>${title}</h2><p class="soft small">${intro}</p>${body}</section>`;
}

function list(items: readonly string[]): string {
  return `<ul>${items.map((item) => `<li>${escape(item)}</li>`).join('')}</ul>`;
}

function head({ history, days }: ReplayReport): string {
  return [
    `<h1>What Goldsmith would have done</h1>`,
    `<p class="soft">${escape(history.name)}: ${history.statements.toLocaleString('en-US')} statements of ${escape(history.dialect)}, ${history.fromDay} to ${history.untilDay}, ${counted(days.length, 'day')}, ${counted(history.templates, 'template')}</p>`,
    '<div class="notice"><b>A replay.</b> No warehouse was touched, nothing was built and nothing was measured. Each day was decided by the real rules, knowing only the days before it. <b>All money on this page is predicted.</b></div>',
  ].join('');
}

function tiles({ totals, coverage, days }: ReplayReport): string {
  const { asItRan, saved, net, built, demoted, upkeep, builds } = totals;
  const share = asItRan === 0n ? 0 : Number(net) / Number(asItRan);
  const tile = (value: string, words: string) =>
    `<div class="tile"><b>${value}</b><span>${words}</span></div>`;
  return `<div class="tiles">${[
    tile(formatUsd(asItRan), `the history as it ran, ${counted(days.length, 'day')}`),
    tile(
      formatUsd(net),
      `predicted net, ${percent(share)} of it: ${formatUsd(saved)} saved less ${formatUsd(upkeep)} upkeep and ${formatUsd(builds)} builds`,
    ),
    tile(`${built}`, `builds, ${demoted} taken back, over ${days.length} mornings`),
    tile(
      percent(coverage.resolvedShare),
      `of the statements understood to the column, ${percent(coverage.resolvedCostShare)} of the cost`,
    ),
  ].join('')}</div>`;
}

function graphWords({ graph }: ReplayReport): string {
  const left =
    graph.relationsLeftOut + graph.joinsLeftOut === 0
      ? ''
      : ` ${graph.relationsLeftOut} rarer relations and ${graph.joinsLeftOut} rarer joins are left out.`;
  return `Circles grow with the runs that read a relation, lines with the runs that join so.${left}`;
}

function unreadSection({ unread }: ReplayReport): string {
  return unread.length === 0
    ? ''
    : section(
        'Columns of gold nobody named',
        'In the whole history, by name; a star does not count. The daemon would watch longer, ask its vetoes, and hide before it drops.',
        table(
          ['Relation', '#Unread', '#Days read', 'Columns'],
          unread.map(({ relation, columns, unread: names, readDays }) => [
            `<code>${escape(relation)}</code>`,
            `${names.length} of ${columns}`,
            String(readDays),
            `<code>${escape(names.join(', '))}</code>`,
          ]),
        ),
      );
}

function coverageSection({ coverage, history }: ReplayReport): string {
  const shares = [
    ['parsed', coverage.parsedShare, coverage.parsedCostShare],
    ['resolved to columns', coverage.resolvedShare, coverage.resolvedCostShare],
    ['attributed to a reader', coverage.attributedShare, coverage.attributedCostShare],
    ['with a cost', coverage.costedShare, coverage.costedShare],
  ] as const;
  const counts = (record: Readonly<Record<string, number>>) =>
    Object.entries(record)
      .toSorted(([, a], [, b]) => b - a)
      .map(([reason, count]) => `${reason}: ${count}`);
  const notUnderstood = counts(coverage.notUnderstood);
  const skipped = counts(history.skipped);
  const bad = history.lastBadRows.map(({ where, because }) => `${where}: ${because}`);
  return section(
    'What was understood',
    `${history.counted.toLocaleString('en-US')} statements count as use. What is not understood earns nothing and is never guessed at. ${counted(history.badRows, 'record')} could not be read.`,
    `${table(
      ['', '#Statements', '', '#Cost', ''],
      shares.map(([name, statements, cost]) => [
        escape(name),
        percent(statements),
        meter(statements),
        percent(cost),
        meter(cost),
      ]),
    )}<div class="two"><div>${titled('Not understood, statements', notUnderstood)}${titled('Records that could not be read, the last', bad)}</div><div>${titled('Left out as no use, statements', skipped)}</div></div>`,
  );
}

function titled(title: string, items: readonly string[]): string {
  return items.length === 0 ? '' : `<p class="small"><b>${escape(title)}</b></p>${list(items)}`;
}
