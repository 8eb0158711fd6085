import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import type { Report } from '../../http/service.ts';
import { type CommandParts, withService } from '../command-parts.ts';
import { me } from '../who.ts';

/** `words`, `words choose`: what readers mean by the names they measure by, and a person's word on it. */
export function addWords(program: Command, parts: CommandParts): void {
  const words = program
    .command('words')
    .description(
      'names that readers measure by in more than one way, who uses which, and how the results differ',
    )
    .argument(
      '[word]',
      'net_revenue: its definitions side by side; without it, all contested words',
    )
    .action(async (word: string | undefined, _options: unknown, command: Command) => {
      await withService({ ...parts, command }, async (service) => {
        const answer = await service.words(word);
        return { answer, value: answer.value };
      });
    });
  words
    .command('choose')
    .description(
      'say which definition a word has from now on, and write it as a semantic model for dbt',
    )
    .argument('<word>', 'the word')
    .argument('<definition>', 'the id of a definition, or how it begins, as `words` prints it')
    .option('--out <folder>', 'write the files below this folder; without it, they are proposed')
    .action(async (word: string, definition: string, _options: unknown, command: Command) => {
      const { out } = command.opts<{ out?: string }>();
      await withService({ ...parts, command }, async (service) => {
        const answer = await service.chooseWord({ word, definition, ...me() });
        if (out !== undefined) {
          writeFiles(answer, out);
        }
        return { answer, value: answer.value };
      });
    });
}

const chosen = z.object({ files: z.array(z.object({ path: z.string(), text: z.string() })) });

function writeFiles({ value }: Report, folder: string): void {
  for (const { path, text } of chosen.parse(value).files) {
    const at = join(folder, path);
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, text);
  }
}
