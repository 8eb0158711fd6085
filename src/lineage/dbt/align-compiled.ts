import type { Piece } from './jinja-pieces.ts';
import { isConfig, jinjaWords } from './jinja-words.ts';
import type { Rendering, Segment } from './source-map.ts';

export interface AlignParts {
  readonly source: string;
  readonly pieces: readonly Piece[];
  /** What dbt made of the source. */
  readonly compiled: string;
  /** What an expression is sure to give out, where that is known: `ref` and `source`. */
  readonly known: (code: string) => string | undefined;
}

/** A text that stands in the compiled one as it is, and where it begins in the source. */
interface Chunk {
  readonly text: string;
  readonly parts: readonly Part[];
}

interface Part {
  readonly piece: Piece;
  readonly length: number;
  /** Blanks at its beginning that nobody gave out. */
  readonly skipped: number;
}

/**
 * Finds the texts of a source in what dbt compiled it to; what lies between them is what Jinja wrote. Texts whose place cannot
 * be told for certain (there are several ways to lay them) become part of what lies between. Undefined where the compiled
 * text was made of another source.
 */
export function alignCompiled(parts: AlignParts): Rendering | undefined {
  const { compiled } = parts;
  // dbt reads files without the blanks at their ends; who wrote down the compiled text may have done the same to it.
  return [compiled, compiled.trim(), compiled.trimStart(), compiled.trimEnd()]
    .flatMap((body) =>
      [parts, { ...parts, known: () => undefined }].map((each) => [each, body] as const),
    )
    .map(([each, body]) => aligned(each, body))
    .find((rendering) => rendering !== undefined);
}

function aligned(parts: AlignParts, body: string): Rendering | undefined {
  const { source, pieces, compiled } = parts;
  const { chunks, gaps } = chunksOf(parts);
  const lead = compiled.indexOf(body);
  const ends = trimmedEnds(chunks);
  const forward = laidForward(body, ends);
  const backward = laidBackward(body, ends);
  if (forward === undefined || backward === undefined) {
    return undefined;
  }
  const segments: Segment[] = [];
  let open: readonly Piece[] = [];
  let at = 0;
  const fill = (until: number, gap: readonly Piece[]) => {
    const first = gap[0];
    const last = gap.at(-1);
    if (first !== undefined && last !== undefined) {
      const kind = gap.some(controls) ? 'controlled' : 'made';
      segments.push({
        kind,
        start: at + lead,
        end: until + lead,
        sourceStart: first.start,
        sourceEnd: last.end,
      });
    }
    at = until;
  };
  for (const [index, chunk] of ends.entries()) {
    const start = forward[index] ?? 0;
    if (start !== backward[index]) {
      open = [...open, ...chunk.parts.map(({ piece }) => piece), ...(gaps[index] ?? [])];
      continue;
    }
    fill(start, open);
    for (const part of chunk.parts) {
      segments.push({ ...placed(part), start: at + lead, end: at + part.length + lead });
      at += part.length;
    }
    open = gaps[index] ?? [];
  }
  fill(body.length, open);
  return segments.every((segment) => isSame(segment, { source, compiled }))
    ? { sql: compiled, segments, by: 'compiled', mentions: jinjaWords(source, pieces) }
    : undefined;
}

/** What is said to be the same text on both sides is: an edit laid a letter beside would break the file. */
function isSame(
  { kind, start, end, sourceStart, sourceEnd }: Segment,
  { source, compiled }: Pick<AlignParts, 'source' | 'compiled'>,
): boolean {
  return kind !== 'same' || compiled.slice(start, end) === source.slice(sourceStart, sourceEnd);
}

/** A statement or a block decides what stands there; comments and configurations give out nothing anywhere. */
function controls(piece: Piece): boolean {
  return (
    piece.kind === 'statement' ||
    piece.kind === 'block' ||
    (piece.kind === 'expression' && isConfig(piece.code))
  );
}

function placed({ piece, length, skipped }: Part) {
  if (piece.kind !== 'text') {
    const kind = controls(piece) ? ('controlled' as const) : ('made' as const);
    return { kind, sourceStart: piece.start, sourceEnd: piece.end };
  }
  const sourceStart = piece.start + piece.lost + skipped;
  return { kind: 'same' as const, sourceStart, sourceEnd: sourceStart + length };
}

function chunksOf({ pieces, known }: AlignParts) {
  const chunks: { text: string; parts: Part[] }[] = [{ text: '', parts: [] }];
  const gaps: Piece[][] = [];
  for (const piece of pieces) {
    const text = certainText(piece, known);
    const chunk = chunks.at(-1);
    if (text === undefined) {
      const gap =
        chunk?.text === '' && chunk.parts.length === 0 && gaps.length > 0 ? gaps.at(-1) : undefined;
      if (gap === undefined) {
        gaps.push([piece]);
        chunks.push({ text: '', parts: [] });
      } else {
        gap.push(piece);
      }
    } else if (chunk !== undefined) {
      chunk.text += text;
      chunk.parts.push({ piece, length: text.length, skipped: 0 });
    }
  }
  return { chunks, gaps };
}

function certainText(piece: Piece, known: AlignParts['known']): string | undefined {
  switch (piece.kind) {
    case 'text':
      return piece.code;
    case 'comment':
      return '';
    case 'statement':
      return /^(set|do|import|from|raw|endraw)\b/.test(piece.code) ? '' : undefined;
    case 'expression':
      return isConfig(piece.code) ? '' : known(piece.code);
    case 'block':
      return /^(set|macro)\b/.test(piece.code) ? '' : undefined;
  }
}

/** Without the blanks at the beginning of the first text that has any and at the end of the last. */
function trimmedEnds(chunks: readonly Chunk[]): readonly Chunk[] {
  const first = trimmedSide(chunks, 'start');
  return trimmedSide(first, 'end');
}

function trimmedSide(chunks: readonly Chunk[], side: 'start' | 'end'): readonly Chunk[] {
  const [edge] = side === 'start' ? chunks : chunks.slice(-1);
  if (edge === undefined) {
    return chunks;
  }
  const text = side === 'start' ? edge.text.trimStart() : edge.text.trimEnd();
  let left = edge.text.length - text.length;
  const ordered = side === 'start' ? edge.parts : edge.parts.toReversed();
  const cut = ordered.map(({ length, piece, skipped }): Part => {
    const taken = Math.min(left, length);
    left -= taken;
    return { piece, length: length - taken, skipped: side === 'start' ? taken : skipped };
  });
  const parts = side === 'start' ? cut : cut.toReversed();
  const trimmed = { text, parts };
  return side === 'start' ? [trimmed, ...chunks.slice(1)] : [...chunks.slice(0, -1), trimmed];
}

/** Each text as early as it can stand; the first at the beginning, the last at the end. */
function laidForward(body: string, chunks: readonly Chunk[]): readonly number[] | undefined {
  const places: number[] = [];
  let at = 0;
  for (const [index, { text }] of chunks.entries()) {
    const isLast = index === chunks.length - 1;
    const place = isLast && index > 0 ? body.length - text.length : body.indexOf(text, at);
    const isThere = place >= at && body.startsWith(text, place) && (index > 0 || place === 0);
    if (!isThere || (chunks.length === 1 && text.length !== body.length)) {
      return undefined;
    }
    places.push(place);
    at = place + text.length;
  }
  return places;
}

/** Each as late as it can. */
function laidBackward(body: string, chunks: readonly Chunk[]): readonly number[] | undefined {
  const places: number[] = [];
  let end = body.length;
  for (const [index, { text }] of [...chunks.entries()].toReversed()) {
    const isLast = index === chunks.length - 1;
    const place =
      index === 0 ? 0 : isLast ? body.length - text.length : lastIndexBefore(body, text, end);
    if (place < 0 || place + text.length > end || !body.startsWith(text, place)) {
      return undefined;
    }
    places.unshift(place);
    end = place;
  }
  return places;
}

function lastIndexBefore(body: string, text: string, end: number): number {
  return end < text.length ? -1 : body.lastIndexOf(text, end - text.length);
}
