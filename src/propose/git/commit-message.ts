import type { RelationId } from '../../base/relation.ts';
import type { Proposal } from '../proposal.ts';
import { bodySections } from './body-sections.ts';

/** What a commit of Goldsmith's says of itself in its last lines. */
export interface CommitMarks {
  readonly proposal: string;
  readonly meaning: string;
  /** What it is about, as `relationMark` writes it. */
  readonly relation: string;
}

const PROPOSAL = 'Goldsmith-Proposal';
const MEANING = 'Goldsmith-Meaning';
const RELATION = 'Goldsmith-Relation';
const WIDTH = 76;

/**
 * The body of a proposal as a commit message, and the marks by which Goldsmith knows the commit again. Words that hosts act upon
 * (`#12`, `@name`, `[skip ci]`, trailers) lose their power: they came out of other people's SQL.
 */
export function commitMessage(
  { id, meaning, relation, body }: Pick<Proposal, 'id' | 'meaning' | 'relation' | 'body'>,
  leftAlone: readonly { readonly path: string; readonly because: string }[] = [],
): string {
  const sections = bodySections(body).flatMap(({ heading, lines, isProse }) => [
    '',
    ...(isProse ? lines.flatMap((line) => wrap(`${heading}: ${tame(line)}`, '')) : [`${heading}:`]),
    ...(isProse ? [] : lines.flatMap((line) => wrap(tame(line), '- '))),
  ]);
  const left = leftAlone.flatMap(({ path, because }) => wrap(`${path}: ${tame(because)}`, '- '));
  return [
    titleLine(body),
    ...sections,
    ...(left.length === 0 ? [] : ['', 'Left alone:', ...left]),
    '',
    `${PROPOSAL}: ${id}`,
    `${MEANING}: ${meaning}`,
    `${RELATION}: ${relationMark(relation)}`,
    '',
  ].join('\n');
}

/** A proposal in a line of plain text. */
export function titleLine({ title }: Pick<Proposal['body'], 'title'>): string {
  return tame(title).slice(0, 100).trim();
}

/** The marks in the last paragraph of a message; undefined where they are not both there once. */
export function marksOf(message: string): CommitMarks | undefined {
  const last = message.trimEnd().split(/\n\n+/).at(-1) ?? '';
  const [proposal, ...others] = valuesOf(last, PROPOSAL);
  const [meaning, ...more] = valuesOf(last, MEANING);
  return proposal === undefined || meaning === undefined || others.length + more.length > 0
    ? undefined
    : { proposal, meaning, relation: valuesOf(last, RELATION)[0] ?? '' };
}

/** A relation in one line. */
export function relationMark(relation: RelationId): string {
  return tame(relation);
}

function valuesOf(paragraph: string, name: string): readonly string[] {
  return paragraph
    .split('\n')
    .flatMap((line) => (line.startsWith(`${name}: `) ? [line.slice(name.length + 2).trim()] : []));
}

/** One line without control characters; what a host would act upon is broken by a sign of no width. */
export function tame(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, ' ')
    .replaceAll(/([@#!])(?=[\p{L}\p{N}_])/gu, '$1\u{2060}')
    .replaceAll(/\[(?=(skip|no|ci)\b)/gi, '[\u{2060}')
    .replaceAll(/\b(gh)-(?=\d)/gi, '$1-\u{2060}')
    .replaceAll(/:\/\//g, ':\u{2060}//')
    .trim();
}

/** Broken at spaces, so that a terminal shows it whole. */
function wrap(text: string, bullet: string): readonly string[] {
  const indent = ' '.repeat(bullet.length);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + word.length >= WIDTH) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((each, i) => `${i === 0 ? bullet : indent}${each}`);
}
