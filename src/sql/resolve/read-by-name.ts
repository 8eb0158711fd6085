import type { Expr, Path } from '../ir.ts';
import { type Binder, noteRelation } from './binder.ts';

type Call = Extract<Expr, { readonly kind: 'call' }>;

/** ClickHouse's functions that look a value up in a dictionary or a join table; the first argument names it. */
const LOOKUPS = /^(?:dictget|dicthas|joinget)/;

/** Notes the relation a function reads by a name written as a string. */
export function noteReadByName(binder: Binder, { name, args }: Call): void {
  const [first] = args;
  const isNamed = first?.kind === 'literal' && first.type === 'string' && first.text !== '';
  if (!isNamed || !LOOKUPS.test(name)) {
    return;
  }
  const path: Path = first.text.split('.').map((part) => ({ name: part, quoted: true }));
  const found = binder.context.schema.findRelation(path, binder.context.names);
  const isFound = found.kind === 'found';
  noteRelation(binder, isFound ? found.relation.id : found.id, isFound);
}
