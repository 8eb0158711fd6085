import { dayNumber, dayOf } from '../base/clock.ts';
import type { BadHistoryRow, HistorySource } from '../connectors/history-row.ts';
import type { IngestOutcome } from './ingest-outcome.ts';
import type { Interpreted } from './interpret-row.ts';
import type { Learned } from './learn-templates.ts';
import { startRollUp } from './roll-up.ts';
import { findTemplateOf, type InterpretedRow } from './scoped-fingerprint.ts';
import type { SkipCount, UsageLog, UsageWriter } from './usage-ports.ts';

export interface KeepGroupParts {
  readonly source: HistorySource;
  readonly log: UsageLog;
  readonly group: readonly InterpretedRow<Interpreted>[];
  readonly bad: readonly BadHistoryRow[];
  /** After the group. */
  readonly position: string;
}

/** What one group of rows did; its templates are learned before. */
export type KeptGroup = Omit<IngestOutcome, keyof Learned>;

/** Keeps one group of rows in one transaction. */
export function keepGroup(parts: KeepGroupParts): KeptGroup {
  const { source, log, group, bad, position } = parts;
  return log.write(source.name, (writer) => {
    const claims = writer.claim(
      group.map(({ row }) => ({ id: row.id, dayNumber: dayNumber(row.endedAt) })),
    );
    const fresh = group.filter((_row, at) => claims[at] === 'new');
    const { counted, skips } = countRows(fresh, { log, writer });
    writer.addBadRows(bad);
    writer.setPosition(position);
    return {
      rows: group.length,
      counted,
      skipped: byRule(skips),
      duplicates: claims.filter((claim) => claim === 'known').length,
      tooOld: claims.filter((claim) => claim === 'too-old').length,
      badRows: bad.length,
      lastBadRows: bad,
    };
  });
}

function countRows(
  rows: readonly InterpretedRow<Interpreted>[],
  { log, writer }: { readonly log: UsageLog; readonly writer: UsageWriter },
): { readonly counted: number; readonly skips: readonly SkipCount[] } {
  const rollUp = startRollUp();
  const skips = new Map<string, SkipCount>();
  let counted = 0;
  for (const { row, meaning } of rows) {
    if (meaning.kind === 'skip') {
      addSkip(skips, { day: dayOf(row.endedAt), rule: meaning.rule });
    } else {
      counted += 1;
    }
    const use = meaning.kind === 'skip' ? meaning.use : meaning;
    const template = use === undefined ? undefined : findTemplateOf(use, { row, log });
    if (use !== undefined && template !== undefined) {
      rollUp.add({ fingerprint: template.fingerprint, use, row });
    }
  }
  writer.addFacts(rollUp.facts());
  writer.addSkips([...skips.values()]);
  return { counted, skips: [...skips.values()] };
}

function addSkip(
  skips: Map<string, SkipCount>,
  { day, rule }: { readonly day: string; readonly rule: string },
): void {
  const key = `${day} ${rule}`;
  skips.set(key, { day, rule, statements: (skips.get(key)?.statements ?? 0) + 1 });
}

function byRule(skips: readonly SkipCount[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { rule, statements } of skips) {
    counts.set(rule, (counts.get(rule) ?? 0) + statements);
  }
  return Object.fromEntries(counts);
}
