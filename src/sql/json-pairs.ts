const DEEPEST = 4;
const MOST_PAIRS = 100;
const LONGEST_VALUE = 500;

/** Adds the scalars of a JSON object, nested keys dotted; text that is no JSON adds nothing. First mention wins. */
export function readJsonPairs(json: string, pairs: Map<string, string>): void {
  const value = parsed(json);
  if (isObject(value)) {
    addPairs(value, { pairs, prefix: '', depth: 1 });
  }
}

interface Place {
  readonly pairs: Map<string, string>;
  readonly prefix: string;
  readonly depth: number;
}

function addPairs(
  object: Readonly<Record<string, unknown>>,
  { pairs, prefix, depth }: Place,
): void {
  for (const [key, value] of Object.entries(object)) {
    const name = prefix === '' ? key : `${prefix}.${key}`;
    if (pairs.size >= MOST_PAIRS || pairs.has(name)) {
      continue;
    }
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      pairs.set(name, String(value).slice(0, LONGEST_VALUE));
    } else if (isObject(value) && depth < DEEPEST) {
      addPairs(value, { pairs, prefix: name, depth: depth + 1 });
    }
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
