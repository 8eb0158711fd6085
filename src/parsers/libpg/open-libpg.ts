import type { NativeReader } from '../reader.ts';
import { adapted, GrammarError } from '../reader.ts';
import { readStatements } from './read-statements.ts';

const FINGERPRINT = /^[0-9a-f]{16}$/;

/** Loads PostgreSQL's own parser (1.7 MB of WebAssembly, some 30 ms): what it refuses is no PostgreSQL. */
export async function openLibpg(): Promise<NativeReader> {
  const { fingerprintSync, loadModule, parseSync, SqlError } = await import('libpg-query');
  await loadModule();

  return {
    async refusalOf(sql) {
      if (sql.trim() === '') {
        return undefined;
      }
      if (sql.includes('\0')) {
        return 'a text cannot hold the character 0';
      }
      const answer = hashOrMessage(() => fingerprintSync(sql));
      return FINGERPRINT.test(answer) ? undefined : answer;
    },
    async read(sql) {
      try {
        const result = parseSync(sql);
        return adapted(() => readStatements(result));
      } catch (error) {
        throw error instanceof SqlError ? new GrammarError(error.message, { cause: error }) : error;
      }
    },
  };
}

/** Half the price of a tree. Where it fails it throws its message, or returns it in place of the hash. */
function hashOrMessage(hash: () => string): string {
  try {
    return hash();
  } catch (error) {
    if (error instanceof Error && error.name === 'Error') {
      return error.message;
    }
    throw error;
  }
}
