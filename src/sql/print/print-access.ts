import type { BoundExpr } from '../bound.ts';
import type { Dialect } from '../dialect.ts';
import { WRITING_RULES } from '../dialects/writing.ts';
import { quoteName } from './quote-name.ts';
import { Unprintable } from './unprintable.ts';

export interface AccessParts {
  readonly dialect: Dialect;
  readonly text: (expr: BoundExpr) => string;
}

/** `t1.s.x`, `t1.a[1]`: fields of a struct and elements of an array, step by step. */
export function printAccess(
  { base, steps }: Extract<BoundExpr, { kind: 'access' }>,
  { dialect, text }: AccessParts,
): string {
  const { fields } = WRITING_RULES[dialect.name];
  const [first] = steps;
  const isBare = base.kind === 'ref' && (first?.kind !== 'field' || fields === 'dotted');
  return steps.reduce(
    (before, step) => {
      if (step.kind === 'index') {
        return `${before}[${text(step.index)}]`;
      }
      if (fields === 'unsure') {
        throw new Unprintable('the field of a value');
      }
      return `${before}.${quoteName(step.name, dialect.name)}`;
    },
    isBare ? text(base) : `(${text(base)})`,
  );
}
