import { ConnectorError } from '../connector-error.ts';
import { statementKind } from './statement-kind.ts';

/** Texts, quoted names and comments. */
const SILENT = /\$\$[\s\S]*?\$\$|'(?:[^'\\]|\\[\s\S]|'')*'|--[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

const UNSAFE: readonly (readonly [RegExp, string])[] = [
  [/\bsystem\$/i, 'it calls a function of the system'],
  [/\.\s*"?nextval"?\b/i, 'it draws numbers from a sequence'],
  [/@/, 'it reads files of a stage'],
  [/(?:"|[\w$])\s*\.\s*(?:"(?:[^"]|"")*"|[\w$]+)\s*\(/, 'it calls a function of somebody’s own'],
  [/"(?:[^"]|"")*"\s*\(/, 'it calls a function by a quoted name'],
  [/\btable\s*\(/i, 'it reads from a table function'],
  [/[;]\s*\S/, 'it is more than one statement'],
  [/\$\w|\bidentifier\s*\(/i, 'it names things by variables'],
];

/**
 * Why a stranger's statement is not safe to replay (rule 15), read from its text: one SELECT, no functions but the warehouse's
 * own, no sequences, stages or variables. One refused too many does no harm. `ownFunctions` are the lower-case names of those
 * people made.
 */
export function whyUnsafe(sql: string, ownFunctions: ReadonlySet<string>): string | undefined {
  if (statementKind(sql) !== 'reads' || !/^[\s(]*(?:select|with)\b/i.test(open(sql))) {
    return 'it is not a SELECT';
  }
  const text = open(sql);
  if (/['$]{1}\$|\/\*/.test(text)) {
    return 'its texts cannot be told apart';
  }
  const found = UNSAFE.find(([pattern]) => pattern.test(text));
  if (found !== undefined) {
    return found[1];
  }
  const called = [...text.matchAll(/([A-Za-z_][\w$]*)\s*\(/g)].map(([, name = '']) =>
    name.toLowerCase(),
  );
  const strange = called.find((name) => ownFunctions.has(name));
  return strange === undefined ? undefined : `it calls ${strange}, which somebody made`;
}

/** Raises CONNECTOR_UNSAFE_REPLAY with the reason. */
export function refuseUnsafe(
  sql: string,
  { name, ownFunctions }: { readonly name: string; readonly ownFunctions: ReadonlySet<string> },
): void {
  const addition = whyUnsafe(sql, ownFunctions);
  if (addition !== undefined) {
    throw new ConnectorError('CONNECTOR_UNSAFE_REPLAY', name, { addition });
  }
}

function open(sql: string): string {
  return sql.replaceAll(SILENT, ' ');
}
