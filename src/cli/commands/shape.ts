import type { Command } from 'commander';
import { answerLines } from '../batch.ts';
import type { CommandParts } from '../command-parts.ts';

export function addShape(program: Command, { streams }: CommandParts): void {
  program
    .command('shape')
    .description(
      'what statements read: JSONL {id, dialect, sql, ddl?, database?, schema?} in, one answer line each out',
    )
    .addHelpText(
      'after',
      `\nExample:\n  echo '{"id":"1","dialect":"ansi","sql":"select a from t"}' | goldsmith shape`,
    )
    .option('--witness', 'ask a second, independent reader and say whether it tells the same')
    .action(async ({ witness }: { readonly witness?: boolean }) => {
      const { openParsers } = await import('../../parsers/open-parsers.ts');
      const { answerShapeLine } = await import('../shape-line.ts');
      const parsers = openParsers({});
      try {
        await answerLines(streams, (line) =>
          answerShapeLine(line, { parse: parsers.parse, witnessed: witness }),
        );
      } finally {
        await parsers.close();
      }
    });
}
