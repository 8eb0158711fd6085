import { type RelationId, relationParts } from '../../base/relation.ts';
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

/** What a dbt project calls a relation. */
export type DbtName =
  | {
      readonly kind: 'ref';
      readonly model: string;
      /** Where another package makes it. */
      readonly package?: string;
      /** Where it is not the latest. */
      readonly version?: string;
    }
  | { readonly kind: 'source'; readonly source: string; readonly table: string };

export interface ReferenceParts {
  readonly sql: string;
  readonly sources: readonly RelationId[];
  readonly dialect: Dialect;
  /** Undefined where the project does not know it. */
  readonly nodeOf: (relation: RelationId) => DbtName | undefined;
  /** Round names in Jinja, as the project writes them. */
  readonly quote: "'" | '"';
}

/**
 * A statement with `ref` and `source` for its relations; all else stays as it is. Says why where it cannot be written without
 * guessing.
 */
export function withReferences({
  sql,
  sources,
  dialect,
  nodeOf,
  quote,
}: ReferenceParts): { readonly text: string } | { readonly because: string } {
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
      const jinja = jinjaOf(nodeOf(relation), quote);
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

function jinjaOf(node: DbtName | undefined, quote: ReferenceParts['quote']): string | undefined {
  if (node === undefined) {
    return undefined;
  }
  const names =
    node.kind === 'ref'
      ? [...(node.package === undefined ? [] : [node.package]), node.model]
      : [node.source, node.table];
  const version = node.kind === 'ref' ? node.version : undefined;
  if (![...names, ...(version === undefined ? [] : [version])].every(isPlainName)) {
    return undefined;
  }
  const parts = names.map((name) => `${quote}${name}${quote}`);
  const last = version === undefined ? [] : [`v=${versionText(version, quote)}`];
  return `{{ ${node.kind}(${[...parts, ...last].join(', ')}) }}`;
}

function isPlainName(name: string): boolean {
  return /^[\w .-]+$/.test(name);
}

function versionText(version: string, quote: string): string {
  return /^\d+(\.\d+)?$/.test(version) ? version : `${quote}${version}${quote}`;
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
