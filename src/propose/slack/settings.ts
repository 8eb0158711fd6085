import { z } from 'zod';

/** The `propose.slack:` section: a Slack app of your own that shows proposals and takes answers. Absent: none does. */
export const slackAppSettings = z
  .strictObject({
    botToken: z
      .string()
      .min(10)
      .describe('Bot token of the app, with the scope `chat:write`; write `${SLACK_BOT_TOKEN}`.'),
    signingSecret: z
      .string()
      .min(16)
      .describe('Signing secret of the app: what claims to be Slack without it is refused.'),
    channel: z.string().min(1).describe('Id of the channel that gets proposals: `C0123456789`.'),
    apiUrl: z
      .url()
      .default('https://slack.com/api')
      .describe("Slack's Web API; another one only behind a proxy of your own."),
  })
  .optional();

export type SlackAppSettings = NonNullable<z.infer<typeof slackAppSettings>>;
