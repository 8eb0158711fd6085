import { stringify } from 'yaml';
import { type RelationId, relationParts } from '../../base/relation.ts';
import type { MartDefinition } from '../../marts/mart.ts';
import type { Dialect } from '../../sql/dialect.ts';
import { tokenize } from '../../sql/lexer.ts';
import { wordAt } from '../../sql/own-words/name-places.ts';
import {
  COMMA,
  DOT,
  isPunctuation,
  OPEN,
  QUOTED,
  type Tokens,
  tokenText,
  WORD,
} from '../../sql/tokens.ts';
import type { FileChange } from '../proposal.ts';

export interface NewModelParts {
  readonly definition: MartDefinition;
  readonly dialect: Dialect;
  /** Folder of the project new models go to: `models/marts`. */
  readonly folder: string;
  /** What the project calls a relation; undefined where it does not know it. */
  readonly nodeOf: (relation: RelationId) => DbtName | undefined;
  /** No two rows agree on these, as verified. */
  readonly key?: readonly string[] | undefined;
  /** Columns verified to be never null. */
  readonly notNull?: ReadonlySet<string>;
  readonly materialized: 'table' | 'view';
  /** dbt calls them `data_tests` from 1.8 on. */
  readonly testsAre?: 'tests' | 'data_tests';
}

export type DbtName =
  | { readonly kind: 'ref'; readonly model: string }
  | { readonly kind: 'source'; readonly source: string; readonly table: string };

/**
 * A mart as a new model of somebody's dbt project: its statement with `ref` and `source` for relations, and its description with types, tests of what was
 * verified and, where every type is known, dbt's own contract. Says why where it cannot be written without guessing.
 */
export function newDbtModel(
  parts: NewModelParts,
): { readonly files: readonly FileChange[] } | { readonly because: string } {
  const { definition, folder, materialized } = parts;
  const { name } = relationParts(definition.relation);
  if (!PLAIN.test(name)) {
    return { because: `${name} is no name dbt gives a model` };
  }
  const body = withJinja(parts);
  if ('because' in body) {
    return body;
  }
  const path = `${folder.replace(/\/+$/, '')}/${name}`;
  return {
    files: [
      {
        path: `${path}.sql`,
        text: `{{ config(materialized='${materialized}') }}\n\n${body.text.trimEnd()}\n`,
        was: '',
      },
      { path: `${path}.yml`, text: describe(parts, name), was: '' },
    ],
  };
}

const PLAIN = /^[A-Za-z_][A-Za-z0-9_]*$/;

function withJinja({
  definition: { sql, sources },
  dialect,
  nodeOf,
}: NewModelParts): { readonly text: string } | { readonly because: string } {
  if (/\{[{%#]|[}%#]\}/.test(sql)) {
    return { because: 'its statement holds braces that dbt would read as Jinja' };
  }
  const tokens = tokenize(sql, dialect.lexical);
  const pieces: string[] = [];
  const ctes = cteNames(tokens);
  const met = new Set<RelationId>();
  let done = 0;
  for (let index = 0; index < tokens.count; index += 1) {
    const end = endOfName(tokens, index);
    if (end === index) {
      continue;
    }
    const relation = isAfterFrom(tokens, index)
      ? sources.find((each) => isNamed(tokens, { first: index, end, relation: each, ctes }))
      : undefined;
    if (relation !== undefined && !isPunctuation(tokens, end, OPEN)) {
      const jinja = jinjaOf(nodeOf(relation));
      if (jinja === undefined) {
        return { because: `it reads ${relation}, which the dbt project does not know` };
      }
      pieces.push(sql.slice(done, tokens.starts[index]), jinja);
      done = tokens.ends[end - 1] ?? sql.length;
      met.add(relation);
    }
    index = end - 1;
  }
  const missed = sources.find((source) => !met.has(source));
  return missed === undefined
    ? { text: [...pieces, sql.slice(done)].join('') }
    : { because: `its statement does not name ${missed} as it is called` };
}

function jinjaOf(node: DbtName | undefined): string | undefined {
  if (node === undefined) {
    return undefined;
  }
  const names = node.kind === 'ref' ? [node.model] : [node.source, node.table];
  return names.every((name) => /^[\w -]+$/.test(name))
    ? `{{ ${node.kind}(${names.map((name) => `'${name}'`).join(', ')}) }}`
    : undefined;
}

/** Names a WITH gives to queries: bare, they are no relations. */
function cteNames(tokens: Tokens): ReadonlySet<string> {
  const names = new Set<string>();
  for (let at = 1; at + 1 < tokens.count; at += 1) {
    if (tokenText(tokens, at).toLowerCase() === 'as' && isPunctuation(tokens, at + 1, OPEN)) {
      names.add(wordAt(tokens, at - 1).toLowerCase());
    }
  }
  return names;
}

/** The end of a dotted name; the index itself where none begins. */
function endOfName(tokens: Tokens, index: number): number {
  const isWord = (at: number) => tokens.kinds[at] === WORD || tokens.kinds[at] === QUOTED;
  let end = index;
  while (end < tokens.count && isWord(end)) {
    end += 1;
    if (!isPunctuation(tokens, end, DOT) || !isWord(end + 1)) {
      return end;
    }
    end += 1;
  }
  return end;
}

/** Where a relation may stand: after FROM, JOIN, a comma or an opening bracket of a join. */
function isAfterFrom(tokens: Tokens, index: number): boolean {
  const before = index - 1;
  return (
    before >= 0 &&
    (isPunctuation(tokens, before, COMMA) ||
      isPunctuation(tokens, before, OPEN) ||
      ['from', 'join', 'only', 'lateral'].includes(tokenText(tokens, before).toLowerCase()))
  );
}

/** With its schema at least, or by its bare name right after FROM or JOIN. */
function isNamed(
  tokens: Tokens,
  {
    first,
    end,
    relation,
    ctes,
  }: {
    readonly first: number;
    readonly end: number;
    readonly relation: RelationId;
    readonly ctes: ReadonlySet<string>;
  },
): boolean {
  const { database, schema, name } = relationParts(relation);
  const parts = [database, schema, name].filter((part) => part !== undefined);
  const written: string[] = [];
  for (let at = first; at < end; at += 2) {
    written.push(wordAt(tokens, at).toLowerCase());
  }
  const [bare] = written.length === 1 ? written : [];
  const stands = ['from', 'join'].includes(tokenText(tokens, first - 1).toLowerCase());
  if (bare !== undefined && (!stands || ctes.has(bare))) {
    return false;
  }
  const wanted = parts.slice(-written.length).map((part) => part.toLowerCase());
  return written.length <= parts.length && written.every((word, i) => word === wanted[i]);
}

function describe(
  { definition, key, notNull = new Set(), testsAre = 'data_tests' }: NewModelParts,
  name: string,
): string {
  const { columns, sources } = definition;
  const isTyped = columns.every(({ type }) => type !== '');
  const [only, ...more] = key ?? [];
  const rows = more.length > 0 ? ` No two rows agree on ${key?.join(', ')}.` : '';
  const model = {
    name,
    description: `Made from ${sources.join(', ')}.${rows}`,
    ...(isTyped ? { config: { contract: { enforced: true } } } : {}),
    columns: columns.map((column) => {
      const tests = [
        ...(column.name === only && more.length === 0 ? ['unique'] : []),
        ...(notNull.has(column.name) ? ['not_null'] : []),
      ];
      return {
        name: column.name,
        ...(column.type === '' ? {} : { data_type: column.type.toLowerCase() }),
        ...(tests.length === 0 ? {} : { [testsAre]: tests }),
      };
    }),
  };
  return stringify({ version: 2, models: [model] }, { lineWidth: 0 });
}
