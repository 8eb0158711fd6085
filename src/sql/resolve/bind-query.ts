import type { RelationId } from '../../base/relation.ts';
import type { BoundQuery } from '../bound.ts';
import type { Query } from '../ir.ts';
import { bindExpr } from './bind-expr.ts';
import { bindFrom } from './bind-from.ts';
import { bindWhole } from './bind-whole.ts';
import type { BindContext, Binder, NodeMarks, RelationSeen } from './binder.ts';

/** Selects a statement may have with every CTE and view copied where it is read; real ones have a few dozen. */
const MOST_COPIED = 400;
/** And with each bound once. */
const MOST_SHARED = 20_000;
/** Calls of functions written in SQL, those in their bodies among them. */
const MOST_INLINED = 2_000;

export interface QueryBinding {
  readonly query: BoundQuery;
  /** One clause each, stable and countable. Empty: every name was resolved. */
  readonly notUnderstood: readonly string[];
  /** Every relation read, in order of appearance. */
  readonly relations: ReadonlyMap<RelationId, RelationSeen>;
  readonly marks: NodeMarks;
}

/**
 * Resolves a parsed query against a schema. Never throws for a query the parsers made; what cannot be resolved
 * becomes an opaque node and a reason. A query that grows beyond bounds, its CTEs and views copied to
 * each place they are read at, comes back opaque as a whole.
 */
export function bindQuery(query: Query, context: BindContext): QueryBinding {
  const { isShared, ...binding } = bindForFacts(query, context);
  if (!isShared) {
    return binding;
  }
  const { outputs } = binding.query;
  return {
    ...binding,
    query: { body: { kind: 'opaque-query', because: TOO_LARGE }, outputs, orderBy: [] },
    notUnderstood: [...binding.notUnderstood, TOO_LARGE],
  };
}

export interface FactsBinding extends QueryBinding {
  /**
   * The same CTE or view stands as one object wherever it is read, occurrence numbers and all: good for
   * telling what is read, not for matching or printing.
   */
  readonly isShared: boolean;
}

/** As `bindQuery`, but a query too large to be copied out is bound with shared parts instead. */
export function bindForFacts(query: Query, context: BindContext): FactsBinding {
  const copied = bindWith(query, { context, shares: false });
  const isShared = copied.notUnderstood.includes(TOO_LARGE);
  const binding = isShared ? bindWith(query, { context, shares: true }) : copied;
  return { ...binding, isShared };
}

const TOO_LARGE = 'statement too large';

interface Manner {
  readonly context: BindContext;
  readonly shares: boolean;
}

function bindWith(query: Query, manner: Manner): QueryBinding {
  const binder = startBinder(manner);
  const bound = binder.bindQuery(binder, query, { ctes: [] }).query;
  const { notes, relations, marks } = binder;
  return { query: bound, notUnderstood: [...notes], relations, marks };
}

function startBinder({ context, shares }: Manner): Binder {
  let occ = 0;
  let selects = 0;
  let inlined = 0;
  const most = shares ? MOST_SHARED : MOST_COPIED;
  const notes = new Set<string>();
  return {
    context,
    notes,
    relations: new Map(),
    unknownColumns: new Map(),
    marks: { merged: new Map(), dotted: new Set(), filled: new Map() },
    openViews: [],
    ...(shares ? { shared: new Map() } : {}),
    nextOcc() {
      occ += 1;
      return occ;
    },
    mayBindMore() {
      selects += 1;
      if (selects > most) {
        notes.add(TOO_LARGE);
        return false;
      }
      return true;
    },
    mayInlineMore() {
      inlined += 1;
      if (inlined > MOST_INLINED) {
        notes.add(TOO_LARGE);
        return false;
      }
      return true;
    },
    bindQuery: bindWhole,
    bindFrom,
    bindExpr,
  };
}
