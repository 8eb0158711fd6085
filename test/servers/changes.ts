/** Which table a statement changes the rows of, or makes. */
const CHANGES =
  /^\s*(?:\/\*[\s\S]*?\*\/\s*)*(?:INSERT\s+INTO|INSERT\s+OVERWRITE|UPDATE|DELETE\s+FROM|MERGE\s+INTO|TRUNCATE\s+TABLE|CREATE\s+(?:OR\s+REPLACE\s+)?(?:TRANSIENT\s+)?TABLE(?:\s+IF\s+NOT\s+EXISTS)?)\s+([^\s(]+)/i;

/** SQL for a moment that is another one once the definition is: DuckDB remembers none. */
export function changedAt(definition: string): string {
  return `timestamptz '2024-01-01 00:00:00+00' + to_milliseconds((hash(${definition}) % 1000000000000)::bigint)`;
}

/** Counts what happens to each table, as warehouses do and DuckDB does not. */
export class Changes {
  #all = 0;
  readonly #last = new Map<string, number>();

  /** Grows with each change of the table; of what was never told, with each change of anything. */
  lastOf(table: string): number {
    return this.#last.get(keyOf(table)) ?? this.#all + 1;
  }

  note(sql: string): void {
    const table = CHANGES.exec(sql)?.[1];
    if (table !== undefined) {
      this.#all += 1;
      this.#last.set(keyOf(table), this.#all);
    }
  }
}

/** Schema and name, however they are quoted and cased. */
function keyOf(table: string): string {
  return table.replaceAll(/["`]/g, '').split('.').slice(-2).join('.').toUpperCase();
}
