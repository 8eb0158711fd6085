import { isMap, isSeq, stringify } from 'yaml';
import { canonicalJson } from '../../base/digest.ts';
import { openYaml } from './yaml-as-written.ts';

export interface YamlAddition {
  /** Path of the list that gets it. */
  readonly at: readonly (string | number)[];
  readonly value: unknown;
  /** The list is made where there is none. */
  readonly mayMake?: boolean;
}

export type YamlAdded =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'refused'; readonly because: string };

/**
 * Adds entries at the end of lists of a YAML file somebody wrote, in its own manner. Read again it says what it said and what was
 * added, nothing else, and every line of it is still there, in its order; where that is not so, it is refused.
 */
export function addToYaml(text: string, additions: readonly YamlAddition[]): YamlAdded {
  const opened = openYaml(text);
  if ('because' in opened) {
    return { kind: 'refused', because: opened.because };
  }
  const { document } = opened;
  if (document.contents !== null && !isMap(document.contents)) {
    return { kind: 'refused', because: 'it is no mapping' };
  }
  const before = document.toJS() as unknown;
  for (const { at, value, mayMake = false } of additions) {
    const list = document.getIn(at, true);
    if (list === undefined && mayMake) {
      document.setIn(at, [value]);
      continue;
    }
    if (!isSeq(list)) {
      return { kind: 'refused', because: `${at.join('.')} is no list in it` };
    }
    document.addIn(at, document.createNode(value));
  }
  const written = opened.write();
  return isOnlyMore({ text, written, before, additions })
    ? { kind: 'text', text: written }
    : { kind: 'refused', because: 'adding to it would change other lines' };
}

/** A file of our own. */
export function newYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0 });
}

interface Check {
  readonly text: string;
  readonly written: string;
  readonly before: unknown;
  readonly additions: readonly YamlAddition[];
}

function isOnlyMore({ text, written, before, additions }: Check): boolean {
  const again = openYaml(written);
  if ('because' in again) {
    return false;
  }
  // Each addition is the last entry of its list: taken away again, nothing else may differ.
  for (const { at } of additions.toReversed()) {
    const list = again.document.getIn(at, true);
    if (!isSeq(list)) {
      return false;
    }
    list.items.pop();
    if (list.items.length === 0) {
      again.document.deleteIn(at);
    }
  }
  return (
    canonicalJson(again.document.toJS() ?? null) === canonicalJson(before ?? null) &&
    keepsLines(text, written)
  );
}

function keepsLines(text: string, written: string): boolean {
  const lines = written.split('\n').map((line) => line.trimEnd());
  let at = 0;
  for (const line of text.split('\n').map((each) => each.trimEnd())) {
    const found = lines.indexOf(line, at);
    if (found === -1 && line !== '') {
      return false;
    }
    at = found === -1 ? at : found + 1;
  }
  return true;
}
