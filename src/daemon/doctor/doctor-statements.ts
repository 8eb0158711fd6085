import { openHistory } from '../../connectors/history/open-history.ts';
import { type DryRunResult, dryRunStatements } from '../../materializer/dry-run.ts';
import type { Engine } from '../engine.ts';
import { answer, type DoctorAnswer, fail } from './doctor-answer.ts';

/** Has the warehouse check every kind of statement a cycle may send; changes nothing. */
export async function checkStatements({ config, connector }: Engine): Promise<DoctorAnswer> {
  const { marts, mode, decide, history } = config;
  const { nativeShapes } = decide;
  const catalog = await connector.readCatalog({ purpose: 'catalog' });
  const own = new Set([marts.ledgerSchema, marts.dataSchema]);
  const sample = catalog.find(
    ({ id, kind, columns }) =>
      kind === 'table' &&
      columns.length > 0 &&
      ![...own].some((schema) => id.includes(`${schema}.`)),
  );
  const writes = mode !== 'observe' && connector.capabilities.canWrite;
  const results = await dryRunStatements(connector, {
    ...marts,
    sample,
    writes,
    nativeShapes,
    history: (sending) => openHistory({ settings: history, connector: sending }),
  });
  const accepted = results.filter(({ outcome }) => outcome === 'accepted');
  const refused = results.filter(({ outcome }) => outcome === 'refused');
  const untried = results.filter(({ outcome }) => outcome === 'not-tried');
  const said = `${accepted.length} kinds of statement were checked and accepted, nothing was changed${writes ? '' : '; what writes was not tried, for this Goldsmith does not write'}`;
  return refused.length === 0
    ? answer([said, ...whyUntried(untried)].join('\n    '))
    : fail(
        [
          `${refused.length} of ${results.length} kinds of statement are refused`,
          ...refused.map(({ kind, detail }) => `to ${kind}: ${detail}`),
          ...whyUntried(untried),
        ].join('\n    '),
      );
}

/** Kinds the warehouse could not be asked about, by the reason. */
function whyUntried(untried: readonly DryRunResult[]): readonly string[] {
  return [...Map.groupBy(untried, ({ detail }) => detail)].map(
    ([detail, kinds]) =>
      `not tried: ${kinds.map(({ kind }) => `to ${kind}`).join('; ')}: ${detail}`,
  );
}
