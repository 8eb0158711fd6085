import { z } from 'zod';
import type { EpochMs } from '../../base/clock.ts';
import { digestOf } from '../../base/digest.ts';
import type { Decision } from '../channel.ts';
import type { DeclineReason, ProposalId } from '../proposal.ts';

/** What somebody did with a message of ours. */
export type Interaction =
  | {
      readonly kind: 'decision';
      readonly decision: Decision;
      readonly answerTo: string | undefined;
    }
  | {
      readonly kind: 'show-sql';
      readonly proposal: ProposalId;
      readonly answerTo: string | undefined;
    }
  /** Nothing of ours: another app's button, a message that was only opened. */
  | { readonly kind: 'nothing' };

/** What the elements of a proposal's message are called. */
export const ACTIONS = {
  approve: 'goldsmith.approve',
  decline: 'goldsmith.decline',
  snooze: 'goldsmith.snooze',
  undo: 'goldsmith.undo',
  showSql: 'goldsmith.show-sql',
} as const;

/** Carries which proposal is meant, and with which meaning it was shown. */
export function blockIdOf({ id, meaning }: { readonly id: string; readonly meaning: string }) {
  return `goldsmith.${id}.${meaning}`;
}

/** Only what is needed: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload. */
const payload = z.object({
  type: z.string(),
  user: z.object({ id: z.string().regex(/^[A-Z0-9]{1,32}$/) }),
  response_url: z.url().optional(),
  actions: z
    .array(
      z.object({
        action_id: z.string(),
        block_id: z.string(),
        action_ts: z.string(),
        selected_option: z.object({ value: z.string() }).nullish(),
      }),
    )
    .default([]),
});

/** Reads a verified body; `undefined` where it is no interaction at all. */
export function readInteraction(
  rawBody: string,
  { now }: { readonly now: EpochMs },
): Interaction | undefined {
  const text = new URLSearchParams(rawBody).get('payload');
  const read = payload.safeParse(text === null ? undefined : parseJson(text));
  if (!read.success) {
    return undefined;
  }
  const { user, response_url: answerTo, actions, type } = read.data;
  const [action] = actions;
  const [, id, meaning] = BLOCK_ID.exec(action?.block_id ?? '') ?? [];
  if (type !== 'block_actions' || action === undefined || id === undefined) {
    return { kind: 'nothing' };
  }
  const proposal = id as ProposalId;
  if (action.action_id === ACTIONS.showSql) {
    return { kind: 'show-sql', proposal, answerTo };
  }
  const move = MOVES.get(action.action_id);
  if (move === undefined) {
    return { kind: 'nothing' };
  }
  const reason = reasonOf(action.selected_option?.value);
  return {
    kind: 'decision',
    answerTo,
    decision: {
      proposal,
      move,
      by: `slack:${user.id}`,
      at: now,
      // The same press has the same moment in every delivery of it.
      token: `slack/${digestOf([user.id, action.action_id, action.block_id, action.action_ts])}`,
      ...(meaning === undefined ? {} : { meaning }),
      ...(move === 'decline' ? { reason: reason ?? 'other' } : {}),
    },
  };
}

const BLOCK_ID = /^goldsmith\.([0-9a-f]+)\.(.+)$/;

const MOVES: ReadonlyMap<string, Decision['move']> = new Map([
  [ACTIONS.approve, 'approve'],
  [ACTIONS.decline, 'decline'],
  [ACTIONS.snooze, 'snooze'],
  [ACTIONS.undo, 'undo'],
]);

function reasonOf(value: string | undefined): DeclineReason | undefined {
  return z
    .enum(['not-worth-it', 'wrong-grain', 'sensitive', 'someone-elses', 'later', 'other'])
    .safeParse(value).data;
}

/** `undefined` for what is not JSON: it is then no interaction. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}
