import type { InterpretedUse } from './interpret-row.ts';
import type { Reader } from './template.ts';
import { readerKey } from './template-use.ts';

/** One number for each day and way of asking: equal numbers, equal `day` and `askerKey`. */
export interface AskerNumbers {
  of(use: Pick<InterpretedUse, 'day' | 'reader' | 'client' | 'role' | 'servedBy'>): number;
}

/** Days and askers of one group of rows; far more than either has. */
const MOST_ASKERS = 2 ** 26;

/** Numbers instead of long texts: they are looked up once for every run. */
export function askerNumbers(): AskerNumbers {
  const days = new Map<string, number>();
  const readers = new Map<string, number>();
  const known = new WeakMap<Reader, number>();
  const askers = new Map<string, number>();

  function readerNumber(reader: Reader): number {
    let number = known.get(reader);
    if (number === undefined) {
      number = numberOf(readers, readerKey(reader));
      known.set(reader, number);
    }
    return number;
  }

  return {
    of({ day, reader, client, role, servedBy }) {
      const served = servedBy.kind === 'base' ? '' : `${servedBy.kind}\0${servedBy.mart}`;
      const asker = `${readerNumber(reader)}\0${client}\0${role}\0${served}`;
      return numberOf(days, day) * MOST_ASKERS + numberOf(askers, asker);
    },
  };
}

function numberOf(numbers: Map<string, number>, key: string): number {
  let number = numbers.get(key);
  if (number === undefined) {
    number = numbers.size;
    numbers.set(key, number);
  }
  return number;
}
