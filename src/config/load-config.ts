import { readFileSync } from 'node:fs';
import { GoldsmithError } from '../base/goldsmith-error.ts';
import type { Config } from './config.ts';
import { parseConfig } from './parse-config.ts';

/** Reads and parses a config file; `ConfigError` names every problem, `CONFIG_UNREADABLE` a file that is not there. */
export function loadConfig(
  file: string,
  env: Readonly<Record<string, string | undefined>>,
): Config {
  return parseConfig({ file, text: readText(file), env });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const why =
      code === 'ENOENT'
        ? 'there is no such file'
        : code === 'EISDIR'
          ? 'it is a directory'
          : `it cannot be read (${code ?? 'unknown error'})`;
    throw new GoldsmithError(
      'CONFIG_UNREADABLE',
      `${file}: ${why}; name a config file with --config, or copy config/goldsmith.example.yaml`,
      { cause },
    );
  }
}
