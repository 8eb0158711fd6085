/** A column of a result as the protocol tells its type. */
export interface TypedField {
  readonly name: string;
  readonly dataTypeID: number;
  readonly dataTypeModifier: number;
}

/** Asks the server over the connection whose result it was. */
export type AskTypeNames = (sql: string) => Promise<readonly (readonly string[])[]>;

/** Numbers below are the server's own types, the same in every database; above, somebody's, who may drop and rename them. */
const FIRST_OF_OTHERS = 16_384;

/** Names of types with their modifiers, as the server writes them: `numeric(12,2)`. Asked once for each. */
export class TypeNames {
  readonly #known = new Map<string, string>();

  async of(fields: readonly TypedField[], ask: AskTypeNames): Promise<readonly string[]> {
    const keys = fields.map(keyOf);
    const missing = [...new Set(keys.filter((key) => !this.#known.has(key)))];
    const asked = new Map<string, string>();
    if (missing.length > 0) {
      const rows = await ask(
        `select v.key, pg_catalog.format_type(v.id, v.modifier)
from (values ${missing.map((key) => `('${key}', ${key.replace('/', '::oid, ')})`).join(', ')}) as v(key, id, modifier)`,
      );
      for (const [key = '', name = ''] of rows) {
        asked.set(key, name);
        if (Number(key.split('/')[0]) < FIRST_OF_OTHERS) {
          this.#known.set(key, name);
        }
      }
    }
    return keys.map((key) => this.#known.get(key) ?? asked.get(key) ?? 'unknown');
  }
}

/** Numbers only, by construction. */
function keyOf({ dataTypeID, dataTypeModifier }: TypedField): string {
  return `${Math.trunc(dataTypeID)}/${Math.trunc(dataTypeModifier)}`;
}
