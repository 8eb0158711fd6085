import type { BoundExpr } from '../bound.ts';
import type { Dialect } from '../dialect.ts';
import type { Expr, Path, SelectItem } from '../ir.ts';
import { tokenize } from '../lexer.ts';
import type { ParseOutcome, ParseSql } from '../parse-sql.ts';
import { nodesOf } from '../resolve/walk-expr.ts';
import type { Tokens } from '../tokens.ts';
import { alignedWith, type Ref } from './aligned-with.ts';
import { type NamePlace, placesOfNames, wordAt } from './name-places.ts';
import { type Phrase, phrasesIn } from './phrases.ts';

/** The text of an expression as a person wrote it, its columns by the names they go by now; undefined where nobody did. */
export type OwnWords = (expr: BoundExpr, printRef: (ref: Ref) => string) => string | undefined;

/** Texts of more characters are not looked through, and no more phrases are read than these. */
const LONGEST = 20_000;
const MOST_PHRASES = 64;
/** Nor is more often asked which of them are expressions. */
const MOST_READINGS = 24;

/** A phrase, and what a reader made of it. */
interface Saying {
  readonly expr: Expr;
  readonly first: number;
  readonly end: number;
  readonly places: readonly NamePlace[];
}

/**
 * Finds the words a person had for each expression of a text. Positions are no part of the IR, so each run of tokens that
 * may be an expression is read by itself; where what a reader makes of it is, column for column, the expression asked for,
 * its text says just that, comments and all. Nothing is guessed: a phrase no reader takes as one expression, or whose
 * columns cannot be told from its other words, is left out.
 */
export async function ownWords(
  { sql, dialect }: { readonly sql: string; readonly dialect: Dialect },
  parse: ParseSql,
): Promise<OwnWords> {
  if (sql.length > LONGEST) {
    return () => undefined;
  }
  const tokens = tokenize(sql, dialect.lexical);
  const phrases = distinctTexts(phrasesIn(tokens), tokens).slice(0, MOST_PHRASES);
  const items = await readEach(
    phrases.map((phrase) => textOf(tokens, phrase)),
    { parse, dialect },
  );
  const sayings = phrases.flatMap((phrase, index) =>
    sayingOf(phrase, { tokens, item: items[index] }),
  );
  return (expr, printRef) => sayAgain(expr, { tokens, sayings, printRef });
}

function distinctTexts(phrases: readonly Phrase[], tokens: Tokens): readonly Phrase[] {
  const byText = new Map<string, Phrase>();
  for (const phrase of phrases) {
    const text = textOf(tokens, phrase);
    if (!byText.has(text)) {
      byText.set(text, phrase);
    }
  }
  return [...byText.values()];
}

function textOf({ sql, starts, ends }: Tokens, { first, end }: Phrase): string {
  return sql.slice(starts[first], ends[end - 1]);
}

interface Reading {
  readonly parse: ParseSql;
  readonly dialect: Dialect;
}

/** All at once, as the list of one SELECT; by halves, as long as it lasts, where some are no expressions. */
async function readEach(
  texts: readonly string[],
  { parse, dialect }: Reading,
): Promise<readonly (SelectItem | undefined)[]> {
  let left = MOST_READINGS;

  async function readSome(some: readonly string[]): Promise<readonly (SelectItem | undefined)[]> {
    if (some.length === 0 || left === 0) {
      return some.map(() => undefined);
    }
    left -= 1;
    const sql = `select ${some.join('\n, ')}`;
    const [outcome] = await parse([{ sql, dialect: dialect.name, hasRun: true }]);
    const items = itemsOf(outcome);
    if (items?.length === some.length) {
      return items;
    }
    const half = Math.ceil(some.length / 2);
    return some.length === 1
      ? [undefined]
      : [...(await readSome(some.slice(0, half))), ...(await readSome(some.slice(half)))];
  }

  return readSome(texts);
}

/** What a text of `select` and expressions selects; undefined where there is more to it. */
function itemsOf(outcome: ParseOutcome | undefined): readonly SelectItem[] | undefined {
  const [statement, ...others] = outcome?.kind === 'parsed' ? outcome.statements : [];
  if (statement?.kind !== 'query' || others.length > 0) {
    return undefined;
  }
  const { body, ctes, orderBy, limit, offset, limitModifier } = statement.query;
  const isBare = [limit, offset, limitModifier].every((part) => part === undefined);
  if (!isBare || ctes.length + orderBy.length > 0 || body.kind !== 'select') {
    return undefined;
  }
  const { items, from, windows, opaqueClauses, distinct, where, groupBy, having, qualify } = body;
  const isPlain = [distinct, where, groupBy, having, qualify].every((part) => part === undefined);
  return isPlain && from.length + windows.length + opaqueClauses.length === 0 ? items : undefined;
}

function sayingOf(
  { first, end }: Phrase,
  { tokens, item }: { readonly tokens: Tokens; readonly item: SelectItem | undefined },
): readonly Saying[] {
  if (item === undefined) {
    return [];
  }
  const last = end - 1;
  if (item.alias !== undefined && wordAt(tokens, last) !== item.alias.name) {
    return [];
  }
  const phrase = { first, end: item.alias === undefined ? end : last };
  const places = placesOfNames(tokens, { ...phrase, paths: pathsIn(item.expr) });
  return places === undefined ? [] : [{ ...phrase, expr: item.expr, places }];
}

function pathsIn(expr: Expr): readonly Path[] {
  return [...nodesOf(expr)].flatMap((node) => (node.kind === 'column' ? [node.path] : []));
}

interface Asking {
  readonly tokens: Tokens;
  readonly sayings: readonly Saying[];
  readonly printRef: (ref: Ref) => string;
}

/** Of several ways to say it, the one whose columns keep most of their names; then the shortest, then the first. */
function sayAgain(expr: BoundExpr, { tokens, sayings, printRef }: Asking): string | undefined {
  if (expr.kind === 'ref' || expr.kind === 'literal' || expr.kind === 'parameter') {
    return undefined;
  }
  const [best] = sayings
    .flatMap((saying) => {
      const refs = alignedWith(saying.expr, expr);
      return refs === undefined
        ? []
        : [{ saying, refs, kept: keptNames(refs), length: saying.end - saying.first }];
    })
    .toSorted((a, b) => b.kept - a.kept || a.length - b.length);
  if (best === undefined) {
    return undefined;
  }
  const { saying, refs } = best;
  let text = '';
  let at = tokens.starts[saying.first] ?? 0;
  for (const place of saying.places) {
    const ref = refs.get(place.name);
    if (ref === undefined) {
      return undefined;
    }
    text += tokens.sql.slice(at, tokens.starts[place.first]) + printRef(ref);
    at = tokens.ends[place.end - 1] ?? at;
  }
  return text + tokens.sql.slice(at, tokens.ends[saying.end - 1]);
}

function keptNames(refs: ReadonlyMap<string, Ref>): number {
  const isKept = ([name, ref]: readonly [string, Ref]): boolean =>
    name.toLowerCase().split('\0').at(-1) === ref.column.toLowerCase();
  return [...refs].filter(isKept).length;
}
