import type { Benchmark } from './settings.ts';

/** What one way of keeping marts cost over all days; thread time in milliseconds. */
export interface Arm {
  readonly title: string;
  /** Marts that stand at the end. */
  readonly marts: number;
  readonly bytes: number;
  /** The statements themselves, each on a mart or on base. */
  readonly statementsCpuMs: number;
  /** What the statements its marts answered cost on base, and on its marts. */
  readonly answeredBaseCpuMs: number;
  readonly answeredCpuMs: number;
  readonly answered: number;
  /** Answers that were not those of base. */
  readonly unequal: number;
  readonly buildCpuMs: number;
  readonly refreshCpuMs: number;
  /** Deciding, proving, watching the sources, measuring, finding rewrites. */
  readonly otherCpuMs: number;
}

export interface Lived {
  readonly statements: number;
  /** Templates the engine itself could not answer; they are left out. */
  readonly failed: readonly string[];
  readonly arms: readonly Arm[];
  readonly unequal: readonly {
    readonly arm: string;
    readonly template: string;
    readonly sql: string;
  }[];
  readonly byTemplate: readonly {
    readonly template: string;
    readonly runs: number;
    readonly baseCpuMs: number;
    /** Answered runs, by arm. */
    readonly answered: Readonly<Record<string, number>>;
    /** Why Goldsmith's route said no last, the nearest reason. */
    readonly because?: string;
  }[];
  /** What Goldsmith did beside answering statements. */
  readonly lines: readonly { readonly line: string; readonly cpuMs: number }[];
  /** What Goldsmith built and let go, night by night. */
  readonly news: readonly string[];
  /** Its last word on every candidate. */
  readonly explained: string;
}

export interface WorkloadReport extends Lived {
  readonly benchmark: Benchmark;
  readonly scale: number;
  readonly days: number;
  readonly templates: number;
  readonly baseBytes: number;
  readonly budgetBytes: number;
  readonly wallSeconds: number;
}

export function totalCpuMs({ statementsCpuMs, buildCpuMs, refreshCpuMs, otherCpuMs }: Arm): number {
  return statementsCpuMs + buildCpuMs + refreshCpuMs + otherCpuMs;
}

/** One benchmark as a table in Markdown; the first arm is base. */
export function tableOf({ arms, statements, budgetBytes, ...report }: WorkloadReport): string {
  const [base] = arms;
  const baseMs = base === undefined ? 1 : totalCpuMs(base);
  const lines = arms.map((arm) => {
    const total = totalCpuMs(arm);
    const speed =
      arm.answered === 0 ? '' : `${(arm.answeredBaseCpuMs / arm.answeredCpuMs).toFixed(1)}x`;
    return `| ${[
      arm.title,
      String(arm.marts),
      `${((100 * arm.bytes) / report.baseBytes).toFixed(1)} %`,
      `${((100 * arm.answered) / statements).toFixed(1)} %`,
      speed,
      seconds(arm.statementsCpuMs),
      seconds(arm.buildCpuMs),
      seconds(arm.refreshCpuMs),
      seconds(arm.otherCpuMs),
      seconds(total),
      `${(((total - baseMs) / baseMs) * 100).toFixed(1)} %`,
      String(arm.unequal),
    ].join(' | ')} |`;
  });
  const head = [
    `${report.benchmark} ${report.scale}`,
    'marts',
    'storage',
    'answered',
    'faster there',
    'statements s',
    'builds s',
    'refreshes s',
    'the rest s',
    'total s',
    'against base',
    'unequal',
  ];
  return [
    `| ${head.join(' | ')} |`,
    `|${head.map(() => '---').join('|')}|`,
    ...lines,
    '',
    `Goldsmith beside the statements: ${report.lines
      .filter(({ cpuMs }) => cpuMs >= 50)
      .toSorted((a, b) => b.cpuMs - a.cpuMs)
      .map(({ line, cpuMs }) => `${line} ${seconds(cpuMs)} s`)
      .join('; ')}.`,
    '',
    `${statements} statements of ${report.templates} templates in ${report.days} days; ${report.failed.length} templates failed on base; budget ${budgetBytes} of ${report.baseBytes} bytes; ${report.wallSeconds.toFixed(0)} s.`,
  ].join('\n');
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
