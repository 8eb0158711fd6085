import { counted } from '../../base/counted.ts';
import { formatUsd, toDollars, usd } from '../../base/usd.ts';
import type { ReplayedDay } from '../replay-report.ts';
import { amountAxis, dayAxis, fixed, linePath, plotOf } from './plot.ts';

/** What marts would have saved and cost, added up over the days, and what is left of it. */
export function cumulativeChart(days: readonly ReplayedDay[]): string {
  const saved = sums(days.map((day) => toDollars(day.saved)));
  const cost = sums(days.map((day) => toDollars(day.upkeep) + toDollars(day.builds)));
  const net = saved.map((each, at) => each - (cost[at] ?? 0));
  const high = Math.max(0, ...saved, ...cost);
  const low = Math.min(0, ...net, ...saved);
  const plot = plotOf(days.length, { low, high, height: 300 });
  const zero = fixed(plot.y(0));
  const area = `${linePath(plot, net)}L${fixed(plot.x(net.length))},${zero}L${fixed(plot.x(1))},${zero}Z`;
  const line = (amounts: readonly number[], style: string) =>
    `<path d="${linePath(plot, amounts)}" fill="none" ${style}/>`;
  return [
    `<svg viewBox="0 0 ${plot.width} ${plot.height}" role="img" aria-label="predicted saving, cost and net, added up by day">`,
    amountAxis(plot, { low, high, label: (amount) => formatUsd(usd(amount)) }),
    dayAxis(
      plot,
      days.map(({ day }) => day),
    ),
    `<path d="${area}" fill="var(--gold)" opacity="0.18"/>`,
    line(saved, 'stroke="var(--good)" stroke-width="2"'),
    line(cost, 'stroke="var(--bad)" stroke-width="2" stroke-dasharray="5 4"'),
    line(net, 'stroke="var(--gold)" stroke-width="3"'),
    '</svg>',
  ].join('');
}

/** Each day's statements as they ran, with the share marts would have saved. */
export function dailyChart(days: readonly ReplayedDay[]): string {
  const costs = days.map((day) => toDollars(day.asItRan));
  const high = Math.max(0, ...costs);
  const plot = plotOf(days.length, { low: 0, high, height: 200 });
  const width = Math.max(1, (plot.x(1) - plot.x(0)) * 0.78);
  const bars = days.map((day, at) => {
    const bar = (from: number, to: number, fill: string) =>
      `<rect x="${fixed(plot.x(at) + 1)}" width="${fixed(width)}" y="${fixed(plot.y(to))}" height="${fixed(Math.max(0, plot.y(from) - plot.y(to)))}" fill="${fill}"/>`;
    const cost = toDollars(day.asItRan);
    const saved = Math.min(cost, Math.max(0, toDollars(day.saved)));
    const told = `${day.day}: ${counted(day.statements, 'statement')}, ${formatUsd(day.asItRan)} as they ran, ${formatUsd(day.saved)} saved on ${counted(day.standing, 'mart')}`;
    return `<g><title>${told}</title>${bar(0, cost - saved, 'var(--bar)')}${bar(cost - saved, cost, 'var(--good)')}</g>`;
  });
  return [
    `<svg viewBox="0 0 ${plot.width} ${plot.height}" role="img" aria-label="cost of each day as it ran, and the part predicted to be saved">`,
    amountAxis(plot, { low: 0, high, label: (amount) => formatUsd(usd(amount)) }),
    dayAxis(
      plot,
      days.map(({ day }) => day),
    ),
    ...bars,
    '</svg>',
  ].join('');
}

function sums(amounts: readonly number[]): readonly number[] {
  let sum = 0;
  return amounts.map((amount) => {
    sum += amount;
    return sum;
  });
}
