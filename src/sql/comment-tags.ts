import type { Dialect } from './dialect.ts';
import { readJsonPairs } from './json-pairs.ts';
import { tokenize } from './lexer.ts';
import type { Tokens } from './tokens.ts';

/** What tools wrote into a statement's comments about who asks and why. */
export interface CommentTags {
  /** Keys as written; nested JSON keys are dotted (`tableau-query-origins.dashboard.name`). First mention wins. */
  readonly pairs: Readonly<Record<string, string>>;
  /** The tool whose notation it is, lower case: `dbt`, `looker`, `metabase`, `goldsmith`...; absent for plain pairs. */
  readonly tool?: string;
  /** A statement of our own: what it is for (`build`, `verify`...). */
  readonly own?: string;
  /** What our route service wrote into a statement it answered. */
  readonly served?: ServedTag;
}

export interface ServedTag {
  readonly served: 'route' | 'hold-out';
  readonly mart: string;
  /** The fingerprint of the statement as it was asked. */
  readonly template: string;
}

const NO_TAGS: CommentTags = { pairs: {} };
/** Comments beyond these are prose: no tool writes as many or as long ones. */
const MOST_COMMENTS = 20;
const LONGEST_COMMENT = 8192;

/** Reads every comment of a text. Never throws; text inside strings is never taken for a comment. */
export function readCommentTags(sql: string, dialect: Dialect): CommentTags {
  return commentTagsOf(tokenize(sql, dialect.lexical));
}

export function commentTagsOf({ sql, comments }: Pick<Tokens, 'sql' | 'comments'>): CommentTags {
  if (comments.length === 0) {
    return NO_TAGS;
  }
  const pairs = new Map<string, string>();
  let tool: string | undefined;
  const considered =
    comments.length <= MOST_COMMENTS
      ? comments
      : [...comments.slice(0, MOST_COMMENTS / 2), ...comments.slice(-MOST_COMMENTS / 2)];
  for (const { start, end } of considered) {
    if (end - start <= LONGEST_COMMENT) {
      tool = readComment(bodyOf(sql.slice(start, end)), pairs) ?? tool;
    }
  }
  if (pairs.size === 0 && tool === undefined) {
    return NO_TAGS;
  }
  const own = pairs.get('goldsmith');
  const served = servedTagOf(pairs);
  const owner = own === undefined ? (tool ?? toolOf(pairs)) : 'goldsmith';
  return {
    pairs: Object.fromEntries(pairs),
    ...(owner === undefined ? {} : { tool: owner }),
    ...(own === undefined ? {} : { own }),
    ...(served === undefined ? {} : { served }),
  };
}

/** The comment our route service puts before a statement it answers; `readCommentTags` reads it back. */
export function servedComment({ served, mart, template }: ServedTag): string {
  return `/*goldsmith_served='${served}',goldsmith_mart='${encodeURIComponent(mart).replaceAll("'", '%27')}',goldsmith_template='${encodeURIComponent(template)}'*/`;
}

function servedTagOf(pairs: ReadonlyMap<string, string>): ServedTag | undefined {
  const served = pairs.get('goldsmith_served');
  const mart = pairs.get('goldsmith_mart') ?? '';
  const template = pairs.get('goldsmith_template') ?? '';
  const isKnown = served === 'route' || served === 'hold-out';
  return isKnown && mart !== '' && /^[0-9a-f]{32}$/.test(template)
    ? { served, mart, template }
    : undefined;
}

/** Without the comment's marks and the blanks inside them. */
function bodyOf(comment: string): string {
  if (comment.startsWith('/*')) {
    return comment.slice(2, comment.endsWith('*/') && comment.length >= 4 ? -2 : undefined).trim();
  }
  return comment.replace(/^(--|\/\/|#)/, '').trim();
}

/** Headings that tools put before their pairs, and the tool they tell. */
const HEADINGS: readonly (readonly [RegExp, string])[] = [
  [/^Looker Query Context\b/i, 'looker'],
  [/^Metabase(::|\b)/i, 'metabase'],
  [/^partner:\s*"metabase"/i, 'metabase'],
  [/^Hex query metadata:/i, 'hex'],
  [/^Sigma\b/i, 'sigma'],
  [/^\[SQL LAB\]/i, 'superset'],
  [/^Superset\b/i, 'superset'],
  [/^Tableau\b/i, 'tableau'],
  [/^Lightdash\b/i, 'lightdash'],
];

/** Adds the pairs of one comment; returns the tool its heading tells. */
function readComment(body: string, pairs: Map<string, string>): string | undefined {
  const tool = HEADINGS.find(([heading]) => heading.test(body))?.[1];
  const brace = body.indexOf('{');
  if (brace !== -1) {
    const close = body.lastIndexOf('}');
    readJsonPairs(body.slice(brace, close + 1), pairs);
    return tool;
  }
  if (tool === 'superset') {
    note(pairs, 'username', /^\[SQL LAB\]\s+(\S+)/i.exec(body)?.[1] ?? '');
    return tool;
  }
  if (!readQuotedPairs(body, pairs)) {
    readColonPairs(body, pairs);
  }
  return tool;
}

/** sqlcommenter: `key='url%20encoded',key2='..'`; blanks and a missing comma are forgiven. */
function readQuotedPairs(body: string, pairs: Map<string, string>): boolean {
  const pattern = /([\w.%-]{1,64})\s*=\s*'((?:[^'\\]|\\.|'')*)'/g;
  let isFound = false;
  for (const [, key = '', value = ''] of body.matchAll(pattern)) {
    isFound = true;
    note(pairs, decoded(key), decoded(value.replaceAll(/\\(.)/g, '$1').replaceAll("''", "'")));
  }
  return isFound;
}

/** Marginalia, Metabase and Redash: `application:Shop,controller:products`, `userID: 1 queryType: MBQL`. */
function readColonPairs(body: string, pairs: Map<string, string>): void {
  const text = body.replace(/^Metabase::/i, '');
  const keys = [
    ...text.matchAll(/(?:^|[,\s])([A-Za-z][\w-]{0,40}(?: ID| Hash)?)\s?:\s?(?=[^\s:,])/g),
  ];
  if (keys.length < 2) {
    return;
  }
  for (const [position, match] of keys.entries()) {
    const from = match.index + match[0].length;
    const until = keys[position + 1]?.index ?? text.length;
    note(
      pairs,
      match[1] ?? '',
      text
        .slice(from, until)
        .replace(/[,\s]+$/, '')
        .trim(),
    );
  }
}

function note(pairs: Map<string, string>, key: string, value: string): void {
  if (key !== '' && value !== '' && !pairs.has(key)) {
    pairs.set(key, value);
  }
}

/** URL decoding that leaves broken escapes as they are. */
function decoded(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch (error) {
      if (error instanceof URIError) {
        return escapes;
      }
      throw error;
    }
  });
}

/** The tool that tells itself by a key or a value of its pairs, lower case. */
export function toolOf(pairs: ReadonlyMap<string, string>): string | undefined {
  const app = (pairs.get('app') ?? pairs.get('client') ?? pairs.get('tool') ?? '').toLowerCase();
  if (
    /^(dbt|metabase|superset|looker|tableau|lightdash|mode|hex|sqlmesh|airflow|dagster|redash|sigma|elementary)\b/.test(
      app,
    )
  ) {
    return /^[a-z]+/.exec(app)?.[0];
  }
  const keys = [...pairs.keys()];
  const has = (test: RegExp): boolean => keys.some((key) => test.test(key));
  if (has(/^tableau-query-origins\b/)) {
    return 'tableau';
  }
  if (has(/^superset_/)) {
    return 'superset';
  }
  if (pairs.has('dbt_version') || pairs.has('node_id')) {
    return 'dbt';
  }
  if (pairs.has('project_uuid') && pairs.has('query_context')) {
    return 'lightdash';
  }
  if (/modeanalytics\.com|mode\.com/.test(pairs.get('url') ?? '')) {
    return 'mode';
  }
  if (has(/^Query Hash$/) && has(/^(query_id|Query ID)$/)) {
    return 'redash';
  }
  if (pairs.has('dag_id') && pairs.has('task_id')) {
    return 'airflow';
  }
  return undefined;
}
