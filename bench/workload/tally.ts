import type { Measured } from './meter.ts';
import type { Ask } from './workload.ts';
import type { Arm, Lived } from './workload-report.ts';

interface ArmSums {
  answered: number;
  unequal: number;
  answeredCpuMs: number;
  answeredBaseCpuMs: number;
}

interface TemplateSums {
  runs: number;
  baseCpuMs: number;
  readonly answered: Record<string, number>;
  because: string | undefined;
}

/** What was asked, and what it cost on base and on everybody's marts. */
export class Tally {
  readonly #arms = new Map<string, ArmSums>();
  readonly #templates = new Map<string, TemplateSums>();
  readonly #failed = new Map<string, string>();
  readonly #unequal: Lived['unequal'][number][] = [];
  #statements = 0;
  #baseCpuMs = 0;

  hasFailed(template: string): boolean {
    return this.#failed.has(template);
  }

  /** A statement of the benchmark that base cannot answer is left out from then on; a rewrite that fails is a wrong answer. */
  failed({
    ask: { template, sql },
    title,
    because,
  }: {
    readonly ask: Ask;
    readonly title: string;
    readonly because: string;
  }): void {
    if (title === 'base') {
      this.#failed.set(template, because);
      return;
    }
    this.#of(title).unequal += 1;
    this.#unequal.push({ arm: title, template, sql: `${because}\n${sql}` });
  }

  /** `runs` holds base, and whoever's marts answered. */
  asked(
    { template, sql }: Ask,
    {
      runs,
      because,
    }: { readonly runs: ReadonlyMap<string, Measured>; readonly because?: string | undefined },
  ): void {
    const base = runs.get('base');
    if (base === undefined) {
      return;
    }
    const sums = this.#templates.get(template) ?? {
      runs: 0,
      baseCpuMs: 0,
      answered: {},
      because: undefined,
    };
    this.#templates.set(template, sums);
    this.#statements += 1;
    this.#baseCpuMs += base.cpuMs;
    sums.runs += 1;
    sums.baseCpuMs += base.cpuMs;
    sums.because = because ?? sums.because;
    for (const [title, run] of runs) {
      if (title === 'base') {
        continue;
      }
      const arm = this.#of(title);
      arm.answered += 1;
      arm.answeredCpuMs += run.cpuMs;
      arm.answeredBaseCpuMs += base.cpuMs;
      sums.answered[title] = (sums.answered[title] ?? 0) + 1;
      if (!isSame(base.rows, run.rows)) {
        arm.unequal += 1;
        this.#unequal.push({ arm: title, template, sql });
      }
    }
  }

  /** One arm's sums, with what keeping its marts cost. */
  arm(
    title: string,
    kept: Pick<Arm, 'marts' | 'bytes' | 'buildCpuMs' | 'refreshCpuMs' | 'otherCpuMs'>,
  ): Arm {
    const sums = this.#of(title);
    return {
      title,
      ...kept,
      ...sums,
      statementsCpuMs: this.#baseCpuMs - sums.answeredBaseCpuMs + sums.answeredCpuMs,
    };
  }

  told(): string {
    const arms = [...this.#arms].map(
      ([title, { answered, unequal }]) =>
        `${title} ${answered}${unequal === 0 ? '' : ` (${unequal} UNEQUAL)`}`,
    );
    return `${this.#statements} statements, ${(this.#baseCpuMs / 1000).toFixed(0)} s on base; answered: ${arms.filter((arm) => !arm.startsWith('base')).join(', ') || 'none'}`;
  }

  report(): Pick<Lived, 'statements' | 'failed' | 'unequal' | 'byTemplate'> {
    return {
      statements: this.#statements,
      failed: [...this.#failed].map(([template, because]) => `${template}: ${because}`),
      unequal: this.#unequal,
      byTemplate: [...this.#templates]
        .map(([template, { because, ...sums }]) => ({
          template,
          ...sums,
          ...(because === undefined ? {} : { because }),
        }))
        .toSorted((a, b) => b.baseCpuMs - a.baseCpuMs),
    };
  }

  #of(title: string): ArmSums {
    const sums = this.#arms.get(title) ?? {
      answered: 0,
      unequal: 0,
      answeredCpuMs: 0,
      answeredBaseCpuMs: 0,
    };
    this.#arms.set(title, sums);
    return sums;
  }
}

/** Both come sorted. */
function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((row, at) => row === other[at]);
}
