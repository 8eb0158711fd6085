import { textResult, type WireResult } from './snowflake-results.ts';

interface Begun {
  readonly sql: string;
  readonly user: string;
  readonly tag: string;
  cancel(): void;
}

/** Statements that have not ended, as the account tells and cancels them. */
export class RunningStatements {
  readonly #begun = new Map<string, Begun>();

  begin(queryId: string, begun: Begun): void {
    this.#begun.set(queryId, begun);
  }

  get count(): number {
    return this.#begun.size;
  }

  end(queryId: string): void {
    this.#begun.delete(queryId);
  }

  /** The answer to a statement that asks for them; nothing for any other. */
  answer(sql: string, user: string): WireResult | undefined {
    const own = [...this.#begun].filter(([, begun]) => begun.user === user);
    if (/\bquery_history_by_user\s*\(\s*result_limit => \d+\)/i.test(sql)) {
      const ours = own.filter(([, { tag }]) => tag.startsWith('{"app":"goldsmith"'));
      return textResult(
        ['QUERY_ID', 'QUERY_TEXT'],
        ours.map(([id, begun]) => [id, begun.sql]),
      );
    }
    const id = /^select system\$cancel_query\('([^']*)'\)/i.exec(sql)?.[1];
    if (id === undefined) {
      return undefined;
    }
    own.find(([each]) => each === id)?.[1].cancel();
    return textResult(['CANCELLED'], [[`query [${id}] terminated.`]]);
  }
}
