import { DAY_MS, dayOf, type EpochMs } from '../base/clock.ts';
import type { HistorySource } from '../connectors/history-row.ts';
import { readTexts, shapeRequest } from './read-texts.ts';
import type { ShapeKeys } from './shape-keys.ts';
import type { ReadShapes, Retention, StaleTemplate, UsageLog } from './usage-ports.ts';

export interface RefreshShapesParts {
  readonly source: HistorySource;
  readonly log: UsageLog;
  readonly readShapes: ReadShapes;
  readonly shapeKeys: ShapeKeys;
  readonly retention: Retention;
  readonly now: EpochMs;
  readonly signal?: AbortSignal | undefined;
}

const TEMPLATES_PER_FETCH = 2_000;
const TEXTS_PER_CALL = 250;

/** Marks the templates whose shape rests on something that moved. Costs nothing while nothing moved. */
export function markStaleShapes({ source, log, shapeKeys }: RefreshShapesParts): void {
  if (log.shapesCheckedAgainst(source.name) === shapeKeys.all) {
    return;
  }
  const stale: string[] = [];
  for (const { fingerprint, shape, shapeKey } of log.shapes()) {
    if (shapeKeys.of(shape) !== shapeKey) {
      stale.push(fingerprint);
    }
  }
  log.write(source.name, (writer) => {
    writer.markStale(stale);
  });
}

/**
 * Reads stale templates again from samples the source still has; the others keep their old shape until a new run of
 * them comes by. Returns how many were read.
 */
export async function rereadStaleShapes(parts: RefreshShapesParts): Promise<number> {
  const { source, log, shapeKeys, retention, now } = parts;
  if (log.shapesCheckedAgainst(source.name) === shapeKeys.all) {
    return 0;
  }
  let count = 0;
  const stale = log.staleTemplates(dayOf(now - retention.factDays * DAY_MS));
  for (let from = 0; from < stale.length; from += TEMPLATES_PER_FETCH) {
    count += await rereadSome(stale.slice(from, from + TEMPLATES_PER_FETCH), parts);
  }
  log.write(source.name, (writer) => {
    writer.setShapesCheckedAgainst(shapeKeys.all);
  });
  return count;
}

async function rereadSome(
  stale: readonly StaleTemplate[],
  parts: RefreshShapesParts,
): Promise<number> {
  const { source, signal } = parts;
  const texts = await source.fetchTexts(
    stale.flatMap(({ sampleIds }) => sampleIds),
    { signal },
  );
  const found = stale.flatMap((template) => {
    const text = template.sampleIds.map((id) => texts.get(id)).find((each) => each !== undefined);
    return text === undefined ? [] : [{ template, text }];
  });
  for (let from = 0; from < found.length; from += TEXTS_PER_CALL) {
    await rereadTexts(found.slice(from, from + TEXTS_PER_CALL), parts);
  }
  return found.length;
}

interface Found {
  readonly template: StaleTemplate;
  readonly text: string;
}

async function rereadTexts(found: readonly Found[], parts: RefreshShapesParts): Promise<void> {
  const { source, log, shapeKeys } = parts;
  const shapeOf = await readTexts(
    found.map(({ template, text }) =>
      shapeRequest(text, { ...template.asked, fingerprint: template.fingerprint }),
    ),
    parts,
  );
  log.write(source.name, (writer) => {
    for (const { template } of found) {
      const { fingerprint, normalForm, asked } = template;
      const shape = shapeOf(fingerprint);
      writer.putTemplate(
        { fingerprint, normalForm, shape },
        { asked, shapeKey: shapeKeys.of(shape) },
      );
    }
  });
}
