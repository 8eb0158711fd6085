import { type Document, parse, parseDocument } from 'yaml';
import { canonicalJson } from '../../base/digest.ts';
import { keepLines } from './keep-lines.ts';

/** A YAML file somebody may have written, opened so that what is not changed is written again as it was. */
export interface OpenYaml {
  readonly document: Document.Parsed;
  /** The document as it is now; lines without a change come back byte for byte. */
  write(): string;
}

/** Longer files are nobody's contract or schema. */
const LONGEST = 200_000;

/** Why a text is not opened: it is no YAML, holds several documents, or is too long. */
export function openYaml(text: string): OpenYaml | { readonly because: string } {
  if (text.length > LONGEST) {
    return { because: `it is longer than ${LONGEST} characters` };
  }
  const document = parseDocument(text, { uniqueKeys: true });
  const [error] = document.errors;
  if (error !== undefined) {
    return { because: `it is no YAML that can be edited: ${error.code.toLowerCase()}` };
  }
  return { document, write: () => writeOver(text, document) };
}

/** Prints, puts people's lines back, and holds the result only if it says the very same. */
function writeOver(text: string, document: Document.Parsed): string {
  const ending = text.includes('\r\n') ? '\r\n' : '\n';
  const original = text.split(/\r?\n/);
  const manner = mannerOf(text);
  const edited = document.toString(manner);
  const kept = keepLines({
    original,
    plain: parseDocument(text).toString(manner).split('\n'),
    edited: edited.split('\n'),
  })?.join('\n');
  const result = kept !== undefined && saysTheSame(kept, edited) ? kept : edited;
  return ending === '\n' ? result : result.replaceAll('\n', ending);
}

function saysTheSame(left: string, right: string): boolean {
  return (
    parseDocument(left).errors.length === 0 &&
    canonicalJson(parse(left)) === canonicalJson(parse(right))
  );
}

interface Manner {
  readonly indent: number;
  readonly indentSeq: boolean;
  readonly flowCollectionPadding: boolean;
  readonly lineWidth: 0;
}

/** Of the few manners the printer has, the one that changes the fewest lines of the text. */
function mannerOf(text: string): Manner {
  const lines = new Set(text.split(/\r?\n/));
  const manners = [2, 4].flatMap((indent) =>
    [true, false].flatMap((indentSeq) =>
      [true, false].map(
        (flowCollectionPadding): Manner => ({
          indent,
          indentSeq,
          flowCollectionPadding,
          lineWidth: 0,
        }),
      ),
    ),
  );
  const strange = (manner: Manner) =>
    parseDocument(text)
      .toString(manner)
      .split('\n')
      .filter((line) => !lines.has(line)).length;
  let best: { readonly manner: Manner; readonly cost: number } | undefined;
  for (const manner of manners) {
    const cost = strange(manner);
    if (best === undefined || cost < best.cost) {
      best = { manner, cost };
    }
    if (cost === 0) {
      break;
    }
  }
  return best?.manner ?? { indent: 2, indentSeq: true, flowCollectionPadding: true, lineWidth: 0 };
}
