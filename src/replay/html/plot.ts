import { escape } from './escape.ts';

/** Where days and amounts lie on a chart. */
export interface Plot {
  readonly width: number;
  readonly height: number;
  readonly x: (at: number) => number;
  readonly y: (amount: number) => number;
  readonly left: number;
  readonly right: number;
}

export const LEFT = 78;
const RIGHT = 14;
const TOP = 12;
const BOTTOM = 26;
const WIDTH = 1060;

/** A plot for so many days, over amounts from `low` to `high`. */
export function plotOf(
  days: number,
  { low, high, height }: { readonly low: number; readonly high: number; readonly height: number },
): Plot {
  const span = high - low || 1;
  return {
    width: WIDTH,
    height,
    left: LEFT,
    right: WIDTH - RIGHT,
    x: (at) => LEFT + ((WIDTH - LEFT - RIGHT) * at) / Math.max(1, days),
    y: (amount) => TOP + (height - TOP - BOTTOM) * (1 - (amount - low) / span),
  };
}

/** Up to eight day labels along the bottom. */
export function dayAxis(plot: Plot, days: readonly string[]): string {
  const step = Math.max(1, Math.ceil(days.length / 8));
  return days
    .flatMap((day, at) =>
      at % step === 0
        ? [`<text x="${fixed(plot.x(at))}" y="${plot.height - 6}">${escape(day)}</text>`]
        : [],
    )
    .join('');
}

/** Lines and labels at round amounts. */
export function amountAxis(
  plot: Plot,
  {
    low,
    high,
    label,
  }: { readonly low: number; readonly high: number; readonly label: (amount: number) => string },
): string {
  const step = roundStep((high - low) / 4);
  const lines: string[] = [];
  for (let amount = Math.ceil(low / step) * step; amount <= high + step * 1e-6; amount += step) {
    const y = fixed(plot.y(amount));
    const isZero = Math.abs(amount) < step * 1e-6;
    lines.push(
      `<line x1="${plot.left}" x2="${plot.right}" y1="${y}" y2="${y}" stroke="var(${isZero ? '--soft' : '--line'})"/>`,
      `<text x="${plot.left - 8}" y="${fixed(plot.y(amount) + 4)}" text-anchor="end">${escape(label(isZero ? 0 : amount))}</text>`,
    );
  }
  return lines.join('');
}

/** A line through amounts, one a day, at the end of each day. */
export function linePath(plot: Plot, amounts: readonly number[]): string {
  return amounts
    .map((amount, at) => `${at === 0 ? 'M' : 'L'}${fixed(plot.x(at + 1))},${fixed(plot.y(amount))}`)
    .join('');
}

export function fixed(value: number): string {
  return value.toFixed(1);
}

function roundStep(rough: number): number {
  if (rough <= 0) {
    return 1;
  }
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10);
}
