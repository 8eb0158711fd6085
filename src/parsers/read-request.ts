import { DIALECTS } from '../sql/dialects.ts';
import type { Statement } from '../sql/ir.ts';
import { tokenize } from '../sql/lexer.ts';
import type { ParseOutcome, ParseRequest } from '../sql/parse-sql.ts';
import type { Tokens } from '../sql/tokens.ts';
import { countOpaque } from './count-opaque.ts';
import type { ParseLimits } from './limits.ts';
import type { Loosened } from './loosen.ts';
import { loosened } from './loosen.ts';
import { markedOpaque } from './mark-opaque.ts';
import type { Chains } from './measure-chains.ts';
import { measureChains } from './measure-chains.ts';
import { nativeRefusal } from './native-refusal.ts';
import { plainRefusal } from './plain-refusal.ts';
import { GrammarError } from './reader.ts';
import type { ReaderSet } from './reader-set.ts';
import { seenTables } from './seen-tables.ts';
import { unreadVerb } from './unread-verb.ts';

export interface ReadParts {
  readonly readers: ReaderSet;
  readonly limits: ParseLimits;
}

type Parsed = Extract<ParseOutcome, { readonly kind: 'parsed' }>;

/** Why no reader took a text. */
interface Refused {
  readonly kind: 'refused';
  readonly because: string;
}

/**
 * Reads one text. What the warehouse's own parser refuses is refused; else the readers are asked in turn
 * until one accepts it, and where none does, once more without the words around it that none knows. Never
 * throws for what the text says; a reader that crashes is left out from then on (`readers.hasCrashed`).
 */
export async function readRequest(request: ParseRequest, parts: ReadParts): Promise<ParseOutcome> {
  const { sql, dialect } = request;
  const { maxLength } = parts.limits;
  if (sql.length > maxLength) {
    const because = `it is ${sql.length} characters long, the limit is ${maxLength}`;
    return { kind: 'unparsed', because, tables: [] };
  }
  const text = measured(request);
  const refusal =
    refusalOf(text, parts.limits) ??
    (request.hasRun === true
      ? undefined
      : await nativeRefusal({ request, tokens: text.tokens, readers: parts.readers }));
  if (refusal !== undefined) {
    return { kind: 'unparsed', because: refusal, tables: seenTables(request) };
  }
  const first = await readInTurn(text, parts);
  if (first.kind === 'parsed') {
    return clearest(first, { request, readers: parts.readers });
  }
  const looser = loosened(sql, DIALECTS[dialect]);
  const again = looser && (await readLooser({ ...request, sql: looser.sql }, parts));
  if (looser === undefined || again?.kind !== 'parsed') {
    return { kind: 'unparsed', because: first.because, tables: seenTables(request) };
  }
  return marked(again, looser);
}

/** What was left out to read a text stays visible: the query is opaque, or a statement more stands there. */
function marked(parsed: Parsed, looser: Loosened): Parsed {
  const statements = parsed.statements.map((statement) => markedOpaque(statement, looser.opaque));
  const isUnmarked = statements.every((statement, index) => statement === parsed.statements[index]);
  const verbs = [...(looser.isPart ? ['template'] : []), ...(isUnmarked ? looser.opaque : [])];
  const leftOut = verbs.map((verb): Statement => ({ kind: 'other', verb }));
  return { ...parsed, statements: [...statements, ...leftOut] };
}

/**
 * Where the first reader read over something, the warehouse's own parser is asked, too, if it represents
 * expressions at all; whoever leaves less opaque is believed.
 */
async function clearest(
  first: Parsed,
  { request, readers }: { readonly request: ParseRequest; readonly readers: ReaderSet },
): Promise<Parsed> {
  const native = readers.nativeOf(request.dialect);
  const opaque =
    native?.isExact === true && native.name !== first.reader ? countOpaque(first.statements) : 0;
  if (native === undefined || opaque === 0) {
    return first;
  }
  try {
    const statements = await (await native.open()).read(request.sql);
    return countOpaque(statements) < opaque
      ? { kind: 'parsed', reader: native.name, statements }
      : first;
  } catch (error) {
    if (!(error instanceof GrammarError)) {
      readers.leaveOut(native.name);
    }
    return first;
  }
}

interface Text {
  readonly request: ParseRequest;
  readonly tokens: Tokens;
  readonly chains: Chains;
}

function measured(request: ParseRequest): Text {
  const tokens = tokenize(request.sql, DIALECTS[request.dialect].lexical);
  return { request, tokens, chains: measureChains(tokens) };
}

async function readLooser(request: ParseRequest, parts: ReadParts): Promise<Parsed | Refused> {
  const text = measured(request);
  const because = refusalOf(text, parts.limits);
  return because === undefined ? readInTurn(text, parts) : { kind: 'refused', because };
}

async function readInTurn(
  { request, tokens, chains }: Text,
  { readers }: ReadParts,
): Promise<Parsed | Refused> {
  const { sql, dialect } = request;
  const verb = unreadVerb(tokens);
  const refusals: string[] = [];
  for (const { name, open } of readers.inOrder({
    dialect,
    chains,
    size: tokens.count,
    length: sql.length,
  })) {
    const reader = verb === undefined || refusals.length === 0 ? await open() : undefined;
    if (reader === undefined) {
      continue;
    }
    try {
      return { kind: 'parsed', reader: name, statements: await reader.read(sql, dialect) };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      refusals.push(`${name} says ${plainRefusal(message)}`);
      if (!(error instanceof GrammarError)) {
        readers.leaveOut(name);
      }
    }
  }
  if (verb !== undefined) {
    return { kind: 'parsed', reader: 'tokens', statements: [{ kind: 'other', verb }] };
  }
  const said = refusals.join('; ') || `none reads a text of ${tokens.count} tokens`;
  return { kind: 'refused', because: `no grammar accepted it: ${said}` };
}

function refusalOf({ tokens, chains }: Text, limits: ParseLimits): string | undefined {
  const { operators, depth, setOperations, joins, repeats } = chains;
  if (tokens.count > limits.maxTokens) {
    return `it is ${tokens.count} tokens long, the limit is ${limits.maxTokens}`;
  }
  if (depth > limits.maxDepth) {
    return `it nests ${depth} levels deep, the limit is ${limits.maxDepth}`;
  }
  if (setOperations > limits.maxSetOperations) {
    return `it combines ${setOperations} queries, the limit is ${limits.maxSetOperations}`;
  }
  if (joins > limits.maxJoins) {
    return `it joins ${joins} times, the limit is ${limits.maxJoins}`;
  }
  if (repeats > limits.maxRepeats) {
    return `it repeats one keyword ${repeats} times, the limit is ${limits.maxRepeats}`;
  }
  if (operators > limits.maxOperators) {
    return `one expression chains ${operators} operators, the limit is ${limits.maxOperators}`;
  }
  return undefined;
}
