import type { Agreement, Shape } from './query-shape.ts';

/** What two readings of one text are compared by. */
export type Reads = Pick<Shape, 'level' | 'reader' | 'relations' | 'columns'>;

/**
 * Compares what two readers made of one text, resolved alike: the relations it names, and where both were wholly resolved
 * and both represent expressions, the columns it uses.
 */
export function agreementOf(shapes: readonly Reads[], witness: readonly Reads[]): Agreement {
  const reader = witness[0]?.reader ?? 'tokens';
  if (!isSame(relationsOf(shapes), relationsOf(witness))) {
    return { kind: 'differs', reader, on: 'relations' };
  }
  const both = [...shapes, ...witness];
  if (both.some(({ level }) => level !== 'full')) {
    return { kind: 'agrees', reader, on: 'relations' };
  }
  const kind = isSame(columnsOf(shapes), columnsOf(witness)) ? 'agrees' : 'differs';
  return { kind, reader, on: 'columns' };
}

/** A shape with what a second reader said of it; where they differ, it is a fact that is not understood. */
export function witnessed(shape: Shape, witness: Reads): Shape {
  const agreement = agreementOf([shape], [witness]);
  if (agreement.kind === 'agrees') {
    return { ...shape, agreement };
  }
  return {
    ...shape,
    agreement,
    level: shape.level === 'full' ? 'partial' : shape.level,
    notUnderstood: [...shape.notUnderstood, differenceOf(agreement)],
  };
}

/** The reason for `partial` where readers differ. */
export function differenceOf({ reader, on }: Agreement): string {
  return `${reader} reads other ${on}`;
}

function relationsOf(shapes: readonly Reads[]): ReadonlySet<string> {
  return new Set(
    shapes.flatMap(({ relations }) =>
      relations.filter(({ via }) => via === 'named').map(({ relation }) => relation),
    ),
  );
}

function columnsOf(shapes: readonly Reads[]): ReadonlySet<string> {
  return new Set(
    shapes.flatMap(({ columns }) =>
      columns.map(({ relation, column }) => JSON.stringify([relation, column])),
    ),
  );
}

function isSame(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  return some.size === others.size && [...some].every((one) => others.has(one));
}
