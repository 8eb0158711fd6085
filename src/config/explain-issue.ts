import { z } from 'zod';

/** A zod issue as the place it is about and a sentence that says what to write instead. */
export interface ExplainedIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Turns one schema issue into sentences; an issue about several unknown keys becomes one sentence a key. */
export function explainIssue(issue: z.core.$ZodIssue, root: z.ZodType): readonly ExplainedIssue[] {
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(root, issue.path);
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      message: `unknown setting; ${suggest(key, known)}`,
    }));
  }
  const told = issue.input === undefined ? 'is missing' : `is ${show(issue.input)}`;
  return [{ path: issue.path, message: `${told}; ${advice(issue)}` }];
}

function advice(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') {
    return `write ${articled(issue.expected)}`;
  }
  if (issue.code === 'invalid_value') {
    return `write one of ${issue.values.map((value) => `\`${String(value)}\``).join(', ')}`;
  }
  if (issue.code === 'too_small') {
    return `write ${bound(issue.origin)} of at least ${String(issue.minimum)}`;
  }
  return issue.code === 'too_big'
    ? `write ${bound(issue.origin)} of at most ${String(issue.maximum)}`
    : issue.message;
}

function bound(origin: string): string {
  return origin === 'string'
    ? 'a text with a length'
    : origin === 'array'
      ? 'a list with a length'
      : 'a number';
}

function articled(expected: string): string {
  const words: Record<string, string> = {
    string: 'a text',
    number: 'a number',
    int: 'a whole number',
    boolean: '`true` or `false`',
    object: 'a section of `name: value` lines',
    array: 'a list of `- item` lines',
  };
  return words[expected] ?? expected;
}

/** What stands there, shortened; texts may hold secrets and are not repeated. */
function show(input: unknown): string {
  if (typeof input === 'string') {
    return 'not an accepted text';
  }
  if (typeof input === 'number' || typeof input === 'boolean' || input === null) {
    return String(input);
  }
  return Array.isArray(input) ? 'a list' : 'a section';
}

function suggest(key: string, known: readonly string[]): string {
  const nearest = known
    .map((name) => ({ name, distance: editDistance(key.toLowerCase(), name.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance)[0];
  if (nearest !== undefined && nearest.distance <= Math.max(2, key.length / 3)) {
    return `did you mean \`${nearest.name}\`?`;
  }
  return known.length === 0 ? 'remove it' : `known here: ${known.join(', ')}`;
}

/** The keys the schema knows at a path, through defaults, optionals and unions. */
function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  const shapes = objectsAt([schema], path);
  return [...new Set(shapes.flatMap((shape) => Object.keys(shape)))];
}

function objectsAt(
  schemas: readonly z.ZodType[],
  path: readonly PropertyKey[],
): readonly Record<string, z.ZodType>[] {
  const inner = schemas.flatMap(unwrap);
  const [head, ...rest] = path;
  const shapes = inner.flatMap((schema) =>
    schema instanceof z.ZodObject ? [schema.shape as Record<string, z.ZodType>] : [],
  );
  if (head === undefined) {
    return shapes;
  }
  if (typeof head === 'number') {
    const items = inner.flatMap((schema) =>
      schema instanceof z.ZodArray ? [schema.element as z.ZodType] : [],
    );
    return objectsAt(items, rest);
  }
  return objectsAt(
    shapes.flatMap((shape) => shape[String(head)] ?? []),
    rest,
  );
}

function unwrap(schema: z.ZodType): readonly z.ZodType[] {
  if (schema instanceof z.ZodUnion || schema instanceof z.ZodDiscriminatedUnion) {
    return (schema.options as readonly z.ZodType[]).flatMap(unwrap);
  }
  if (schema instanceof z.ZodPipe) {
    return unwrap(schema.in as z.ZodType);
  }
  const definition = schema.def as { readonly innerType?: z.ZodType };
  return definition.innerType === undefined ? [schema] : unwrap(definition.innerType);
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, left] of Array.from(a).entries()) {
    const next = [i + 1];
    for (const [j, right] of Array.from(b).entries()) {
      next.push(
        Math.min(
          (next[j] ?? 0) + 1,
          (row[j + 1] ?? 0) + 1,
          (row[j] ?? 0) + (left === right ? 0 : 1),
        ),
      );
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
