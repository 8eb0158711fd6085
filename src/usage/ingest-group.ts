import { dayNumber, dayOf } from '../base/clock.ts';
import type { BadHistoryRow, HistoryBatch, HistoryRow } from '../connectors/history-row.ts';
import type { KeptRows } from './ingest-outcome.ts';
import type { Interpreted, InterpretedUse } from './interpret-row.ts';
import { type PendingTexts, type UnreadText, unreadText } from './learn-templates.ts';
import { type Booking, startRollUp } from './roll-up.ts';
import { findTemplateOf } from './scoped-fingerprint.ts';
import type { UsageFact } from './template.ts';
import type { SkipCount, UsageLog } from './usage-ports.ts';

export interface IngestGroupParts {
  readonly source: { readonly name: string };
  readonly log: UsageLog;
  readonly interpret: (row: HistoryRow) => Interpreted;
  readonly pending: PendingTexts;
  /** Whether a group before this one holds the mark, and is not kept yet. */
  readonly isCounted: (mark: string) => boolean;
}

/** Rows added up in memory until they are kept in one transaction. The rows themselves are let go at once. */
export interface IngestGroup {
  add(batch: HistoryBatch): void;
  /** How many rows it holds, bad ones too. */
  size(): number;
  /** Whether it counts the statement with this mark. */
  counts(mark: string): boolean;
  /** Texts met since the last call that are to be learned before the group is kept. */
  takeUnread(): readonly UnreadText[];
  keep(): KeptRows;
}

export function startGroup(parts: IngestGroupParts): IngestGroup {
  const { source, log, interpret, pending, isCounted } = parts;
  const rollUp = startRollUp();
  const looked = new Set<Booking>();
  /** The days of new statements, by mark. */
  const marks = new Map<string, number>();
  const skips = new Map<string, SkipCount>();
  const bad: BadHistoryRow[] = [];
  let unread: UnreadText[] = [];
  let position: string | undefined;
  const counts = { rows: 0, counted: 0, duplicates: 0, tooOld: 0 };

  function addNewRow(row: HistoryRow): void {
    const meaning = interpret(row);
    if (meaning.kind === 'skip') {
      if (row.corrects === undefined) {
        addSkip(skips, { day: dayOf(row.endedAt), rule: meaning.rule });
      }
      if (meaning.use !== undefined) {
        rollUp.add(meaning.use, row);
      }
      return;
    }
    counts.counted += 1;
    lookUp(rollUp.add(meaning, row), { use: meaning, row });
  }

  function lookUp(
    booking: Booking,
    run: { readonly use: InterpretedUse; readonly row: HistoryRow },
  ): void {
    if (looked.has(booking)) {
      return;
    }
    looked.add(booking);
    const text = unreadText(booking, { log, pending, ...run });
    if (text !== undefined) {
      unread.push(text);
    }
  }

  /** Runs of texts that only failed and were never read are left out. */
  function facts(): readonly UsageFact[] {
    return [...rollUp.bookings()].flatMap((booking) => {
      const template = findTemplateOf(booking, log);
      return template === undefined ? [] : booking.factsOf(template.fingerprint);
    });
  }

  return {
    add(batch) {
      const sifted = log.sift(
        source.name,
        batch.rows.map(({ id, endedAt }) => ({ id, dayNumber: dayNumber(endedAt) })),
      );
      batch.rows.forEach((row, at) => {
        const found = sifted[at] ?? 'known';
        counts.rows += 1;
        if (found === 'too-old') {
          counts.tooOld += 1;
        } else if (found === 'known' || marks.has(found.mark) || isCounted(found.mark)) {
          counts.duplicates += 1;
        } else {
          marks.set(found.mark, found.dayNumber);
          addNewRow(row);
        }
      });
      for (const row of batch.bad) {
        bad.push(row);
      }
      position = batch.position;
    },
    size: () => counts.rows + bad.length,
    counts: (mark) => marks.has(mark),
    takeUnread() {
      const taken = unread;
      unread = [];
      return taken;
    },
    keep() {
      log.write(source.name, (writer) => {
        writer.remember([...marks].map(([mark, number]) => ({ mark, dayNumber: number })));
        writer.addFacts(facts());
        writer.addSkips([...skips.values()]);
        writer.addBadRows(bad);
        if (position !== undefined) {
          writer.setPosition(position);
        }
      });
      return {
        ...counts,
        skipped: byRule([...skips.values()]),
        badRows: bad.length,
        lastBadRows: bad,
      };
    },
  };
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
