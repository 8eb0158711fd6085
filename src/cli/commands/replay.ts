import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { GoldsmithError } from '../../base/goldsmith-error.ts';
import { loadConfig } from '../../config/load-config.ts';
import { type CommandParts, globalOptions } from '../command-parts.ts';
import { print } from '../streams.ts';

export function addReplay(program: Command, { streams }: CommandParts): void {
  program
    .command('replay')
    .description(
      'what would it have done with an exported history: day by day, without a warehouse, in predicted money',
    )
    .argument(
      '<history>',
      'an export (JSONL, CSV, JSON or Parquet), a folder of such, or a pattern',
    )
    .option(
      '--dialect <name>',
      'the SQL the history is in; by default the warehouse of --config, or what its own columns tell',
    )
    .option('--ddl <file>', 'CREATE statements of its tables and views, in that dialect')
    .option(
      '--route-clients <names>',
      'clients (or users, where no client is told) that would ask `route`, by commas',
      names,
    )
    .option('--max-staleness <time>', 'how old answers of marts may be, such as 26h')
    .option('--price-per-hour <usd>', 'dollars for an hour of compute', dollars)
    .addOption(
      new Option('--billed-by <what>', 'what an export of BigQuery jobs is billed by')
        .choices(['bytes', 'slots'])
        .default('bytes'),
    )
    .option('--assume-keys', 'take every key a join needs for true, unproved', false)
    .option('--html <file>', 'write the report as one self-contained page, too')
    .addHelpText(
      'after',
      `\nExample:\n  goldsmith replay history.jsonl --dialect snowflake --html report.html`,
    )
    .action(async (history: string, options: ReplayFlags, command: Command) => {
      const { openExport } = await import('../../connectors/history/open-export.ts');
      const { replayHistory } = await import('../../replay/replay-history.ts');
      const { replaySettings } = await import('../../replay/replay-settings.ts');
      const { renderHtml } = await import('../../replay/html/page.ts');
      const { reportJson } = await import('../../replay/render-json.ts');
      const { renderText } = await import('../../replay/render-text.ts');
      const { config: file, json } = globalOptions(command);
      const isConfigTold = program.getOptionValueSource('config') !== 'default';
      const config = isConfigTold ? loadConfig(file, streams.env) : undefined;
      const isTold = options.dialect !== undefined || config !== undefined;
      const told = isTold ? replaySettings(options, config) : undefined;
      const ddl = options.ddl === undefined ? undefined : readDdlFile(options.ddl);
      const { billedBy: billing } = options;
      const { source, dialect } = await openExport({ name: 'replay', path: history, billing });
      const settings = told ?? replaySettings({ ...options, exportedFrom: dialect }, config);
      const progress = progressLine(streams.stderr.isTTY === true && !json, streams.stderr);
      const report = await replayHistory({
        source,
        name: basename(history),
        settings,
        ddl,
        onProgress: progress.tell,
      });
      progress.end();
      if (options.html !== undefined) {
        writePage(options.html, renderHtml(report));
      }
      const where = options.html === undefined ? '' : `\nThe page is in ${options.html}\n`;
      print(streams, { json, text: renderText(report) + where, value: reportJson(report) });
    });
}

interface ReplayFlags {
  readonly dialect?: string;
  readonly ddl?: string;
  readonly routeClients?: readonly string[];
  readonly maxStaleness?: string;
  readonly pricePerHour?: number;
  readonly billedBy: 'bytes' | 'slots';
  readonly assumeKeys: boolean;
  readonly html?: string;
}

function names(text: string): readonly string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function dollars(text: string): number {
  const amount = Number(text);
  if (text.trim() === '' || !Number.isFinite(amount) || amount < 0) {
    throw new InvalidArgumentError('it must be an amount of dollars, such as 2.50.');
  }
  return amount;
}

function readDdlFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    throw new GoldsmithError(
      'CONFIG_REPLAY',
      `${file}: the DDL file cannot be read (${code}); name a file of CREATE statements with --ddl`,
      { cause },
    );
  }
}

function writePage(file: string, page: string): void {
  try {
    writeFileSync(file, page);
  } catch (cause) {
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    throw new GoldsmithError(
      'OUTPUT_FAILED',
      `${file}: the page cannot be written (${code}); name a file in a folder that exists with --html`,
      { cause },
    );
  }
}

/** One line that is written over and over, for people who wait at a terminal. */
function progressLine(isShown: boolean, stderr: CommandParts['streams']['stderr']) {
  const clear = '\r\u001b[K';
  return {
    tell: (what: string) => isShown && stderr.write(`${clear}${what} ...`),
    end: () => isShown && stderr.write(clear),
  };
}
