import { dayOf } from '../../base/clock.ts';
import type { RelationId } from '../../base/relation.ts';
import { formatUsd, type NanoUsd } from '../../base/usd.ts';
import { costedDays } from '../../decide/days.ts';
import type { PlanStep } from '../../plan/plan.ts';
import type { Reader, Template, UsageFact, UsageSnapshot } from '../../usage/template.ts';

export interface DemandParts {
  readonly relation: RelationId;
  readonly steps: readonly PlanStep[];
  /** Statements it would answer though no road leads there yet: what a view for people to adopt rests on. */
  readonly unreachable?: readonly string[];
  readonly usage: UsageSnapshot;
  readonly priceCpu: (cpuMs: number) => NanoUsd;
}

/** Who asks for what a proposal is about, as people read it. */
export interface Demand {
  /** `template, runs a day, cost, readers`, the dearest first. */
  readonly evidence: readonly string[];
  /** `emea (dashboard): 20 runs a day, last 2026-08-04`, the busiest first. */
  readonly readers: readonly string[];
  readonly runsPerDay: number;
}

const MOST_SHOWN = 10;
const LONGEST_FORM = 120;

/** The statements behind a proposal, in their normal form: it holds no literal. */
export function demandOf(parts: DemandParts): Demand {
  const { relation, usage, priceCpu } = parts;
  const behind = templatesBehind(parts);
  const facts = usage.facts.filter(
    ({ fingerprint, servedBy }) =>
      behind.has(fingerprint) || (servedBy.kind !== 'base' && servedBy.mart === relation),
  );
  // As the decision counts them: a history younger than the window says no less a day for it.
  const covered = costedDays(usage, usage.until).filter((day) => day >= dayOf(usage.from));
  const days = Math.max(1, covered.length);
  const texts = new Map(usage.templates.map((template) => [template.fingerprint, template]));
  const templates = [...Map.groupBy(facts, ({ fingerprint }) => fingerprint)].toSorted(
    ([a, of], [b, other]) => costOf(other) - costOf(of) || (a < b ? -1 : 1),
  );
  const readers = [...Map.groupBy(facts, ({ reader }) => readerOf(reader))].toSorted(
    ([a, of], [b, other]) => runsOf(other) - runsOf(of) || (a < b ? -1 : 1),
  );
  return {
    evidence: shown(
      templates.map(([fingerprint, of]) => {
        const asked = new Set(of.map(({ reader }) => readerOf(reader))).size;
        return `${formOf(texts.get(fingerprint))}: ${perDay(runsOf(of), days)}, ${formatUsd(priceCpu(costOf(of) / days))} a day, ${counted(asked, 'reader')}`;
      }),
      'more kinds of statement',
    ),
    readers: shown(
      readers.map(([name, of]) => {
        const last = Math.max(...of.map(({ lastEndedAt }) => lastEndedAt));
        return `${name}: ${perDay(runsOf(of), days)}, last ${dayOf(last)}`;
      }),
      'more readers',
    ),
    runsPerDay: runsOf(facts) / days,
  };
}

/** What is replayed before a build, what would be answered, and whatever names the relation. */
function templatesBehind({
  relation,
  steps,
  unreachable = [],
  usage,
}: Omit<DemandParts, 'priceCpu'>): ReadonlySet<string> {
  return new Set([
    ...unreachable,
    ...steps.flatMap(({ action }) =>
      action.kind === 'build-version' ? action.replay.map(({ fingerprint }) => fingerprint) : [],
    ),
    ...usage.templates
      .filter(({ shape }) =>
        shape.relations.some((use) => use.via === 'named' && use.relation === relation),
      )
      .map(({ fingerprint }) => fingerprint),
  ]);
}

function formOf(template: Template | undefined): string {
  const text = template?.normalForm.replaceAll(/\s+/g, ' ') ?? 'a statement no longer kept';
  return text.length <= LONGEST_FORM ? text : `${text.slice(0, LONGEST_FORM)}...`;
}

function readerOf({ name, kind, tool }: Reader): string {
  return `${name} (${tool === '' ? kind : `${kind}, ${tool}`})`;
}

function runsOf(facts: readonly UsageFact[]): number {
  return facts.reduce((sum, { runs }) => sum + runs, 0);
}

function costOf(facts: readonly UsageFact[]): number {
  return facts.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
}

function perDay(runs: number, days: number): string {
  return `${Number((runs / days).toPrecision(2))} runs a day`;
}

function counted(count: number, what: string): string {
  return `${count} ${count === 1 ? what : `${what}s`}`;
}

function shown(lines: readonly string[], rest: string): readonly string[] {
  const more = lines.length - MOST_SHOWN;
  return more > 0 ? [...lines.slice(0, MOST_SHOWN), `and ${more} ${rest}`] : lines;
}
