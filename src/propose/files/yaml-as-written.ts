import { type Document, parseDocument } from 'yaml';

/** A YAML file somebody may have written, opened so that what is not changed is written again as it was. */
export interface OpenYaml {
  readonly document: Document.Parsed;
  /** The document as it is now, in the manner of the text it was opened from. */
  write(): string;
}

/** Longer files are nobody's contract or schema. */
const LONGEST = 1_000_000;

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
  const manner = mannerOf(text);
  return { document, write: () => print(document, manner) };
}

interface Manner {
  readonly indent: number;
  readonly indentSeq: boolean;
  readonly flowCollectionPadding: boolean;
  readonly crlf: boolean;
}

/** Of the few manners the printer has, the one that changes the fewest lines of the text. */
function mannerOf(text: string): Manner {
  const crlf = text.includes('\r\n');
  const lines = new Set(text.split(/\r?\n/));
  const manners = [2, 4].flatMap((indent) =>
    [true, false].flatMap((indentSeq) =>
      [true, false].map((flowCollectionPadding) => ({
        indent,
        indentSeq,
        flowCollectionPadding,
        crlf,
      })),
    ),
  );
  const strange = (manner: Manner) =>
    print(parseDocument(text), manner)
      .split(/\r?\n/)
      .filter((line) => !lines.has(line)).length;
  return manners
    .map((manner) => ({ manner, cost: strange(manner) }))
    .reduce((best, each) => (each.cost < best.cost ? each : best)).manner;
}

function print(document: Document.Parsed, { crlf, ...manner }: Manner): string {
  const text = document.toString({ ...manner, lineWidth: 0 });
  return crlf ? text.replaceAll('\n', '\r\n') : text;
}
