import type { EpochMs } from '../base/clock.ts';
import { context, escapeMrkdwn as escape, header, section } from '../propose/slack/block-kit.ts';
import type { Notice } from './notice.ts';
import type { WaitingNotice } from './outbox.ts';
import type { SlackMessage } from './slack-webhook.ts';

/** Notices a digest shows in full; more are counted. */
const MOST_SHOWN = 15;
const MOST_SAID = 400;

/** Told later than this after it happened, a notice says when it was. */
const LATE_MS = 10 * 60_000;

/** One notice as Slack's Block Kit wants it, with a plain-text fallback for notifications. */
export function messageOf(
  waiting: WaitingNotice,
  { from, now }: { readonly from: string; readonly now: EpochMs },
): SlackMessage {
  const { title, because, planDigest } = waiting.notice;
  const plan = planDigest === '' ? '' : `, plan ${planDigest.slice(0, 12)}`;
  return {
    text: escape(`${title}: ${because}`),
    blocks: [
      header(title),
      section([
        `*Why* ${escape(because)}`,
        ...partsOf(waiting.notice).map(([label, said]) => `*${label}* ${escape(said)}`),
      ]),
      context(`${from}${plan}${whenOf(waiting, now)}`),
    ],
  };
}

/** Several notices in one message, the first of them in short, the rest counted. */
export function digestOf(
  notices: readonly WaitingNotice[],
  {
    from,
    now,
    forgotten = 0,
  }: { readonly from: string; readonly now: EpochMs; readonly forgotten?: number },
): SlackMessage {
  const title = `${notices.length + forgotten} notices from ${from}`;
  const shown = notices.slice(0, MOST_SHOWN);
  const left = notices.length - shown.length + forgotten;
  return {
    text: escape(
      `${title}: ${notices.map(({ notice }) => notice.title).join('; ')}`.slice(0, MOST_SAID),
    ),
    blocks: [
      header(title),
      ...shown.map((waiting) => {
        const { title: what, because } = waiting.notice;
        const rest = partsOf(waiting.notice).map(
          ([label, said]) => `${label === MONEY ? '' : `${label}: `}${escape(shorten(said))}`,
        );
        return section([
          `*${escape(what)}*${whenOf(waiting, now)}`,
          escape(shorten(because)),
          ...(rest.length === 0 ? [] : [rest.join('. ')]),
        ]);
      }),
      ...(left === 0 ? [] : [section([`and ${left} more; the log has them all`])]),
      context('`goldsmith explain` has the numbers, `goldsmith receipts` what came of it'),
    ],
  };
}

/** In a digest an amount says by itself what it is. */
const MONEY = 'Money';

/** What is said besides what and why, each under its label. */
function partsOf({ money, undo, next }: Notice): readonly (readonly [string, string])[] {
  const all = [
    [MONEY, money],
    ['Undo', undo],
    ['What you can do', next],
  ] as const;
  return all.flatMap(([label, said]) => (said === undefined ? [] : [[label, said] as const]));
}

/** `, 2026-08-10 03:00 UTC`, where that was a while ago. */
function whenOf({ at }: WaitingNotice, now: EpochMs): string {
  const [day, time = ''] = new Date(at).toISOString().split('T');
  return now - at > LATE_MS ? `, ${day} ${time.slice(0, 5)} UTC` : '';
}

function shorten(text: string): string {
  return text.length <= MOST_SAID ? text : `${text.slice(0, MOST_SAID)} …`;
}
