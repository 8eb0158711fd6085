import { readPipeAggregate } from './pipe-aggregate.ts';
import type { Run, RunReader } from './run-reader.ts';

/** The query a run of pipe operators stands for, built from its head on. */
export interface Pipe {
  /** Adds what follows a `|>`; returns what it could not write down, if anything. */
  readonly add: (run: Run) => string | undefined;
  readonly text: () => string;
  /** Whether one of the operators is none we know. */
  readonly isUnknown: () => boolean;
}

const JOIN_WORDS = /^(join|inner|left|right|full|cross|natural|outer|semi|anti|asof|lateral)$/;
const SET_WORDS = /^(union|intersect|except|minus)$/;
/** Undefined where the head is no query. */
export function openPipe(head: Run, reader: RunReader): Pipe | undefined {
  const { textOf, findWord, partsOf, wordAt, tokens } = reader;
  /** FROM and WHERE of the query so far, which goes on as long as the next operator may stand beside them. */
  let source = '';
  let conditions: string[] = [];
  /** ORDER BY, LIMIT, OFFSET. */
  let tail = '';
  /** The query itself, where it stands in FROM all alone. */
  let whole: string | undefined;
  /** The name of the only item of FROM, which stays in sight. */
  let alias: string | undefined;
  let isUnknown = false;

  const rest = (run: Run): string => textOf({ from: run.from + 1, to: run.to });
  const where = (): string =>
    conditions.length === 0 ? '' : ` where ${conditions.map((one) => `(${one})`).join(' and ')}`;
  const select = (items: string, after = ''): string =>
    `select ${items} from ${source}${where()}${after}`;
  const text = (): string =>
    whole !== undefined && tail === '' && conditions.length === 0 ? whole : `${select('*')}${tail}`;

  function become(query: string, name?: string): void {
    source = name === undefined ? `(${query})` : `(${query}) as ${name}`;
    alias = name;
    whole = query;
    conditions = [];
    tail = '';
  }

  /** Ends the query so far where the next operator works on what it returns. */
  function close(): void {
    if (tail !== '' || conditions.length > 0) {
      become(text(), alias);
    }
  }

  function closeTail(): void {
    if (tail !== '') {
      become(text(), alias);
    }
  }

  function beginHead(): boolean {
    const word = wordAt(head.from);
    if (head.to <= head.from) {
      return false;
    }
    if (word === 'from' || word === 'table') {
      source = rest(head);
      alias = nameOf({ from: head.from + 1, to: head.to });
      return source !== '';
    }
    if (word === 'values') {
      source = textOf(head);
      return true;
    }
    const inner = textOf(head);
    const isBracketed = word === '';
    source = isBracketed ? inner : `(${inner})`;
    whole = isBracketed ? undefined : inner;
    return true;
  }

  /** Of one table or query, as it may be referred to: its alias, or the last part of its name. */
  function nameOf(run: Run): string | undefined {
    const parts = partsOf(run);
    const isOne =
      parts.length === 1 && findWord(run, ['join', 'lateral', 'pivot', 'unpivot']) === -1;
    const last = tokens.sql.slice(tokens.starts[run.to - 1], tokens.ends[run.to - 1]);
    return isOne && /^[\w`]+$/.test(last) ? last : undefined;
  }

  function selected(run: Run, prefix: string): void {
    closeTail();
    const window = findWord(run, ['window']);
    const items = textOf({ from: run.from, to: window === -1 ? run.to : window });
    const clause = window === -1 ? '' : ` ${textOf({ from: window, to: run.to })}`;
    become(select(`${prefix}${items}`, clause), prefix === '' ? undefined : alias);
  }

  function aggregate(run: Run): string | undefined {
    closeTail();
    const { items, groupBy, because } = readPipeAggregate(run, reader);
    become(select(items, groupBy));
    return because;
  }

  function combine(run: Run): void {
    const by = findWord(run, ['name']);
    const bracket = findBracket(run);
    const start = by === -1 ? (bracket ?? findWord(run, ['table', 'select', 'from'])) : by + 1;
    if (start === -1) {
      isUnknown = true;
      return;
    }
    const words = textOf({ from: run.from, to: start });
    const others = partsOf({ from: start, to: run.to }).map((part) => {
      const isTable = wordAt(part.from) === 'table' || wordAt(part.from) === 'from';
      return isTable ? `(select * from ${rest(part)})` : textOf(part);
    });
    become([`select * from (${text()})`, ...others].join(` ${words} `));
  }

  function findBracket(run: Run): number | undefined {
    for (let at = run.from; at < run.to; at += 1) {
      if (tokens.sql[tokens.starts[at] ?? 0] === '(') {
        return at;
      }
    }
    return undefined;
  }

  function add(run: Run): string | undefined {
    const word = wordAt(run.from);
    if (word === 'where') {
      closeTail();
      isUnknown ||= run.to <= run.from + 1;
      conditions.push(rest(run));
      return undefined;
    }
    if (word === 'select') {
      isUnknown ||= run.to <= run.from + 1;
      selected({ from: run.from + 1, to: run.to }, '');
      return undefined;
    }
    if (word === 'extend' || word === 'window') {
      selected({ from: run.from + 1, to: run.to }, '*, ');
      return undefined;
    }
    if (word === 'order' || word === 'limit' || word === 'offset') {
      if (word === 'order' || (word === 'limit' && tail.includes(' limit '))) {
        closeTail();
      }
      tail += ` ${textOf(run)}`;
      return undefined;
    }
    if (word === 'aggregate') {
      return aggregate(run);
    }
    if (word === 'as') {
      isUnknown ||= run.to !== run.from + 2;
      become(text(), textOf({ from: run.from + 1, to: run.to }));
      return undefined;
    }
    if (word === 'distinct') {
      closeTail();
      become(select('distinct *'), alias);
      return undefined;
    }
    return addOther(word, run);
  }

  function addOther(word: string, run: Run): string | undefined {
    if (word === 'drop' || word === 'set' || word === 'rename') {
      closeTail();
      become(select(word === 'drop' ? `* except (${rest(run)})` : starOf(word, run)), alias);
      return word === 'rename' ? 'renamed columns of a pipe' : undefined;
    }
    if (word === 'pivot' || word === 'unpivot' || word === 'tablesample') {
      close();
      become(`select * from ${source} ${textOf(run)}`);
      return undefined;
    }
    if (JOIN_WORDS.test(word)) {
      close();
      source += ` ${textOf(run)}`;
      alias = undefined;
      whole = undefined;
      return undefined;
    }
    if (SET_WORDS.test(word)) {
      combine(run);
      return undefined;
    }
    if (word === 'call' || word === 'distribute' || word === 'cluster' || word === 'sort') {
      return `${word} of a pipe`;
    }
    isUnknown = true;
    return undefined;
  }

  /** `SET a = x, b = y` replaces columns; a rename is told apart, for not every grammar has one. */
  function starOf(word: string, run: Run): string {
    if (word === 'rename') {
      return '*';
    }
    const replaced = partsOf({ from: run.from + 1, to: run.to }).map(
      ({ from, to }) => `${textOf({ from: from + 2, to })} as ${textOf({ from, to: from + 1 })}`,
    );
    return `* replace (${replaced.join(', ')})`;
  }

  return beginHead() ? { add, text, isUnknown: () => isUnknown } : undefined;
}
