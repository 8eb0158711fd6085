import type { ReplayEvent, ReplayedDay, ReplayedMart } from '../replay-report.ts';
import { oneLine } from '../words.ts';
import { escape } from './escape.ts';
import { dayAxis, fixed, plotOf } from './plot.ts';

const ROW = 30;
const MOST_MARTS = 25;
const DOTS: Readonly<Record<ReplayEvent['kind'], string>> = {
  build: 'var(--gold)',
  publish: 'var(--soft)',
  demote: 'var(--bad)',
  release: 'var(--bad)',
  prune: 'var(--blue)',
};

/** A row a mart: when it would have been a view, a table, and what happened to it. */
export function timeline(
  marts: readonly ReplayedMart[],
  {
    days,
    events,
  }: { readonly days: readonly ReplayedDay[]; readonly events: readonly ReplayEvent[] },
): string {
  const shown = marts.slice(0, MOST_MARTS);
  const plot = plotOf(days.length, { low: 0, high: 1, height: 2 * shown.length * ROW + 40 });
  const last = days.at(-1)?.day ?? '';
  const at = (day: string) => {
    const found = days.findIndex((each) => each.day >= day);
    return found === -1 ? days.length : found;
  };
  const rows = shown.map((mart, row) => {
    const y = 26 + row * 2 * ROW;
    const bar = (from: string, until: string | undefined, style: string) => {
      const x = plot.x(at(from));
      const width = Math.max(3, plot.x(until === undefined ? days.length : at(until)) - x);
      return `<rect x="${fixed(x)}" width="${fixed(width)}" y="${y}" height="16" rx="4" ${style}/>`;
    };
    const own = events.filter(({ relation }) => relation === mart.relation);
    const released = own.findLast(({ kind }) => kind === 'release')?.day;
    const until = mart.stage === 'released' ? released : undefined;
    return [
      `<text class="ink" x="${plot.left}" y="${y - 7}">${escape(oneLine(mart.relation, 110))}</text>`,
      bar(mart.publishedOn, until, 'fill="var(--bar)" opacity="0.55"'),
      ...mart.stood.map((each) => bar(each.from, each.until, 'fill="var(--gold)" opacity="0.85"')),
      ...own.map(
        ({ day, kind, because }) =>
          `<circle cx="${fixed(plot.x(at(day)))}" cy="${y + 8}" r="6" fill="${DOTS[kind]}" stroke="var(--paper)" stroke-width="2"><title>${escape(`${day} ${kind}: ${because}`)}</title></circle>`,
      ),
    ].join('');
  });
  const left = marts.length - shown.length;
  return [
    `<svg viewBox="0 0 ${plot.width} ${plot.height}" role="img" aria-label="when each mart would have stood, until ${escape(last)}">`,
    dayAxis(
      plot,
      days.map(({ day }) => day),
    ),
    ...rows,
    '</svg>',
    left > 0 ? `<p class="soft small">${left} more marts saved less and are left out.</p>` : '',
  ].join('');
}
