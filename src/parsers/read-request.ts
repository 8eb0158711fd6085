import { DIALECTS } from '../sql/dialects.ts';
import type { Statement } from '../sql/ir.ts';
import { tokenize } from '../sql/lexer.ts';
import type { ParseOutcome, ParseRequest } from '../sql/parse-sql.ts';
import type { ParseLimits } from './limits.ts';
import { loosened } from './loosen.ts';
import type { Chains } from './measure-chains.ts';
import { measureChains } from './measure-chains.ts';
import { plainRefusal } from './plain-refusal.ts';
import { GrammarError } from './reader.ts';
import type { ReaderSet } from './reader-set.ts';
import { seenTables } from './seen-tables.ts';
import { unreadVerb } from './unread-verb.ts';

export interface ReadParts {
  readonly readers: ReaderSet;
  readonly limits: ParseLimits;
}

/**
 * Reads one text: the readers in turn until one accepts it; where none does, once more without the words
 * around it that none knows. Never throws for what the text says; a reader that crashes is left out from
 * then on (`readers.hasCrashed`) and the next one is asked.
 */
export async function readRequest(request: ParseRequest, parts: ReadParts): Promise<ParseOutcome> {
  const outcome = await readOnce(request, parts);
  if (outcome.kind === 'parsed' || request.sql.length > parts.limits.maxLength) {
    return outcome;
  }
  const looser = loosened(request.sql, DIALECTS[request.dialect]);
  if (looser === undefined) {
    return outcome;
  }
  const again = await readOnce({ ...request, sql: looser.sql }, parts);
  if (again.kind === 'unparsed') {
    return outcome;
  }
  const leftOut: Statement = { kind: 'other', verb: 'template' };
  return looser.isPart ? { ...again, statements: [...again.statements, leftOut] } : again;
}

async function readOnce(request: ParseRequest, parts: ReadParts): Promise<ParseOutcome> {
  const { sql, dialect } = request;
  const { readers, limits } = parts;
  if (sql.length > limits.maxLength) {
    const because = `it is ${sql.length} characters long, the limit is ${limits.maxLength}`;
    return { kind: 'unparsed', because, tables: [] };
  }
  const tokens = tokenize(sql, DIALECTS[dialect].lexical);
  const chains = measureChains(tokens);
  const size = tokens.count;
  const tooMuch = refusalOf({ ...chains, size }, limits);
  if (tooMuch !== undefined) {
    return { kind: 'unparsed', because: tooMuch, tables: seenTables(request) };
  }

  const verb = unreadVerb(tokens);
  const refusals: string[] = [];
  for (const { name, open } of readers.inOrder({ dialect, chains, size })) {
    const reader = verb === undefined || refusals.length === 0 ? await open() : undefined;
    if (reader === undefined) {
      continue;
    }
    try {
      return { kind: 'parsed', reader: name, statements: reader.read(sql, dialect) };
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
  const because = `no grammar accepted it: ${refusals.join('; ') || `none reads a text of ${size} tokens`}`;
  return { kind: 'unparsed', because, tables: seenTables(request) };
}

function refusalOf(
  { operators, depth, setOperations, size }: Chains & { readonly size: number },
  limits: ParseLimits,
): string | undefined {
  if (size > limits.maxTokens) {
    return `it is ${size} tokens long, the limit is ${limits.maxTokens}`;
  }
  if (depth > limits.maxDepth) {
    return `it nests ${depth} levels deep, the limit is ${limits.maxDepth}`;
  }
  if (setOperations > limits.maxSetOperations) {
    return `it combines ${setOperations} queries, the limit is ${limits.maxSetOperations}`;
  }
  if (operators > limits.maxOperators) {
    return `one expression chains ${operators} operators, the limit is ${limits.maxOperators}`;
  }
  return undefined;
}
