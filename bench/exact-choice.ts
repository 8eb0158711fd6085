import highsModule from 'highs';
import type { ChoiceProblem } from '../src/decide/solver/problem.ts';

export interface Exact {
  /** The optimum, or what nothing can exceed. */
  readonly net: number;
  readonly seconds: number;
  readonly kind: 'integer optimum' | 'linear bound' | 'not found in time';
}

const PER_LINE = 20;
/** Money is told in units of this many nano-dollars, so that the solver's tolerances mean something. */
const UNIT = 1e6;

/** Its types speak of the CommonJS build; what Node imports is the loader itself. */
const loadHighs = highsModule as unknown as typeof highsModule.default;

/**
 * The same choice as an integer program (`selection.md` 1.3), solved to a gap of 0.01 %; where that takes longer than it may, its
 * linear relaxation, which no choice can exceed.
 */
export async function solveExactly(problem: ChoiceProblem, seconds: number): Promise<Exact> {
  const highs = await loadHighs();
  const started = performance.now();
  const solve = (kind: 'integer optimum' | 'linear bound'): Exact | undefined => {
    const solution = highs.solve(programOf(problem, kind), {
      time_limit: seconds,
      mip_rel_gap: 1e-4,
      output_flag: false,
    });
    return solution.Status === 'Optimal'
      ? { net: solution.ObjectiveValue * UNIT, seconds: secondsSince(started), kind }
      : undefined;
  };
  return (
    solve('integer optimum') ??
    solve('linear bound') ?? { net: NaN, seconds: secondsSince(started), kind: 'not found in time' }
  );
}

function secondsSince(started: number): number {
  return (performance.now() - started) / 1000;
}

/** In CPLEX's LP format. `x` may be fractions: for fixed `y` the rest is integral. */
function programOf(
  { items, templates, capacities }: ChoiceProblem,
  kind: 'integer optimum' | 'linear bound',
): string {
  const objective: string[] = [];
  const answered = Array.from({ length: templates }, (): string[] => []);
  const rows: string[] = [];
  const names: string[] = [];
  for (const [at, item] of items.entries()) {
    names.push(`y${at}`);
    objective.push(`- ${item.cost / UNIT} y${at}`);
    for (const [i, template] of item.templates.entries()) {
      const name = `x${at}_${template}`;
      objective.push(`+ ${(item.savings[i] ?? 0) / UNIT} ${name}`);
      answered[template]?.push(name);
      rows.push(`${name} - y${at} <= 0`);
    }
  }
  rows.push(...answered.filter((each) => each.length > 1).map((each) => `${sum(each)} <= 1`));
  for (const [k, capacity] of capacities.entries()) {
    if (capacity < Infinity) {
      const share = (weight: number) => (weight / capacity).toPrecision(12);
      rows.push(`${sum(items.map(({ weights }, at) => `${share(weights[k] ?? 0)} y${at}`))} <= 1`);
    }
  }
  return [
    'Maximize',
    ` obj: ${lines(objective).join('\n ')}`,
    'Subject To',
    ...rows.map((row, i) => ` r${i}: ${row}`),
    ...(kind === 'integer optimum'
      ? ['Binary', ...lines(names).map((line) => ` ${line}`)]
      : ['Bounds', ...names.map((name) => ` 0 <= ${name} <= 1`)]),
    'End',
  ].join('\n');
}

function sum(terms: readonly string[]): string {
  return lines(terms.map((term) => `+ ${term}`)).join('\n ');
}

function lines(terms: readonly string[]): readonly string[] {
  return Array.from({ length: Math.ceil(terms.length / PER_LINE) }, (_, i) =>
    terms.slice(i * PER_LINE, (i + 1) * PER_LINE).join(' '),
  );
}
