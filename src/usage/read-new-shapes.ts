import type { Shape } from '../sql/query-shape.ts';
import type { Interpreted, InterpretedUse } from './interpret-row.ts';
import {
  findTemplateOf,
  type InterpretedRow,
  scopeOf,
  variantFingerprint,
} from './scoped-fingerprint.ts';
import type { ReadShapes, ScopedFingerprint, ShapeRequest, UsageLog } from './usage-ports.ts';

/** A statement that was read: where it ran, and its shape there. */
export interface Reading {
  readonly asked: ScopedFingerprint;
  readonly normalForm: string;
  readonly shape: Shape;
  /** The known template this is the new shape of. */
  readonly replaces?: string;
}

export interface ReadNewShapesParts {
  readonly log: UsageLog;
  readonly readShapes: ReadShapes;
  readonly signal?: AbortSignal | undefined;
}

const TEXTS_PER_CALL = 500;

const notRead: Shape = {
  level: 'lexer',
  reader: 'tokens',
  statement: 'other',
  relations: [],
  columns: [],
  joins: [],
  lineage: [],
  notUnderstood: ['not read'],
};

/** Reads each statement of the group that is not known, or known but stale: once, from the first text met. */
export async function readNewShapes(
  group: readonly InterpretedRow<Interpreted>[],
  parts: ReadNewShapesParts,
): Promise<readonly Reading[]> {
  const wanted = new Map<string, Wanted>();
  for (const { row, meaning } of group) {
    if (meaning.kind === 'skip') {
      continue;
    }
    const known = findTemplateOf(meaning, { row, log: parts.log });
    const isOwnText = known === undefined || meaning.templateFingerprint === meaning.fingerprint;
    if (known !== undefined && !(known.isStale && isOwnText)) {
      continue;
    }
    const asked = { fingerprint: meaning.fingerprint, ...scopeOf(row) };
    const key = variantFingerprint(asked);
    if (!wanted.has(key)) {
      wanted.set(key, { asked, use: meaning, text: row.text, replaces: known?.fingerprint });
    }
  }
  return readAll([...wanted], parts);
}

/** Reads in bounded calls; what the port leaves out counts as not read. */
export async function readTexts(
  requests: readonly ShapeRequest[],
  { readShapes, signal }: Pick<ReadNewShapesParts, 'readShapes' | 'signal'>,
): Promise<(fingerprint: string) => Shape> {
  const shapes = new Map<string, Shape>();
  for (let from = 0; from < requests.length; from += TEXTS_PER_CALL) {
    signal?.throwIfAborted();
    const some = await readShapes(requests.slice(from, from + TEXTS_PER_CALL), signal);
    for (const [fingerprint, shape] of some) {
      shapes.set(fingerprint, shape);
    }
  }
  return (fingerprint) => shapes.get(fingerprint) ?? notRead;
}

export function shapeRequest(
  text: string,
  { fingerprint, database, schema }: ScopedFingerprint,
): ShapeRequest {
  return {
    fingerprint,
    text,
    ...(database === '' ? {} : { database }),
    ...(schema === '' ? {} : { schema }),
  };
}

interface Wanted {
  readonly asked: ScopedFingerprint;
  readonly use: InterpretedUse;
  readonly text: string;
  readonly replaces: string | undefined;
}

/** One fingerprint may be wanted in several scopes, so the port is asked under keys that tell them apart. */
async function readAll(
  wanted: readonly (readonly [string, Wanted])[],
  parts: ReadNewShapesParts,
): Promise<readonly Reading[]> {
  const shapeOf = await readTexts(
    wanted.map(([key, { asked, text }]) => shapeRequest(text, { ...asked, fingerprint: key })),
    parts,
  );
  return wanted.map(([key, { asked, use, replaces }]) => ({
    asked,
    normalForm: use.normalForm,
    shape: shapeOf(key),
    ...(replaces === undefined ? {} : { replaces }),
  }));
}
