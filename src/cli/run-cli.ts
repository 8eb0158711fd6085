import { Command, CommanderError } from 'commander';
import { GoldsmithError } from '../base/goldsmith-error.ts';
import { ConfigError } from '../config/config-error.ts';
import { COMMANDS } from './commands.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import type { CliStreams } from './streams.ts';
import { version } from './version.ts';

/** Runs one verb; the answer is the process's exit code. */
export async function runCli(args: readonly string[], streams: CliStreams): Promise<ExitCode> {
  const outcome: { code: ExitCode } = { code: EXIT.done };
  const json = args.includes('--json');
  const program = new Command('goldsmith')
    .description("Keeps a warehouse's gold layer in the shape its readers actually use.")
    .version(version(), '-V, --version')
    .option('-c, --config <file>', 'the config file', 'goldsmith.yaml')
    .option('--json', 'answer in JSON, for scripts', false)
    .showHelpAfterError('(goldsmith help <verb> explains a verb)')
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      // With `--json` the same is said once, as JSON, below.
      writeErr: (text) => json || streams.stderr.write(text),
    })
    .addHelpText(
      'after',
      `
A first session:
  goldsmith check-config            is the config right?
  goldsmith doctor                  what would stop it from working?
  goldsmith plan                    what would it do, why, for how much?
  goldsmith apply                   do exactly that
  goldsmith explain gold.sales      why is this a mart, or not one?

Exit codes: 0 done, 1 failed, 2 bad usage or config, 3 refused, 4 waits for approval.`,
    );
  for (const addCommand of COMMANDS) {
    addCommand(program, { streams, end: (code) => (outcome.code = code) });
  }

  try {
    await program.parseAsync([...args], { from: 'user' });
    return outcome.code;
  } catch (error) {
    return explain(error, { streams, json });
  }
}

function explain(
  error: unknown,
  { streams, json }: { readonly streams: CliStreams; readonly json: boolean },
): ExitCode {
  if (error instanceof CommanderError) {
    if (json && error.exitCode !== 0) {
      const message = error.message.replace(/^error: /, '');
      streams.stderr.write(`${JSON.stringify({ error: { code: 'BAD_USAGE', message } })}\n`);
    }
    return error.exitCode === 0 ? EXIT.done : EXIT.badUsage;
  }
  if (error instanceof GoldsmithError) {
    const { code, message } = error;
    const problems = error instanceof ConfigError ? { problems: error.problems } : {};
    streams.stderr.write(
      json
        ? `${JSON.stringify({ error: { code, message, ...problems } })}\n`
        : `goldsmith: ${message}\n`,
    );
    return exitCodeOf(code);
  }
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
  streams.stderr.write(
    json
      ? `${JSON.stringify({ error: { code: 'UNEXPECTED', message: told } })}\n`
      : `goldsmith: an unexpected fault, please report it:\n${told}\n`,
  );
  return EXIT.failed;
}

function exitCodeOf(code: string): ExitCode {
  if (code.startsWith('CONFIG_')) {
    return EXIT.badUsage;
  }
  return code.startsWith('PLAN_') ? EXIT.refused : EXIT.failed;
}
