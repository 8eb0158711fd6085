import { type Patience, Places } from '../places.ts';

/** Does a piece of work when its turn comes; who waits may be called off, and run out of time. */
export type Turn = <Result>(work: () => Promise<Result>, patience: Patience) => Promise<Result>;

/** Lets so many pieces of work run at once; the others wait, first come, first served. */
export function turns(of: { readonly name: string; readonly size: number }): Turn {
  const places = new Places(of);
  return async (work, patience) => {
    await places.take(patience);
    try {
      return await work();
    } finally {
      places.give();
    }
  };
}
