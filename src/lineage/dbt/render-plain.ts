import type { Piece } from './jinja-pieces.ts';
import { isConfig, jinjaWords } from './jinja-words.ts';
import type { Rendering, Segment } from './source-map.ts';

export interface PlainParts {
  readonly source: string;
  readonly pieces: readonly Piece[];
  readonly known: (code: string) => string | undefined;
}

export type PlainOutcome =
  | {
      readonly kind: 'rendered';
      readonly rendering: Rendering;
      /** Expressions nobody but dbt can work out; a name stands in their place. */
      readonly unknown: readonly { readonly piece: Piece; readonly start: number }[];
    }
  | { readonly kind: 'refused'; readonly because: string; readonly at: number };

/**
 * Renders a model's source from names alone, for projects that were parsed but never compiled. References become relations,
 * configurations nothing, an incremental part what it is in a full build: nothing.
 */
export function renderPlain({ source, pieces, known }: PlainParts): PlainOutcome {
  const constants = constantsOf(pieces);
  const segments: Segment[] = [];
  const unknown: { piece: Piece; start: number }[] = [];
  let sql = '';
  for (const piece of pieces) {
    const start = sql.length;
    const given = givenOut(piece, { known, constants });
    if (given === undefined && piece.kind !== 'expression') {
      const because = `{% ${piece.code} %} decides what is there, and dbt has not compiled it`;
      return { kind: 'refused', because, at: piece.start };
    }
    if (given === undefined) {
      unknown.push({ piece, start });
    }
    sql += given ?? `goldsmith_jinja_${unknown.length}`;
    segments.push({ ...placed(piece), start, end: sql.length });
  }
  const mentions = jinjaWords(source, pieces);
  return { kind: 'rendered', rendering: { sql, segments, by: 'plain', mentions }, unknown };
}

function placed(piece: Piece) {
  const { kind, start, end, lost, code } = piece;
  if (kind === 'text') {
    const sourceStart = start + lost;
    return { kind: 'same' as const, sourceStart, sourceEnd: sourceStart + code.length };
  }
  const isControl =
    kind === 'statement' || kind === 'block' || (kind === 'expression' && isConfig(code));
  return {
    kind: isControl ? ('controlled' as const) : ('made' as const),
    sourceStart: start,
    sourceEnd: end,
  };
}

interface Knowledge {
  readonly known: PlainParts['known'];
  readonly constants: ReadonlyMap<string, string>;
}

function givenOut(piece: Piece, { known, constants }: Knowledge): string | undefined {
  const { kind, code } = piece;
  switch (kind) {
    case 'text':
      return code;
    case 'comment':
      return '';
    case 'statement':
      return /^(set|do|import|from|raw|endraw)\b/.test(code) ? '' : undefined;
    case 'block':
      return /^(set|macro)\b|^if\s+is_incremental\(\s*\)$/.test(code) && piece.branches === 1
        ? ''
        : undefined;
    case 'expression':
      return isConfig(code) ? '' : (known(code) ?? constants.get(code));
  }
}

/** `{% set x = 'text' %}`, said once at the top of the file. */
function constantsOf(pieces: readonly Piece[]): ReadonlyMap<string, string> {
  const constants = new Map<string, string>();
  const doubled = new Set<string>();
  for (const { kind, code } of pieces) {
    const set = kind === 'statement' ? /^set\s+(\w+)\s*=\s*([^]*)$/.exec(code) : null;
    const [, name = '', value = ''] = set ?? [];
    const constant = /^(?:'([^'\\]*)'|"([^"\\]*)"|(\d+))$/.exec(value.trim());
    if (set !== null) {
      const isAgain = constants.has(name) || doubled.has(name);
      const text = constant?.[1] ?? constant?.[2] ?? constant?.[3];
      constants.delete(name);
      if (isAgain || text === undefined) {
        doubled.add(name);
      } else {
        constants.set(name, text);
      }
    }
  }
  return constants;
}
