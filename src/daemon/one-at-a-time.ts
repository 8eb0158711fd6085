/** Runs whatever it is given one after the other, in the order asked, whether the one before succeeded or not. */
export function oneAtATime(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let before: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = before.then(work, work);
    before = mine.then(
      () => undefined,
      () => undefined,
    );
    return mine;
  };
}
