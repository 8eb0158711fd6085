import type { Shape } from './query-shape.ts';

/**
 * How far a shape's facts can be trusted. `high`: a grammar read the text and every name was resolved, or a second reader
 * tells the same of what is open. `medium`: some ends are open, the reader is one that gives less, or a second one
 * differs. `low`: words after FROM and JOIN, or open ends on which two readers differ.
 */
export type Confidence = 'high' | 'medium' | 'low';

const SCALE: readonly Confidence[] = ['low', 'medium', 'high'];

export function confidenceOf({
  level,
  reader,
  agreement,
}: Pick<Shape, 'level' | 'reader' | 'agreement'>): Confidence {
  if (level === 'lexer' || reader === 'tokens') {
    return 'low';
  }
  const alone = level === 'full' && reader !== 'node-sql-parser' ? 2 : 1;
  const moved = agreement === undefined ? 0 : agreement.kind === 'agrees' ? 1 : -1;
  return SCALE[Math.min(2, alone + moved)] ?? 'low';
}
