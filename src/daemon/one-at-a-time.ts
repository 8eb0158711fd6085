export interface Turn {
  <Result>(work: () => Promise<Result>): Promise<Result>;
  /** Whether something runs or waits to run. */
  readonly isTaken: () => boolean;
}

/** Runs whatever it is given one after the other, in the order asked, whether the one before succeeded or not. */
export function oneAtATime(): Turn {
  let before: Promise<unknown> = Promise.resolve();
  let taken = 0;
  function turn<Result>(work: () => Promise<Result>): Promise<Result> {
    taken += 1;
    const mine = before.then(work, work).finally(() => {
      taken -= 1;
    });
    before = mine.then(
      () => undefined,
      () => undefined,
    );
    return mine;
  }
  return Object.assign(turn, { isTaken: () => taken > 0 });
}
