import { validate } from 'node-cron';
import { z } from 'zod';
import { duration } from '../base/duration.ts';
import { openLineageSettings } from '../notify/open-lineage/settings.ts';

/** When cycles run, and where the daemon keeps its own state. */
export const scheduleSettings = z
  .strictObject({
    cron: z
      .string()
      .refine(validate, 'write a cron expression, such as `*/15 * * * *` or `0 3 * * *`')
      .default('*/15 * * * *')
      .describe('When a cycle starts, as a cron expression in UTC. A cycle never overlaps itself.'),
    period: duration('15m').describe(
      'How far apart the cron expression puts two cycles at most: a mart whose staleness bound is shorter cannot be kept fresh and is refused.',
    ),
  })
  .prefault({});

export const stateSettings = z
  .strictObject({
    path: z
      .string()
      .min(1)
      .default('goldsmith-state.sqlite')
      .describe('The state file. Losing it costs only what can be mined again; see docs/state.md.'),
    recordings: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Folder that gets one file a cycle with everything its decision rests on: `goldsmith plan --recorded <file>` decides it again, anywhere, with the same digest.',
      ),
  })
  .prefault({});

export const logSettings = z
  .strictObject({
    level: z
      .enum(['debug', 'info', 'warn', 'error', 'silent'])
      .default('info')
      .describe('Least severe log line written.'),
  })
  .prefault({});

export const httpSettings = z
  .strictObject({
    host: z
      .string()
      .default('127.0.0.1')
      .describe(
        'Address the local API listens on. Beyond loopback, every answer but health and metrics needs the token.',
      ),
    port: z
      .int()
      .min(0)
      .max(65_535)
      .default(7311)
      .describe('Port of the local API; 0 takes a free one.'),
    token: z
      .string()
      .min(16, 'a token has at least 16 characters: `openssl rand -hex 24` makes one')
      .optional()
      .describe(
        'Bearer token for whatever changes state; without one, nothing can be changed over HTTP.',
      ),
  })
  .prefault({});

export const notifySettings = z
  .strictObject({
    slackWebhookUrl: z
      .url()
      .optional()
      .describe(
        'Incoming webhook that gets one message for each decision carried out; without one, the channel of the Slack app (`propose.slack`) does.',
      ),
    digestAbove: z
      .int()
      .min(0)
      .default(3)
      .describe('More decisions of one cycle than this come as one message.'),
    messagesPerHour: z
      .int()
      .min(1)
      .default(20)
      .describe('Messages an hour at most; what comes on top waits and comes as a digest.'),
    openLineage: openLineageSettings,
  })
  .prefault({});

export type HttpSettings = z.infer<typeof httpSettings>;
