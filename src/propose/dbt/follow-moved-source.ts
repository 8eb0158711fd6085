import { isMap, isScalar, isSeq, type Pair, parseDocument, type Scalar, type YAMLMap } from 'yaml';
import { canonicalJson } from '../../base/digest.ts';
import { type RelationId, relationParts } from '../../base/relation.ts';
import type { DbtSource } from '../../lineage/dbt/dbt-project.ts';
import { withEdits } from '../../lineage/dbt/source-map.ts';
import { isAnchored, plainWord } from './yaml-parts.ts';

export interface MovedSource {
  /** The YAML file that declares the source. */
  readonly text: string;
  readonly source: Pick<DbtSource, 'source' | 'name' | 'relation'>;
  /** Where its table is now. */
  readonly to: RelationId;
}

export type MovedOutcome =
  | { readonly kind: 'edited'; readonly text: string }
  | { readonly kind: 'refused'; readonly because: string };

/**
 * Tells dbt where the table of a source is now: its `identifier`, and the `schema` of the source where it is the only table in it. Models go on
 * naming it as they did, so that no other file changes; all else in this one stays byte for byte.
 */
export function followMovedSource({ text, source, to }: MovedSource): MovedOutcome {
  const document = parseDocument(text, { keepSourceTokens: true });
  if (document.errors.length > 0) {
    return refused(`its YAML cannot be read: ${document.errors[0]?.message.split('\n')[0] ?? ''}`);
  }
  const { contents } = document;
  const declared = isMap(contents) ? mapsIn(contents.get('sources', true)) : [];
  const own = declared.filter((each) => each.get('name') === source.source);
  const [found, ...more] = own.flatMap((parent) =>
    mapsIn(parent.get('tables', true)).flatMap((table) =>
      table.get('name') === source.name ? [{ parent, table }] : [],
    ),
  );
  if (found === undefined || more.length > 0) {
    return refused('it does not declare the table, or more than once');
  }
  const [was, is] = [source.relation, to].map((id) => relationParts(id));
  if (was?.database !== is?.database || is === undefined) {
    return refused('its table is in another database now');
  }
  const wanted: { readonly map: YAMLMap; readonly key: string; readonly value: string }[] = [];
  if (was?.schema !== is.schema) {
    if (own.length > 1 || mapsIn(found.parent.get('tables', true)).length > 1) {
      return refused(
        `its table is in the schema ${is.schema ?? ''} now, where the other tables of the source are not`,
      );
    }
    wanted.push({ map: found.parent, key: 'schema', value: is.schema ?? '' });
  }
  if (was?.name !== is.name) {
    wanted.push({ map: found.table, key: 'identifier', value: is.name });
  }
  const edits = wanted.map((each) => editOf(text, each));
  for (const { map, key, value } of wanted) {
    map.set(key, value);
  }
  const isShared = isMap(contents) && edits.some((edit) => isAnchored(contents, edit?.start ?? 0));
  if (isShared || edits.some((edit) => edit === undefined)) {
    return refused('it is written there in a way that is not edited');
  }
  const edited = withEdits(
    text,
    edits.flatMap((edit) => edit ?? []),
  );
  const again = parseDocument(edited);
  const isAsMeant =
    again.errors.length === 0 &&
    canonicalJson(again.toJS() as unknown) === canonicalJson(document.toJS() as unknown);
  return isAsMeant
    ? { kind: 'edited', text: edited }
    : refused('saying where its table is now would change something else in it');
}

function refused(because: string): MovedOutcome {
  return { kind: 'refused', because };
}

function mapsIn(node: unknown): readonly YAMLMap[] {
  return isSeq(node) ? node.items.filter(isMap) : [];
}

/** The value where the key is there; else the key behind the name, on a line of its own where the name has one. */
function editOf(
  text: string,
  { map, key, value }: { readonly map: YAMLMap; readonly key: string; readonly value: string },
): { readonly start: number; readonly end: number; readonly text: string } | undefined {
  const written = plainWord(value);
  const there = scalarOf(map, key);
  if (map.has(key)) {
    const [start, end] = there?.value.range ?? [];
    const isPlain = there?.value.anchor === undefined && !String(there?.value.value).includes('{');
    return start === undefined || end === undefined || !isPlain
      ? undefined
      : { start, end, text: written };
  }
  const name = scalarOf(map, 'name');
  const [at] = name?.key.range ?? [];
  const [, end] = name?.value.range ?? [];
  if (at === undefined || end === undefined) {
    return undefined;
  }
  if (map.flow === true) {
    return { start: end, end, text: `, ${key}: ${written}` };
  }
  const newline = text.indexOf('\n', end);
  const place = newline === -1 ? text.length : newline;
  const indent = ' '.repeat(at - (text.lastIndexOf('\n', at - 1) + 1));
  return { start: place, end: place, text: `\n${indent}${key}: ${written}` };
}

function scalarOf(
  map: YAMLMap,
  key: string,
): { readonly key: Scalar; readonly value: Scalar } | undefined {
  const pair = map.items.find((each: Pair) => isScalar(each.key) && each.key.value === key);
  return isScalar(pair?.key) && isScalar(pair.value)
    ? { key: pair.key, value: pair.value }
    : undefined;
}
