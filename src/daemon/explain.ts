import { counted } from '../base/counted.ts';
import type { RelationId } from '../base/relation.ts';
import type { CycleInput } from '../decide/cycle-input.ts';
import { buildJoinGraph } from '../graph/build.ts';
import { renderGraphDot } from '../graph/render-dot.ts';
import { renderGraphJson } from '../graph/render-json.ts';
import { renderGraphText } from '../graph/render-text.ts';
import type { Report } from '../http/service.ts';
import { explainVerdicts } from '../plan/explain.ts';
import type { CycleResult } from './cycle.ts';
import { shortName } from './cycle-report.ts';

/** Why a relation is, or is not, a mart: every verdict about it, or about what reads it; all verdicts without one. */
export function explain(
  { decision, marts, input, schema, edited }: CycleResult,
  relation: RelationId | undefined,
): Report {
  const concerns = (about: RelationId, sql = '') =>
    relation === undefined ||
    about === relation ||
    sql.toLowerCase().includes(shortName(relation).toLowerCase());
  const verdicts = decision.verdicts.filter((verdict) => concerns(verdict.relation, verdict.sql));
  const unreachable = decision.unreachable.filter(
    (demand) =>
      concerns(demand.relation) || verdicts.some((verdict) => verdict.relation === demand.relation),
  );
  const mine = marts.filter(({ definition }) => concerns(definition.relation, definition.sql));
  const not = decision.notEnumerated.filter(
    ({ about }) => relation === undefined || about.includes(shortName(relation)),
  );
  const unread = schema.unreadViews.filter(({ view }) => concerns(view));
  const uses = input.usage.templates.filter(({ shape }) =>
    shape.relations.some((use) => use.relation === relation),
  ).length;
  const text = [
    ...mine.map(
      ({ definition, stage, current }) =>
        `${shortName(definition.relation)} is a ${stage} mart${current === undefined ? '' : `: version ${current.version}, ${counted(current.rows, 'row')}, last seen fresh ${new Date(current.verifiedFreshAt).toISOString()}`}`,
    ),
    ...(mine.length > 0 ? [''] : []),
    verdicts.length === 0 && relation !== undefined
      ? `${shortName(relation)}: nothing was judged about it; ${counted(uses, 'kind of statement', 'kinds of statement')} ${uses === 1 ? 'reads' : 'read'} it in the evidence window`
      : explainVerdicts({
          verdicts,
          unreachable,
          ...(relation === undefined && decision.choice !== undefined
            ? { choice: decision.choice }
            : {}),
        }),
    ...edited
      .filter((one) => concerns(one.relation))
      .map((one) => `edited  ${shortName(one.relation)}: ${one.because}`),
    ...unread.map(
      ({ view, because }) => `not read  the definition of ${shortName(view)}: ${because}`,
    ),
    ...not.map(({ about, because }) => `not a candidate  ${about}: ${because}`),
  ].join('\n');
  return { text, value: { marts: mine, verdicts, unreachable, notEnumerated: not } };
}

/** The join-frequency graph of the evidence window. */
export function graphReport(
  input: CycleInput,
  {
    format,
    halfLifeDays,
  }: { readonly format: 'text' | 'json' | 'dot'; readonly halfLifeDays: number },
): Report {
  const graph = buildJoinGraph(input.usage, { now: input.now, halfLifeDays });
  const value = renderGraphJson(graph);
  if (format === 'dot') {
    return { text: renderGraphDot(graph), value };
  }
  return {
    text:
      format === 'json' ? JSON.stringify(value, null, 2) : renderGraphText(graph, { limit: 50 }),
    value,
  };
}
