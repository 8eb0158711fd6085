import { z } from 'zod';
import { duration } from '../base/duration.ts';
import { fileSettings } from './files/settings.ts';
import { gitSettings } from './git/settings.ts';
import { githubSettings } from './github/settings.ts';
import { slackAppSettings } from './slack/settings.ts';

const people = (standard: readonly string[], what: string) =>
  z
    .array(
      z
        .string()
        .regex(
          /^(\*|[a-z]+:(\*|[^\s*]+\*?))$/,
          'write who as a channel and a name: `slack:U123`, `github:octocat`, `git:merge`, `cli:*`',
        ),
    )
    .default([...standard])
    .describe(
      `Who may say yes to ${what}, as \`channel:name\`; \`*\` at the end stands for anything.`,
    );

const needed = (what: string) =>
  z.int().min(1).max(9).default(1).describe(`How many of them have to say yes to ${what}.`);

const AT_THE_COMMAND_LINE = ['cli:*'];
/** Who merges an edit of the team's own files did it himself. */
const WHERE_THE_FILES_ARE = ['cli:*', 'git:*', 'github:*'];

/** The `propose:` section: who is asked, who may answer, and how often people hear of it. */
export const proposeSettings = z
  .strictObject({
    ask: z
      .array(z.enum(['build', 'prune', 'drop', 'follow', 'edit']))
      .default([])
      .describe(
        'What a person has to say yes to in mode `auto` too; in mode `propose` that is everything but upkeep.',
      ),
    approvals: z
      .strictObject({
        build: people(AT_THE_COMMAND_LINE, 'publishing, taking over or building a mart'),
        prune: people(AT_THE_COMMAND_LINE, 'hiding attributes nobody reads'),
        drop: people(AT_THE_COMMAND_LINE, 'demoting a mart to a view, or giving one up'),
        follow: people(AT_THE_COMMAND_LINE, 'following a schema change with a mart of ours'),
        edit: people(WHERE_THE_FILES_ARE, "a change of the team's own files"),
      })
      .prefault({}),
    needed: z
      .strictObject({
        build: needed('a build'),
        prune: needed('a prune'),
        drop: needed('a drop'),
        follow: needed('following a change'),
        edit: needed('an edit'),
      })
      .prefault({}),
    openFor: duration('14d').describe('A proposal nobody answers expires after this long.'),
    approvedFor: duration('7d').describe(
      'An approved proposal that could not be applied expires after this long.',
    ),
    laterFor: duration('30d').describe(
      'How long nothing is asked again after somebody said `later`, or let a proposal expire.',
    ),
    undoFor: duration('7d').describe(
      'How long what was applied is shown with a way to take it back.',
    ),
    mostOpen: z
      .int()
      .min(0)
      .default(10)
      .describe('Proposals that wait for an answer at most; others wait unseen, most money first.'),
    mostPerDay: z.int().min(0).default(5).describe('Proposals opened per UTC day at most.'),
    slack: slackAppSettings,
    git: gitSettings
      .optional()
      .describe('A git remote that gets a branch for each proposal. Absent: none does.'),
    github: githubSettings
      .optional()
      .describe(
        'A GitHub repository that gets a pull request for each proposal. Absent: none does.',
      ),
    files: fileSettings,
  })
  .superRefine(({ approvals, needed: wanted }, context) => {
    for (const [kind, count] of Object.entries(wanted)) {
      const listed = approvals[kind as keyof typeof approvals];
      const isOpen = listed.some((pattern) => pattern.endsWith('*'));
      if (listed.length > 0 && !isOpen && new Set(listed).size < count) {
        context.addIssue({
          code: 'custom',
          path: ['needed', kind],
          message: `${count} have to say yes and only ${listed.length} may: list more in propose.approvals.${kind}`,
        });
      }
    }
  })
  .prefault({});

export type ProposeSettings = z.infer<typeof proposeSettings>;
