/** Characters remembered at most: 64 MB. */
const MOST = 32_000_000;

/** Texts by hash, in memory only (they hold literals); the longest unused ones are forgotten, and read again. */
export class SeenTexts {
  readonly #texts = new Map<string, string>();
  #length = 0;

  get(hash: string): string | undefined {
    const text = this.#texts.get(hash);
    if (text !== undefined) {
      this.#texts.delete(hash);
      this.#texts.set(hash, text);
    }
    return text;
  }

  add(hash: string, text: string): void {
    this.#length += text.length - (this.#texts.get(hash)?.length ?? 0);
    this.#texts.set(hash, text);
    for (const [oldest, forgotten] of this.#texts) {
      if (this.#length <= MOST) {
        return;
      }
      this.#texts.delete(oldest);
      this.#length -= forgotten.length;
    }
  }
}
