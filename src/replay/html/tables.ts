import { counted } from '../../base/counted.ts';
import { formatUsd } from '../../base/usd.ts';
import type {
  RefusedCandidate,
  ReplayEvent,
  ReplayedMart,
  ReplayReport,
  TopTemplate,
} from '../replay-report.ts';
import { percent } from '../words.ts';
import { escape } from './escape.ts';

/** A table of cells that are HTML already; columns that begin with `#` hold numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const kind = (at: number) => (head[at]?.startsWith('#') === true ? ' class="n"' : '');
  const cells = (row: readonly string[], tag: string) =>
    row.map((cell, at) => `<${tag}${kind(at)}>${cell}</${tag}>`).join('');
  const titles = head.map((title) => escape(title.replace(/^#/, '')));
  return `<table><tr>${cells(titles, 'th')}</tr>${rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('')}</table>`;
}

export function eventTable(events: readonly ReplayEvent[]): string {
  return table(
    ['Day', 'What', 'Mart', 'Why', '#Build cost'],
    events.map(({ day, kind, relation, because, cost }) => [
      escape(day),
      `<span class="chip ${kind}">${kind}</span>`,
      `<code>${escape(relation)}</code>`,
      escape(because),
      cost === undefined ? '' : formatUsd(cost),
    ]),
  );
}

export function martTable(marts: readonly ReplayedMart[]): string {
  return table(
    ['Mart', '#Answers', '#Refreshes', '#Saved', '#Upkeep', '#Builds'],
    marts.map((mart) => [
      `<code>${escape(mart.relation)}</code><br><span class="soft small">${lifeOf(mart)}</span>${assumedBy(mart)}${sqlOf(mart.sql)}`,
      mart.stood.length === 0 ? '' : counted(mart.templates, 'template'),
      String(mart.refreshes),
      formatUsd(mart.saved),
      formatUsd(mart.upkeep),
      formatUsd(mart.builds),
    ]),
  );
}

function lifeOf({ stood, publishedOn, origin, stage }: ReplayedMart): string {
  const kind = origin === 'adopted' ? 'a view taken over' : 'a mart of its own';
  if (stood.length === 0) {
    return `${kind}, a view only, since ${publishedOn}${stage === 'released' ? ', given up again' : ''}`;
  }
  const spans = stood.map(({ from, until }) => `${from} to ${until ?? 'the end'}`);
  return `${kind}, a table ${spans.join(', ')}`;
}

function assumedBy({ assumed }: ReplayedMart): string {
  return assumed.length === 0
    ? ''
    : `<br><span class="small">assumes ${assumed.map((each) => `<code>${escape(each)}</code>`).join(', ')}</span>`;
}

export function refusedTable(refused: readonly RefusedCandidate[]): string {
  return table(
    ['Candidate', 'Why not', 'What would turn it', '#Runs', '#Would save a day'],
    refused.map(({ relation, because, flip, numbers, sql, rule, needs }) => [
      `<code>${escape(relation)}</code>${sqlOf(sql)}`,
      `${escape(because)}<br><span class="chip">${escape(rule)}</span>${needs.length === 0 ? '' : `<br><span class="small soft">also needs proof of ${escape(needs.join('; '))}</span>`}`,
      flip === undefined
        ? ''
        : `${escape(flip.what)}: ${escape(String(flip.now))} now, <span class="flip">${escape(String(flip.needed))} needed</span>`,
      String(numbers.runs + numbers.unreachableRuns),
      escape(numbers.savesPerDay),
    ]),
  );
}

export function proofTable(refused: readonly RefusedCandidate[]): string {
  return table(
    ['Candidate', 'Needs proof of', '#Runs'],
    refused.map(({ relation, needs, numbers, sql }) => [
      `<code>${escape(relation)}</code>${sqlOf(sql)}`,
      needs.map((each) => `<code>${escape(each)}</code>`).join('<br>'),
      String(numbers.runs + numbers.unreachableRuns),
    ]),
  );
}

export function templateTable(templates: readonly TopTemplate[]): string {
  return table(
    ['Statement, without its literals', '#Runs', '#Readers', '#Cost', 'Share'],
    templates.map(({ normalForm, runs, readers, cost, share, level, notUnderstood }) => [
      `<details><summary><code>${escape(normalForm.slice(0, 110))}${normalForm.length > 110 ? '…' : ''}</code></summary><pre>${escape(normalForm)}</pre></details>${level === 'full' ? '' : `<span class="chip">${level === 'lexer' ? 'not parsed' : 'partly resolved'}: ${escape(notUnderstood.join(', '))}</span>`}`,
      String(runs),
      String(readers),
      formatUsd(cost),
      `${meter(share, 'cost')}<span class="small soft">${percent(share)}</span>`,
    ]),
  );
}

export function unreachableTable(unreachable: ReplayReport['unreachable']): string {
  return table(
    ['Mart it would read', '#Runs', '#Would save a day', 'What would open a road'],
    unreachable.map(({ relation, runs, wouldSavePerDay, whatWouldOpenARoad }) => [
      `<code>${escape(relation)}</code>`,
      String(runs),
      escape(wouldSavePerDay),
      escape(whatWouldOpenARoad),
    ]),
  );
}

/** A share as a bar. */
export function meter(share: number, kind = ''): string {
  const width = Math.max(0, Math.min(100, share * 100)).toFixed(1);
  return `<div class="meter ${kind}"><i style="width:${width}%"></i></div>`;
}

function sqlOf(sql: string): string {
  return `<details><summary>its SQL</summary><pre>${escape(sql)}</pre></details>`;
}
