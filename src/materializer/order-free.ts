/**
 * Whether a view's answer follows from the rows it reads, whatever their order: nothing in its text but joins, filters, groups and
 * functions known to be of that kind. Conservative: what is not known counts as depending on it.
 */
export function isOrderFree(text: string): boolean {
  const plain = text.replaceAll(/'(?:[^']|'')*'/g, "''").replaceAll(/"(?:[^"]|"")*"/g, 'quoted');
  const called = [...plain.matchAll(/([a-z_][a-z0-9_]*)\s*\(/gi)].map(([, name = '']) => name);
  return (
    !ORDERED.test(plain) && called.every((name) => KNOWN.has(name.toLowerCase()) || name === 'as')
  );
}

const ORDERED =
  /\b(limit|offset|fetch|over|lateral|tablesample|recursive|ordinality|double|real|float[48]?|ctid|current_\w+|now|random)\b|\bdistinct\s+on\b/i;

/** Keywords that stand before brackets, and functions whose result is that of their arguments alone. */
const KNOWN: ReadonlySet<string> = new Set(
  `and or not in on as from join where when then else case select exists any all using values by having cast union except intersect with
numeric decimal varchar char character varying timestamp time interval quoted
count sum min max bool_and bool_or abs round floor ceil ceiling coalesce nullif greatest least lower upper trim btrim ltrim rtrim
length date_trunc extract date_part to_char substring left right replace concat mod sign`.split(
    /\s+/,
  ),
);
