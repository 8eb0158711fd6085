import { isAlias, type Node, visit } from 'yaml';

const PLAIN_WORD = /^(?!(?:true|false|yes|no|on|off|null|y|n)$)[\p{L}_][\p{L}\p{N}_$]*$/iu;

/** A text without quotes where every reader of YAML, of the first version too, takes it for a text. */
export function plainWord(value: string): string {
  return PLAIN_WORD.test(value) ? value : JSON.stringify(value);
}

/** Whether a place of a YAML file lies in a part that has an anchor: whatever names that part (`*name`) would change with it. */
export function isAnchored(contents: Node, at: number): boolean {
  let isFound = false;
  visit(contents, {
    Node(_key, node) {
      const [start = 0, end = 0] = node.range ?? [];
      const isAround = !isAlias(node) && node.anchor !== undefined && start <= at && at <= end;
      isFound ||= isAround;
      return isFound ? visit.BREAK : undefined;
    },
  });
  return isFound;
}

/** The first name by which a part takes over what is written elsewhere; undefined where it says all of itself. */
export function takenOver(part: Node): string | undefined {
  let found: string | undefined;
  visit(part, {
    Alias(_key, { source }) {
      found = source;
      return visit.BREAK;
    },
  });
  return found;
}
