import { GoldsmithError } from '../base/goldsmith-error.ts';

/** One thing wrong with a config file. */
export interface ConfigProblem {
  /** `caps.buildsPerDay`; empty for the whole file. */
  readonly path: string;
  /** 1-based; 0 where there is no line to point at. */
  readonly line: number;
  /** What is wrong and what to write instead. */
  readonly message: string;
}

/** All problems of a config file at once; exit code 2. */
export class ConfigError extends GoldsmithError {
  readonly file: string;
  readonly problems: readonly ConfigProblem[];

  constructor(file: string, problems: readonly ConfigProblem[]) {
    super('CONFIG_INVALID', describe(file, problems), { details: { file, problems } });
    this.file = file;
    this.problems = problems;
  }
}

function describe(file: string, problems: readonly ConfigProblem[]): string {
  const lines = problems.map(({ path, line, message }) => {
    const where = line > 0 ? `${file}:${line}` : file;
    return path === '' ? `${where}: ${message}` : `${where}: ${path}: ${message}`;
  });
  return lines.join('\n');
}
