const QUIET_MS = 5_000;
let lastAt = performance.now();

/** Says on stderr how far long work is, at most every few seconds. */
export function progress(
  work: string,
  { done, of }: { readonly done: number; readonly of: number },
): void {
  const now = performance.now();
  if (now - lastAt >= QUIET_MS) {
    lastAt = now;
    say(`${work}: ${done} of ${of}`);
  }
}

/** One line on stderr. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
