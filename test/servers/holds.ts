/** A statement that is not begun until somebody lets it go: as one that takes long. */
export interface Hold {
  /** Resolves once a statement came that is held. */
  readonly begun: Promise<void>;
  letGo(): void;
}

/** Each holds the next statement that matches. */
export class Holds {
  readonly #waiting: { readonly when: RegExp; begin(): void; readonly until: Promise<void> }[] = [];

  add(when: RegExp): Hold {
    const begun = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<void>();
    this.#waiting.push({ when, begin: begun.resolve, until: gone.promise });
    return { begun: begun.promise, letGo: gone.resolve };
  }

  /** Until when this statement is held; nothing where it is not. */
  take(sql: string): Promise<void> | undefined {
    const at = this.#waiting.findIndex(({ when }) => when.test(sql));
    const [found] = at < 0 ? [] : this.#waiting.splice(at, 1);
    found?.begin();
    return found?.until;
  }
}
