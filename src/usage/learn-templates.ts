import type { HistoryRow, HistorySource } from '../connectors/history-row.ts';
import type { Shape } from '../sql/query-shape.ts';
import type { InterpretedUse } from './interpret-row.ts';
import { readTexts, shapeRequest } from './read-texts.ts';
import type { Booking } from './roll-up.ts';
import { findTemplateOf, isOwnText, variantFingerprint } from './scoped-fingerprint.ts';
import { shapeDigestOf } from './shape-digest.ts';
import type { ShapeKeys } from './shape-keys.ts';
import type { ReadShapes, ScopedFingerprint, UsageLog, UsageWriter } from './usage-ports.ts';

export interface LearnTemplatesParts {
  readonly source: HistorySource;
  readonly log: UsageLog;
  readonly readShapes: ReadShapes;
  readonly shapeKeys: ShapeKeys;
  readonly signal?: AbortSignal | undefined;
}

export interface Learned {
  readonly newTemplates: number;
  readonly rereadTemplates: number;
}

export const noneLearned: Learned = { newTemplates: 0, rereadTemplates: 0 };

export function addLearned(a: Learned, b: Learned): Learned {
  return {
    newTemplates: a.newTemplates + b.newTemplates,
    rereadTemplates: a.rereadTemplates + b.rereadTemplates,
  };
}

/** A text whose template is not known, or known but stale. */
export interface UnreadText {
  readonly asked: ScopedFingerprint;
  readonly normalForm: string;
  readonly text: string;
  /** The stale template this gives a new shape. */
  readonly replaces: string | undefined;
}

/** Texts that are being read: their templates will be known before the runs are kept that are booked on them. */
export interface PendingTexts {
  has(asked: ScopedFingerprint): boolean;
  hasFingerprint(fingerprint: string): boolean;
}

export interface UnreadTextParts {
  readonly log: UsageLog;
  readonly pending: PendingTexts;
  readonly use: InterpretedUse;
  readonly row: HistoryRow;
}

/** What is to be read for a booking, given one of its texts; nothing when its template is known and holds, or is being read. */
export function unreadText(
  booking: Booking,
  { log, pending, use, row }: UnreadTextParts,
): UnreadText | undefined {
  const isPending =
    pending.has(booking) ||
    (!isOwnText(booking) && pending.hasFingerprint(booking.templateFingerprint));
  if (isPending) {
    return undefined;
  }
  const known = findTemplateOf(booking, log);
  if (known !== undefined && !(known.isStale && isOwnText(booking))) {
    return undefined;
  }
  const { fingerprint, database, schema } = booking;
  return {
    asked: { fingerprint, database, schema },
    normalForm: use.normalForm,
    text: row.text,
    replaces: known?.fingerprint,
  };
}

/** Reads texts into shapes, for `keepTemplates`. */
export function readUnread(
  texts: readonly UnreadText[],
  parts: LearnTemplatesParts,
): Promise<(fingerprint: string) => Shape> {
  return readTexts(
    texts.map(({ asked, text }) =>
      shapeRequest(text, { ...asked, fingerprint: variantFingerprint(asked) }),
    ),
    parts,
  );
}

/**
 * Keeps what was read as templates, before the runs that brought the texts: a template without runs says nothing, runs
 * without their template would be lost.
 */
export function keepTemplates(
  texts: readonly UnreadText[],
  { shapeOf, ...parts }: LearnTemplatesParts & { readonly shapeOf: (fingerprint: string) => Shape },
): Learned {
  const learned = { newTemplates: 0, rereadTemplates: 0, sameTemplates: 0 };
  parts.log.write(parts.source.name, (writer) => {
    for (const each of texts) {
      const shape = shapeOf(variantFingerprint(each.asked));
      learned[keepShape(each, { ...parts, writer, shape })] += 1;
    }
  });
  return { newTemplates: learned.newTemplates, rereadTemplates: learned.rereadTemplates };
}

type KeepShapeParts = Pick<LearnTemplatesParts, 'log' | 'shapeKeys'> & {
  readonly writer: UsageWriter;
  readonly shape: Shape;
};

/** In a scope where it reads the same, a statement is the template already known. */
function keepShape(
  { asked, normalForm, replaces }: UnreadText,
  { log, writer, shape, shapeKeys }: KeepShapeParts,
): keyof Learned | 'sameTemplates' {
  const first = log.findFingerprint(asked.fingerprint);
  if (replaces === undefined && first !== undefined && first.shapeDigest === shapeDigestOf(shape)) {
    writer.bindScope(asked, first.fingerprint);
    return 'sameTemplates';
  }
  const own = first === undefined ? asked.fingerprint : variantFingerprint(asked);
  writer.putTemplate(
    { fingerprint: replaces ?? own, normalForm, shape },
    { asked, shapeKey: shapeKeys.of(shape) },
  );
  return replaces === undefined ? 'newTemplates' : 'rereadTemplates';
}
