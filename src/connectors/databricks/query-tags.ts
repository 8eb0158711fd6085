import { z } from 'zod';

const tagged = z.record(z.string(), z.string().nullable());

/** Tags by name, out of an object, a list of `{key, value}` (a Parquet map) or the text of an object; a key may stand alone. */
export function queryTagsOf(tags: unknown): Readonly<Record<string, string>> {
  const told = typeof tags === 'string' ? parsed(tags) : tags;
  const members = Array.isArray(told)
    ? Object.fromEntries(
        told.map((one: { key?: unknown; value?: unknown }) => [one.key, one.value ?? null]),
      )
    : told;
  const read = tagged.safeParse(members ?? {}).data ?? {};
  return Object.fromEntries(Object.entries(read).map(([key, value]) => [key, value ?? '']));
}

/** What is no JSON (a download's own way of writing a map) tells no tags. */
function parsed(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) {
      throw error;
    }
    return {};
  }
}
