import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { answerLines } from '../batch.ts';
import type { CommandParts } from '../command-parts.ts';

export function addMatch(program: Command, { streams }: CommandParts): void {
  program
    .command('match')
    .description(
      'can marts answer a query: JSONL {id, dialect, ddl, mvs, query, ...} in, one answer line each out',
    )
    .option('--trust-declared-keys', 'take declared keys and references as verified', false)
    .option(
      '--prove',
      'try each rewrite on small random databases, and refuse one found unequal; tell which refusals no rewrite could answer',
      false,
    )
    .option(
      '--databases <count>',
      'with --prove: databases to try each rewrite on',
      wholeNumber,
      256,
    )
    .option('--seed <number>', 'with --prove: equal seeds, equal databases', wholeNumber, 1)
    .addHelpText(
      'after',
      `\nExample:\n  echo '{"id":"1","dialect":"ansi","ddl":"create table t(a int, b int)","mvs":["select a, sum(b) s from t group by a"],"query":"select sum(b) from t"}' | goldsmith match`,
    )
    .action(async (options: MatchOptions) => {
      const { openParsers } = await import('../../parsers/open-parsers.ts');
      const { answerMatchLine } = await import('../match-line.ts');
      const parsers = openParsers({});
      const prover = options.prove ? await loadProver(options) : undefined;
      try {
        await answerLines(streams, (line) =>
          answerMatchLine(line, {
            parse: parsers.parse,
            trustDeclaredKeys: options.trustDeclaredKeys,
            ...(prover === undefined ? {} : { prover }),
          }),
        );
      } finally {
        await parsers.close();
        await prover?.close();
      }
    });
}

async function loadProver(options: MatchOptions) {
  const { openProver } = await import('../prover.ts');
  return openProver(options);
}

interface MatchOptions {
  readonly trustDeclaredKeys: boolean;
  readonly prove: boolean;
  readonly databases: number;
  readonly seed: number;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) {
    throw new InvalidArgumentError('it must be a whole number of at most nine digits.');
  }
  return Number(text);
}
