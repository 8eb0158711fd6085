import { sha256 } from '../../base/digest.ts';
import { type RelationId, relationParts } from '../../base/relation.ts';

/**
 * Where a mart's file lies: the pattern with its schema and name. A name that is not plain gets six digits of its digest, so that two
 * marts never share a file, whatever the file system makes of case and signs.
 */
export function martPath(pattern: string, mart: RelationId): string {
  const { schema, name } = relationParts(mart);
  const isPlain = [schema ?? '', name].every((part) => PLAIN.test(part));
  const suffix = isPlain ? '' : `-${sha256(mart).slice(0, 6)}`;
  return pattern
    .replaceAll('{schema}', word(schema ?? 'gold'))
    .replaceAll('{name}', `${word(name)}${suffix}`);
}

const PLAIN = /^([a-z0-9_]*|[A-Z0-9_]*)$/;
const LONGEST = 80;

function word(part: string): string {
  return part
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '_')
    .slice(0, LONGEST);
}
