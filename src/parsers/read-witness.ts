import type { DialectName } from '../sql/dialect.ts';
import { DIALECTS } from '../sql/dialects.ts';
import { tokenize } from '../sql/lexer.ts';
import type { ParseOutcome, ParseRequest, ReaderName, Reading } from '../sql/parse-sql.ts';
import { measureChains } from './measure-chains.ts';
import { GrammarError } from './reader.ts';
import type { ReaderSet } from './reader-set.ts';

/** Longer texts cost a second reader too much; and so many are asked until one accepts the text. */
const MOST_TOKENS = 5_000;
const MOST_READERS = 2;

/** An outcome with what a second reader says, where the request asks for one. */
export async function withWitness(
  request: ParseRequest,
  { outcome, readers }: { readonly outcome: ParseOutcome; readonly readers: ReaderSet },
): Promise<ParseOutcome> {
  if (request.witnessed !== true || outcome.kind === 'unparsed') {
    return outcome;
  }
  const witness = await readWitness(request, { first: outcome.reader, readers });
  return witness === undefined ? outcome : { ...outcome, witness };
}

/**
 * What another reader than the one that read a text makes of it, the warehouse's own first: it is the last to be wrong, and
 * takes the least memory. Undefined where none accepts the text.
 */
export async function readWitness(
  { sql, dialect }: ParseRequest,
  { first, readers }: { readonly first: ReaderName; readonly readers: ReaderSet },
): Promise<Reading | undefined> {
  if (first === 'tokens' || isLong(sql, dialect)) {
    return undefined;
  }
  for (const { name, open } of othersThan(first, { sql, dialect, readers })) {
    const reader = await open();
    try {
      const statements = await reader?.read(sql, dialect);
      if (statements !== undefined) {
        return { reader: name, statements };
      }
    } catch (error) {
      if (!(error instanceof GrammarError)) {
        readers.leaveOut(name);
      }
    }
  }
  return undefined;
}

/** No text has more tokens than characters. */
function isLong(sql: string, dialect: DialectName): boolean {
  return sql.length > MOST_TOKENS && tokenize(sql, DIALECTS[dialect].lexical).count > MOST_TOKENS;
}

/** The warehouse's own before any that the text has to be measured for. */
function* othersThan(
  first: ReaderName,
  {
    sql,
    dialect,
    readers,
  }: { readonly sql: string; readonly dialect: DialectName; readonly readers: ReaderSet },
): Generator<ReturnType<ReaderSet['inOrder']>[number]> {
  const native = readers.nativeOf(dialect);
  const isNativeAsked = native !== undefined && native.name !== first;
  if (isNativeAsked) {
    yield native;
  }
  const tokens = tokenize(sql, DIALECTS[dialect].lexical);
  const inOrder = readers.inOrder({
    dialect,
    chains: measureChains(tokens),
    size: tokens.count,
    length: sql.length,
  });
  yield* inOrder
    .filter(({ name }) => name !== first && name !== native?.name)
    .slice(0, MOST_READERS - (isNativeAsked ? 1 : 0));
}
