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

/** Shapes are large, so only so many stand in memory at a time. */
const TEXTS_PER_CALL = 128;

/** A text whose template is not known, or known but stale. */
export interface UnreadText {
  readonly asked: ScopedFingerprint;
  readonly normalForm: string;
  readonly text: string;
  /** The stale template this gives a new shape. */
  readonly replaces: string | undefined;
}

/** What is to be read for a booking, given one of its texts; nothing when its template is known and holds. */
export function unreadText(
  booking: Booking,
  {
    log,
    use,
    row,
  }: { readonly log: UsageLog; readonly use: InterpretedUse; readonly row: HistoryRow },
): UnreadText | undefined {
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

/**
 * Reads texts into templates. They are kept before the runs that brought them: a template without runs says
 * nothing, runs without their template would be lost.
 */
export async function learnTemplates(
  texts: readonly UnreadText[],
  parts: LearnTemplatesParts,
): Promise<Learned> {
  const learned = { newTemplates: 0, rereadTemplates: 0, sameTemplates: 0 };
  const read = (some: readonly UnreadText[]) =>
    readTexts(
      some.map(({ asked, text }) =>
        shapeRequest(text, { ...asked, fingerprint: variantFingerprint(asked) }),
      ),
      parts,
    );
  for await (const { some, shapeOf } of readAhead(texts, read)) {
    parts.log.write(parts.source.name, (writer) => {
      for (const each of some) {
        const shape = shapeOf(variantFingerprint(each.asked));
        learned[keepShape(each, { ...parts, writer, shape })] += 1;
      }
    });
  }
  return { newTemplates: learned.newTemplates, rereadTemplates: learned.rereadTemplates };
}

interface ReadTexts {
  readonly some: readonly UnreadText[];
  readonly shapeOf: (fingerprint: string) => Shape;
}

/** The next texts are being read while the last ones are kept. */
async function* readAhead(
  texts: readonly UnreadText[],
  read: (some: readonly UnreadText[]) => Promise<ReadTexts['shapeOf']>,
): AsyncGenerator<ReadTexts> {
  let reading:
    | { readonly some: readonly UnreadText[]; readonly shapes: Promise<ReadTexts['shapeOf']> }
    | undefined;
  for (let from = 0; from < texts.length; from += TEXTS_PER_CALL) {
    const some = texts.slice(from, from + TEXTS_PER_CALL);
    const next = { some, shapes: read(some) };
    next.shapes.catch(awaitedLater);
    if (reading !== undefined) {
      yield { some: reading.some, shapeOf: await reading.shapes };
    }
    reading = next;
  }
  if (reading !== undefined) {
    yield { some: reading.some, shapeOf: await reading.shapes };
  }
}

/** A failure is heard when its turn comes to be kept. */
function awaitedLater(): void {}

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
