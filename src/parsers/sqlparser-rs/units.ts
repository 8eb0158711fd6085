import { isTree, textOf, variantOf } from '../tree.ts';
import { readIdent } from './names.ts';

/** `months` -> `month`, `WEEK(MONDAY)` -> `week(monday)`: units and parts of dates, lower case. */
export function intervalUnit(node: unknown): string {
  const { tag, body } = variantOf(node);
  const inner = isTree(body) ? readIdent(body).name : textOf(body);
  if (tag === 'Custom') {
    return inner.toLowerCase();
  }
  const name = tag.toLowerCase();
  return inner === '' ? singular(name) : `${name}(${inner.toLowerCase()})`;
}

function singular(name: string): string {
  return name.endsWith('s') ? name.slice(0, -1) : name;
}
