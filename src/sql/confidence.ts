import type { Shape } from './query-shape.ts';

/**
 * How far a shape's facts can be trusted. `high`: a grammar read the text and every name was resolved. `medium`: some
 * ends are open, or the reader is one that gives less. `low`: words after FROM and JOIN.
 */
export type Confidence = 'high' | 'medium' | 'low';

export function confidenceOf({ level, reader }: Pick<Shape, 'level' | 'reader'>): Confidence {
  if (level === 'lexer' || reader === 'tokens') {
    return 'low';
  }
  return level === 'full' && reader !== 'node-sql-parser' ? 'high' : 'medium';
}
