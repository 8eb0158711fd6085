import { bodySections } from '../git/body-sections.ts';
import { tame } from '../git/commit-message.ts';
import type { Proposal, ProposalBody } from '../proposal.ts';

/** Between these the text is ours; what people write around it stays. */
const BEGIN = '<!-- goldsmith:begin';
const END = '<!-- goldsmith:end -->';

/** GitHub takes 65,536 characters; what people add needs room too. */
const LONGEST = 50_000;
const MOST = { lines: 60, characters: 1000 };
const FEW = { lines: 8, characters: 200 };
const LONGEST_STATEMENT = 8_000;

/** A proposal as the body of a pull request. Everything in it may come out of people's SQL: nothing of it is markup, a mention or a link. */
export function bodyMarkdown({
  id,
  meaning,
  body,
  state,
}: Pick<Proposal, 'id' | 'meaning' | 'body' | 'state'>): string {
  const isDone = state === 'applied';
  const whole = markdown({ id, meaning, isDone, body: shortened(body, MOST) });
  return whole.length <= LONGEST
    ? whole
    : markdown({ id, meaning, isDone, body: { ...shortened(body, FEW), sql: [] } });
}

const ASKED = [
  'Merging this is a yes, closing it a no. A label says why not: `not-worth-it`, `wrong-grain`, `sensitive`, `someone-elses`, `later`.',
];
const DONE = [
  'This is done already. Merging it keeps the files beside the warehouse; closing it changes nothing there.',
];

function markdown({
  id,
  meaning,
  body,
  isDone,
}: Pick<Proposal, 'id' | 'meaning' | 'body'> & { readonly isDone: boolean }): string {
  const sections = bodySections(body).flatMap(({ heading, lines, isProse }) => [
    `### ${heading}`,
    '',
    ...lines.map((line) => `${isProse ? '' : '- '}${inline(line)}`),
    '',
  ]);
  return [
    `${BEGIN} proposal=${id} meaning=${meaning} -->`,
    ...sections,
    ...statements(body.sql),
    '---',
    '',
    ...(isDone ? DONE : ASKED),
    'Commits of yours on this branch are never touched; Goldsmith then leaves the branch to you.',
    END,
  ].join('\n');
}

function shortened(
  body: ProposalBody,
  { lines, characters }: { readonly lines: number; readonly characters: number },
): ProposalBody {
  const few = (all: readonly string[]) => [
    ...all.slice(0, lines).map((line) => line.slice(0, characters)),
    ...(all.length > lines ? [`and ${all.length - lines} more`] : []),
  ];
  return {
    title: body.title,
    because: body.because.slice(0, characters),
    money: { ...body.money, arithmetic: few(body.money.arithmetic) },
    evidence: few(body.evidence),
    readers: few(body.readers),
    risks: few(body.risks),
    proofs: few(body.proofs),
    undo: body.undo.slice(0, characters),
    sql: body.sql.slice(0, lines),
  };
}

/** Folded, so that who does not ask does not scroll. */
function statements(sql: readonly string[]): readonly string[] {
  if (sql.length === 0) {
    return [];
  }
  const shown = sql.map((each) =>
    each.length <= LONGEST_STATEMENT
      ? each
      : `${each.slice(0, LONGEST_STATEMENT)}\n-- ${each.length - LONGEST_STATEMENT} more characters`,
  );
  return [
    '<details><summary>Statements Goldsmith would send</summary>',
    '',
    ...shown.flatMap((each) => {
      const text = each.replaceAll(/[\p{Bidi_Control}\0]/gu, '');
      const runs = [...text.matchAll(/`+/g)].map(([run]) => run.length);
      const fence = '`'.repeat(Math.max(2, ...runs) + 1);
      return [`${fence}sql`, text, fence, ''];
    }),
    '</details>',
    '',
  ];
}

/** A line in which only our own backticks mark anything: a command stands in them, and so do names people may copy. */
export function inline(text: string): string {
  const pieces = text.split('`');
  const isPaired = pieces.length % 2 === 1;
  return pieces
    .map((piece, i) => (isPaired && i % 2 === 1 ? code(piece) : plain(piece)))
    .join(isPaired ? '' : '\\`');
}

function code(text: string): string {
  return text === ''
    ? ''
    : `\`${text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, ' ')}\``;
}

function plain(text: string): string {
  const safe = text
    .replaceAll(/[\\*_{}[\]()#+!|~$^=<>&-]/g, (sign) =>
      sign === '<' ? '&lt;' : sign === '>' ? '&gt;' : sign === '&' ? '&amp;' : `\\${sign}`,
    )
    .replaceAll(/\b(www)\./gi, '$1\u{2060}.')
    .replace(/^(\s*\d+)\./, '$1\\.');
  const [before = '', after = ''] = [/^\s*/.exec(safe)?.[0], /\s*$/.exec(safe)?.[0]];
  return `${before === '' ? '' : ' '}${tame(breakMentions(safe))}${after === '' || safe.trim() === '' ? '' : ' '}`;
}

/** A backslash before a sign does not stop what GitHub makes of `@name` and `#12`; a sign of no width does. */
function breakMentions(text: string): string {
  return text.replaceAll(/(\\?[@#])/g, '$1\u{2060}');
}

/** What stands in the body of a pull request now, with our part renewed; a body without it gets it at the end. */
export function renewBody(now: string, ours: string): string {
  const from = now.indexOf(BEGIN);
  const to = now.indexOf(END, from);
  return from === -1 || to === -1
    ? `${now.trimEnd()}${now.trim() === '' ? '' : '\n\n'}${ours}`
    : now.slice(0, from) + ours + now.slice(to + END.length);
}

/** The proposal and meaning a body was written for. */
export function marksInBody(
  body: string,
): { readonly proposal: string; readonly meaning: string } | undefined {
  const [, proposal, meaning] =
    /<!-- goldsmith:begin proposal=(\S+) meaning=(\S+) -->/.exec(body) ?? [];
  return proposal === undefined || meaning === undefined ? undefined : { proposal, meaning };
}
