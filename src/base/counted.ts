/** `1 run`, `2 runs`: a count with its noun, and with the plural that does not merely take an s. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}
