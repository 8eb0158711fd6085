import type { Command } from 'commander';
import { openParsers } from '../../parsers/open-parsers.ts';
import { answerLines } from '../batch.ts';
import type { CommandParts } from '../command-parts.ts';
import { answerMatchLine } from '../match-line.ts';

export function addMatch(program: Command, { streams }: CommandParts): void {
  program
    .command('match')
    .description(
      'can marts answer a query: JSONL {id, dialect, ddl, mvs, query, ...} in, one answer line each out',
    )
    .option('--trust-declared-keys', 'take declared keys and references as verified', false)
    .addHelpText(
      'after',
      `\nExample:\n  echo '{"id":"1","dialect":"ansi","ddl":"create table t(a int, b int)","mvs":["select a, sum(b) s from t group by a"],"query":"select sum(b) from t"}' | goldsmith match`,
    )
    .action(async (options: { trustDeclaredKeys: boolean }) => {
      const parsers = openParsers({});
      try {
        await answerLines(streams, (line) =>
          answerMatchLine(line, {
            parse: parsers.parse,
            trustDeclaredKeys: options.trustDeclaredKeys,
          }),
        );
      } finally {
        await parsers.close();
      }
    });
}
