import { type DestinationStream, type Logger, pino } from 'pino';
import { GoldsmithError } from '../base/goldsmith-error.ts';

export type { Logger };

/** JSON lines. Secrets are redacted by name, and errors are told by code and our own sentence: drivers quote literals. */
export function openLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { name: 'goldsmith' },
    redact: {
      paths: [
        'token',
        '*.token',
        'authorization',
        '*.authorization',
        'botToken',
        '*.botToken',
        'signingSecret',
        '*.signingSecret',
        'slackWebhookUrl',
        '*.slackWebhookUrl',
      ],
      censor: '[redacted]',
    },
    serializers: { err: errorForLog },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** For a verb or an application that speaks on its own output: only warnings unless asked for more, on standard error. */
export function quietLogger(level: string): Logger {
  return openLogger(level === 'info' ? 'warn' : level, pino.destination({ dest: 2, sync: true }));
}

/** An error without what a driver may have quoted from a statement: `README.md` law 17. */
export function errorForLog(error: unknown): unknown {
  if (error instanceof GoldsmithError) {
    return { code: error.code, message: error.message, retryable: error.retryable };
  }
  if (error instanceof Error) {
    const frames = (error.stack ?? '')
      .split('\n')
      .filter((line) => line.trimStart().startsWith('at '));
    return { type: error.name, stack: frames.slice(0, 8).join('\n') };
  }
  return { type: typeof error };
}
