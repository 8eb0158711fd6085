/** Slack's own limits: https://docs.slack.dev/reference/block-kit/blocks. */
const MOST_HEADER = 150;
const MOST_SECTION = 3000;
const MOST_BUTTON = 75;

export function header(text: string): unknown {
  return { type: 'header', text: plain(text, MOST_HEADER) };
}

/** Lines of mrkdwn; whoever puts other people's words in escapes them. */
export function section(lines: readonly string[]): unknown {
  return {
    type: 'section',
    text: { type: 'mrkdwn', text: lines.join('\n').slice(0, MOST_SECTION) },
  };
}

export function context(text: string): unknown {
  return { type: 'context', elements: [{ type: 'mrkdwn', text: escapeMrkdwn(text) }] };
}

export function button(
  text: string,
  {
    action,
    style,
    value,
  }: {
    readonly action: string;
    readonly value: string;
    readonly style?: 'primary' | 'danger';
  },
): unknown {
  return {
    type: 'button',
    action_id: action,
    text: plain(text, MOST_BUTTON),
    value,
    ...(style === undefined ? {} : { style }),
  };
}

export function select(
  text: string,
  {
    action,
    options,
  }: {
    readonly action: string;
    readonly options: readonly { readonly text: string; readonly value: string }[];
  },
): unknown {
  return {
    type: 'static_select',
    action_id: action,
    placeholder: plain(text, MOST_HEADER),
    options: options.map((option) => ({
      text: plain(option.text, MOST_BUTTON),
      value: option.value,
    })),
  };
}

export function actions(blockId: string, elements: readonly unknown[]): unknown {
  return { type: 'actions', block_id: blockId, elements };
}

/** Slack's three control characters: https://docs.slack.dev/messaging/formatting-message-text. */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function plain(text: string, most: number): unknown {
  return { type: 'plain_text', text: text.slice(0, most) };
}
