import type { HistorySource } from '../connectors/history-row.ts';
import type { Shape } from '../sql/query-shape.ts';
import type { Interpreted } from './interpret-row.ts';
import { readTexts, shapeRequest } from './read-texts.ts';
import {
  findTemplateOf,
  type InterpretedRow,
  scopeOf,
  variantFingerprint,
} from './scoped-fingerprint.ts';
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

/** Shapes are large, so only so many stand in memory at a time. */
const TEXTS_PER_CALL = 250;

/**
 * Reads each statement of the group that is not known, or known but stale: once, from the first text met. Templates are
 * kept before the runs that brought them: one without runs says nothing, runs without their template would be lost.
 */
export async function learnTemplates(
  group: readonly InterpretedRow<Interpreted>[],
  parts: LearnTemplatesParts,
): Promise<Learned> {
  const wanted = wantedOf(group, parts.log);
  const learned = { newTemplates: 0, rereadTemplates: 0, sameTemplates: 0 };
  for (let from = 0; from < wanted.length; from += TEXTS_PER_CALL) {
    const some = wanted.slice(from, from + TEXTS_PER_CALL);
    const shapeOf = await readTexts(
      some.map(({ key, asked, text }) => shapeRequest(text, { ...asked, fingerprint: key })),
      parts,
    );
    parts.log.write(parts.source.name, (writer) => {
      for (const each of some) {
        learned[keepShape(each, { ...parts, writer, shape: shapeOf(each.key) })] += 1;
      }
    });
  }
  return { newTemplates: learned.newTemplates, rereadTemplates: learned.rereadTemplates };
}

interface Wanted {
  /** Tells the same fingerprint in different scopes apart. */
  readonly key: string;
  readonly asked: ScopedFingerprint;
  readonly normalForm: string;
  readonly text: string;
  /** The stale template this gives a new shape. */
  readonly replaces: string | undefined;
}

function wantedOf(group: readonly InterpretedRow<Interpreted>[], log: UsageLog): readonly Wanted[] {
  const wanted = new Map<string, Wanted>();
  for (const { row, meaning } of group) {
    if (meaning.kind === 'skip') {
      continue;
    }
    const known = findTemplateOf(meaning, { row, log });
    const isOwnText = meaning.templateFingerprint === meaning.fingerprint;
    if (known !== undefined && !(known.isStale && isOwnText)) {
      continue;
    }
    const asked = { fingerprint: meaning.fingerprint, ...scopeOf(row) };
    const key = variantFingerprint(asked);
    if (!wanted.has(key)) {
      const { normalForm } = meaning;
      wanted.set(key, { key, asked, normalForm, text: row.text, replaces: known?.fingerprint });
    }
  }
  return [...wanted.values()];
}

type KeepShapeParts = Pick<LearnTemplatesParts, 'log' | 'shapeKeys'> & {
  readonly writer: UsageWriter;
  readonly shape: Shape;
};

/** In a scope where it reads the same, a statement is the template already known. */
function keepShape(
  { asked, normalForm, replaces }: Wanted,
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
