const INJECTED = /\s?__dbt__cte__\w+ as \(/y;

/**
 * A compiled text without the CTEs of ephemeral models that dbt put in front: the model's file has no place for them. They stand
 * first in the WITH the text has, or in one that was put before it.
 */
export function withoutInjected(compiled: string, source: string): string {
  const first = compiled.search(/\s?__dbt__cte__\w+ as \(/);
  if (first === -1) {
    return compiled;
  }
  let end = first;
  for (;;) {
    INJECTED.lastIndex = end;
    const opened = INJECTED.exec(compiled);
    if (opened === null) {
      break;
    }
    end = afterBrackets(compiled, INJECTED.lastIndex);
    const comma = /,\s*(?=__dbt__cte__\w+ as \()/y;
    comma.lastIndex = end;
    end = comma.exec(compiled) === null ? end : comma.lastIndex;
  }
  const before = compiled.slice(0, first);
  const after = compiled.slice(end);
  return /^\s*,/.test(after)
    ? before.trimEnd() + blanksAfterWith(source) + after.replace(/^\s*,\s*/, '')
    : before.replace(/\bwith\s*$/i, '') + after;
}

/** dbt moves the blanks around; the source says what they were. */
function blanksAfterWith(source: string): string {
  return /\bwith(\s+)/i.exec(source)?.[1] ?? ' ';
}

/** The place after the bracket that closes the one before `at`; strings and comments may hold others. */
function afterBrackets(text: string, at: number): number {
  const part = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|--[^\n]*|\/\*[^]*?\*\/|[()]/g;
  part.lastIndex = at;
  let depth = 1;
  for (let found = part.exec(text); found !== null; found = part.exec(text)) {
    depth += found[0] === '(' ? 1 : found[0] === ')' ? -1 : 0;
    if (depth === 0) {
      return part.lastIndex;
    }
  }
  return text.length;
}
