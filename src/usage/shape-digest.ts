import { sha256 } from '../base/digest.ts';
import type { Shape } from '../sql/query-shape.ts';

/**
 * Equal digests, equal shapes. Shapes are made by one place with their members in one order, so plain JSON will do: canonical
 * JSON would take longer than reading the statement took.
 */
export function shapeDigestOf(shape: Shape): string {
  return sha256(JSON.stringify(shape)).slice(0, 32);
}
