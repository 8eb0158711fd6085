import type { Command } from 'commander';
import { loadConfig } from '../config/load-config.ts';
import type { GoldsmithService } from '../http/service.ts';
import type { ExitCode } from './exit-code.ts';
import { openService } from './open-service.ts';
import { type CliStreams, print } from './streams.ts';

export interface CommandParts {
  readonly streams: CliStreams;
  /** Sets the exit code of a verb that ended in order. */
  readonly end: (code: ExitCode) => void;
}

interface GlobalOptions {
  readonly config: string;
  readonly json: boolean;
}

export function globalOptions(command: Command): GlobalOptions {
  return command.optsWithGlobals<GlobalOptions>();
}

/**
 * Runs a verb against the daemon that owns the warehouse, or, where none runs, against the warehouse itself for the
 * length of this one verb. Prints the answer's text, or with `--json` its value; what it is doing is told to people who
 * wait at a terminal only, so that stderr holds errors and nothing else.
 */
export async function withService<Answer extends { readonly text: string }>(
  parts: CommandParts & { readonly command: Command },
  ask: (
    service: GoldsmithService,
  ) => Promise<{ readonly answer: Answer; readonly value?: unknown; readonly code?: ExitCode }>,
): Promise<void> {
  const { streams, command, end } = parts;
  const options = globalOptions(command);
  const opened = await openService(loadConfig(options.config, streams.env), {
    progress: (text) => {
      if (streams.stderr.isTTY === true && !options.json) {
        streams.stderr.write(text);
      }
    },
  });
  try {
    const { answer, value, code } = await ask(opened.service);
    print(streams, { json: options.json, text: answer.text, value: value ?? withoutText(answer) });
    if (code !== undefined) {
      end(code);
    }
  } finally {
    await opened.close();
  }
}

function withoutText({ text: _text, ...rest }: { readonly text: string }): unknown {
  return rest;
}
