/**
 * Where statements stand in a file: 12 bytes a statement instead of its text, so that a sample of a million statements can
 * be fetched again at once. Ids are kept as 32-bit hashes; whoever reads a line checks that it is the one.
 */
export class OffsetIndex {
  #hashes = new Int32Array(1024);
  /** Byte offset plus one; 0 is an empty place. */
  #offsets = new Float64Array(1024);
  #size = 0;

  add(id: string, offset: number): void {
    if (this.#size * 2 >= this.#hashes.length) {
      this.#grow();
    }
    this.#place(hashOf(id), offset + 1);
    this.#size += 1;
  }

  /** Offsets where the id may stand. */
  find(id: string): readonly number[] {
    const hash = hashOf(id);
    const found: number[] = [];
    let at = this.#start(hash);
    for (;;) {
      const offset = this.#offsets[at] ?? 0;
      if (offset === 0) {
        return found;
      }
      if (this.#hashes[at] === hash) {
        found.push(offset - 1);
      }
      at = (at + 1) & (this.#hashes.length - 1);
    }
  }

  clear(): void {
    this.#hashes = new Int32Array(1024);
    this.#offsets = new Float64Array(1024);
    this.#size = 0;
  }

  #place(hash: number, offset: number): void {
    let at = this.#start(hash);
    while (this.#offsets[at] !== 0) {
      if (this.#hashes[at] === hash && this.#offsets[at] === offset) {
        return;
      }
      at = (at + 1) & (this.#hashes.length - 1);
    }
    this.#hashes[at] = hash;
    this.#offsets[at] = offset;
  }

  #start(hash: number): number {
    return hash & (this.#hashes.length - 1);
  }

  #grow(): void {
    const hashes = this.#hashes;
    const offsets = this.#offsets;
    this.#hashes = new Int32Array(hashes.length * 2);
    this.#offsets = new Float64Array(hashes.length * 2);
    for (const [at, offset] of offsets.entries()) {
      if (offset !== 0) {
        this.#place(hashes[at] ?? 0, offset);
      }
    }
  }
}

/** FNV-1a over UTF-16 units, mixed so that the low bits are good. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) | 0;
}
