import type { Notice } from './notice.ts';

/** Slack's own limits: https://docs.slack.dev/reference/block-kit/blocks. */
const MOST_HEADER = 150;
const MOST_SECTION = 3000;
/** Notices a digest shows in full; more are counted. */
const MOST_SHOWN = 15;
const MOST_SAID = 400;

/** One notice as Slack's Block Kit wants it, with a plain-text fallback for notifications. */
export function messageOf(notice: Notice, from: string): unknown {
  const { title, because, money, undo, planDigest } = notice;
  const where = planDigest === '' ? from : `${from}, plan ${planDigest.slice(0, 12)}`;
  return {
    text: escape(`${title}: ${because}`),
    blocks: [
      header(title),
      section([`*Why* ${escape(because)}`, `*Money* ${escape(money)}`, `*Undo* ${escape(undo)}`]),
      context(where),
    ],
  };
}

/** Several notices in one message, the first of them in short, the rest counted. */
export function digestOf(
  notices: readonly Notice[],
  { from, forgotten = 0 }: { readonly from: string; readonly forgotten?: number },
): unknown {
  const title = `${notices.length + forgotten} notices from ${from}`;
  const shown = notices.slice(0, MOST_SHOWN);
  const left = notices.length - shown.length + forgotten;
  return {
    text: escape(
      `${title}: ${notices.map((notice) => notice.title).join('; ')}`.slice(0, MOST_SAID),
    ),
    blocks: [
      header(title),
      ...shown.map(({ title: what, because, money, undo }) =>
        section([
          `*${escape(what)}*`,
          escape(shorten(because)),
          `${escape(shorten(money))}. Undo: ${escape(shorten(undo))}`,
        ]),
      ),
      ...(left === 0 ? [] : [section([`and ${left} more; the log has them all`])]),
      context('`goldsmith explain` has the numbers, `goldsmith receipts` what came of it'),
    ],
  };
}

function header(text: string): unknown {
  return { type: 'header', text: { type: 'plain_text', text: text.slice(0, MOST_HEADER) } };
}

function section(lines: readonly string[]): unknown {
  return {
    type: 'section',
    text: { type: 'mrkdwn', text: lines.join('\n').slice(0, MOST_SECTION) },
  };
}

function context(text: string): unknown {
  return { type: 'context', elements: [{ type: 'mrkdwn', text: escape(text) }] };
}

function shorten(text: string): string {
  return text.length <= MOST_SAID ? text : `${text.slice(0, MOST_SAID)} …`;
}

/** Slack's three control characters: https://docs.slack.dev/messaging/formatting-message-text. */
function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
