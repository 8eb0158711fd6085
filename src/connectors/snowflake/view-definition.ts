import { quoteName } from '../quote.ts';

/** Texts, quoted names and comments are passed over; brackets and words are looked at. */
const TOKEN =
  /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/|[(),]|[A-Za-z_][\w$]*/g;

/** Before a list of columns of ours: it says comments, and names what the SELECT names so anyway. */
export const NAMES_AS_SELECTED = '/* names as selected */';

/**
 * The SELECT out of the `create view` text Snowflake stores as it was typed. A view with a column list becomes a SELECT over
 * its body with that list, so that the text alone gives the view's own column names. Absent where the text is no such thing.
 */
export function viewDefinition(
  createSql: string,
  columnNames: readonly string[],
): string | undefined {
  const parts = partsOf(createSql);
  return (
    parts &&
    select(
      parts.body,
      parts.listed.length > 0 ? columnNames.map((name) => quoteName(name)) : undefined,
    )
  );
}

/** The same from the text alone: names of its list are taken as they were typed. */
export function selectOf(createSql: string): string | undefined {
  const parts = partsOf(createSql);
  return parts && select(parts.body, parts.listed.length > 0 ? parts.listed : undefined);
}

/** The names in the view's list of columns (none where it has no list that renames), and what stands behind AS. */
function partsOf(
  createSql: string,
): { readonly listed: readonly string[]; readonly body: string } | undefined {
  let depth = 0;
  let isInList = false;
  let sawName = false;
  let before = '';
  const listed: string[] = [];
  for (const match of createSql.matchAll(TOKEN)) {
    const word = match[0].toLowerCase();
    if (isInList && depth === 1 && (before === '(' || before === ',')) {
      listed.push(match[0]);
    }
    if (word === '(') {
      // The list stands behind the name; brackets behind an option (`with tag (…)`) are none.
      isInList ||= depth === 0 && sawName && before !== NAMES_AS_SELECTED;
      depth += 1;
    } else if (word === ')') {
      depth -= 1;
      isInList &&= depth > 0;
    } else if (depth === 0 && word === 'as') {
      return { listed, body: createSql.slice(match.index + 2) };
    }
    const isComment = /^(?:--|\/\/|\/\*)/.test(word);
    sawName = depth === 0 && !KEYWORDS.has(word) && (sawName || /^["a-z_]/.test(word));
    before = isComment && word !== NAMES_AS_SELECTED ? before : word;
  }
  return undefined;
}

const KEYWORDS = new Set([
  'create',
  'or',
  'replace',
  'secure',
  'recursive',
  'view',
  'materialized',
  'local',
  'global',
  'temp',
  'temporary',
  'volatile',
  'if',
  'not',
  'exists',
  'with',
  'tag',
  'policy',
  'masking',
  'row',
  'access',
  'on',
  'by',
  'cluster',
  'comment',
  'copy',
  'grants',
  'change_tracking',
]);

function select(body: string, names: readonly string[] | undefined): string {
  const text = body.trim().replace(/;\s*$/, '');
  if (names === undefined) {
    return text;
  }
  return `select * from (\n${text}\n) as renamed (${names.join(', ')})`;
}

const PART = String.raw`(?:"(?:[^"]|"")*"|[A-Za-z_][\w$]*)`;
const READ_FROM = new RegExp(
  String.raw`\b(?:from|join)\s+(${PART}(?:\s*\.\s*${PART})*)(?!\s*\(|\s*\.)`,
  'gi',
);
const SILENT = /'(?:[^'\\]|\\[\s\S]|'')*'|--[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

/** A comma in a FROM, before whatever clause comes next. */
const LISTED_FROM =
  /\bfrom\b(?:(?!\b(?:where|group|having|qualify|window|order|limit|fetch|union|except|minus|intersect)\b)[^(),])*,/i;

/**
 * Whether a definition may name a relation without its schema. Snowflake looks such a name up beside the view, whoever asks;
 * elsewhere the text would mean something else. Names of its own WITH count too: one doubt too many makes a view opaque, no more.
 */
export function hasBareNames(definition: string): boolean {
  const text = definition.replaceAll(SILENT, ' ');
  if (LISTED_FROM.test(text)) {
    return true;
  }
  return [...text.matchAll(READ_FROM)].some(([, name = '']) => !/[".\w]\s*\.\s*["\w]/.test(name));
}
